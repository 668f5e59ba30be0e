// What may be filled in of a pod that is granted classes: everything but the parts of the classes.
import { type GrantedClass, isClassVolume } from '../../grants/granted.ts';
import type { PodTemplate } from '../../kubernetes/pod.ts';
import type { FillScope } from '../../rules/fill-in.ts';

/** The scope without the containers and volumes of these classes, and without the pod-level fields that these containers would inherit. */
export function besideGrants(scope: FillScope, template: PodTemplate, granted: readonly GrantedClass[]): FillScope {
  const names = new Set(granted.flatMap(({ implementation }) => [...implementation.template.containerNames]));
  const fields = new Set(granted.flatMap(({ implementation }) => Object.keys(implementation.template.podFields)));
  const withoutFields = fields.size === 0 ? scope : { ...scope, granted: fields };
  const beside: FillScope = granted.some(({ implementation }) => implementation.template.volumeNames.size > 0)
    ? { ...withoutFields, includesVolume: (name) => !granted.some((one) => isClassVolume(one, name)) }
    : withoutFields;
  if (names.size === 0) return beside;
  return {
    ...beside,
    podDefaults: false,
    includes: (list, index) => scope.includes(list, index) && !names.has(template.spec?.[list]?.[index]?.name ?? ''),
  };
}
