/*
Where a node has AppArmor, containers get the runtime's default profile. A pod may name that profile or one that the
node has loaded, but may not switch confinement off. The old annotations count at every version: the API server still
copies them into the fields.

**Restricted Fields:**
metadata.annotations['container.apparmor.security.beta.kubernetes.io/*']

**Allowed Values:** 'runtime/default', 'localhost/*', empty, undefined

**Restricted Fields:**
spec.securityContext.appArmorProfile.type
spec.containers[*].securityContext.appArmorProfile.type
spec.initContainers[*].securityContext.appArmorProfile.type
spec.ephemeralContainers[*].securityContext.appArmorProfile.type

**Allowed Values:** 'RuntimeDefault', 'Localhost', undefined/null
*/
import { containerPath, type PodView } from '../../kubernetes/containers.ts';
import type { Failure, FieldRef } from '../../model/finding.ts';
import { APPARMOR_ANNOTATION_PREFIX as PREFIX } from '../../model/names.ts';
import { joinQuoted, pluralize, sortBytewise } from '../../model/text.ts';
import type { Check } from '../check.ts';
import { goQuote } from '../go-quote.ts';
import { forbiddenProfileType } from '../profile.ts';
import { nameSetters } from '../setters.ts';

/** A baseline check that limits AppArmor profiles in 1.0+. */
export const appArmorProfile: Check = {
  id: 'appArmorProfile',
  level: 'baseline',
  title: 'AppArmor confinement must not be switched off.',
  fix: 'set securityContext.appArmorProfile.type to RuntimeDefault or Localhost, or remove it and its annotations',
  versions: [{ since: '1.0', check: appArmorProfile_1_0 }],
  examples: {
    pass: [
      { name: 'unset', pod: { spec: { securityContext: { appArmorProfile: null }, containers: [{ name: 'a' }] } } },
      {
        name: 'the allowed types',
        pod: {
          spec: {
            securityContext: { appArmorProfile: { type: 'RuntimeDefault' } },
            containers: [{ name: 'a', securityContext: { appArmorProfile: { type: 'Localhost' } } }],
          },
        },
      },
      {
        name: 'the allowed annotations',
        pod: {
          metadata: { annotations: { [`${PREFIX}a`]: 'runtime/default', [`${PREFIX}b`]: 'localhost/x', [PREFIX]: '' } },
        },
      },
      {
        name: 'annotations of other keys',
        pod: { metadata: { annotations: { constructor: 'unconfined', [`x.${PREFIX}a`]: 'unconfined' } } },
      },
    ],
    fail: [
      {
        name: 'a container',
        pod: { spec: { containers: [{ name: 'a', securityContext: { appArmorProfile: { type: 'Unconfined' } } }] } },
        says: 'forbidden AppArmor profile (container "a" must not set AppArmor profile type to "Unconfined")',
        paths: ['spec.containers[0].securityContext.appArmorProfile.type'],
      },
      {
        name: 'an annotation, even for a container that does not exist',
        since: '1.0',
        pod: { metadata: { annotations: { [`${PREFIX}ghost`]: 'unconfined' } } },
        says: `forbidden AppArmor profile (annotation must not set AppArmor profile type to "${PREFIX}ghost="unconfined"")`,
        paths: [`metadata.annotations[${PREFIX}ghost]`],
      },
      {
        name: 'a profile without a type',
        pod: { spec: { securityContext: { appArmorProfile: {} } } },
        says: 'forbidden AppArmor profile (pod must not set AppArmor profile type to "")',
        paths: ['spec.securityContext.appArmorProfile.type'],
      },
      {
        name: 'the pod, every list of containers, and annotations',
        pod: {
          metadata: { annotations: { [`${PREFIX}b`]: 'Localhost/x', [`${PREFIX}a`]: 'say "no"' } },
          spec: {
            securityContext: { appArmorProfile: { type: 'Unconfined' } },
            containers: [{ name: 'a', securityContext: { appArmorProfile: { type: 'runtime/default' } } }],
            initContainers: [{ name: 'b', securityContext: { appArmorProfile: { type: 'Unconfined' } } }],
            ephemeralContainers: [{ name: 'c', securityContext: { appArmorProfile: { type: null } } }],
          },
        },
        says: `forbidden AppArmor profiles (pod and containers "b", "a", "c" and annotations must not set AppArmor profile type to "", "Unconfined", "runtime/default", "${PREFIX}a="say \\"no\\""", "${PREFIX}b="Localhost/x"")`,
        paths: [
          'spec.securityContext.appArmorProfile.type',
          'spec.initContainers[0].securityContext.appArmorProfile.type',
          'spec.containers[0].securityContext.appArmorProfile.type',
          'spec.ephemeralContainers[0].securityContext.appArmorProfile.type',
          `metadata.annotations[${PREFIX}b]`,
          `metadata.annotations[${PREFIX}a]`,
        ],
      },
    ],
  },
};

function appArmorProfile_1_0(pod: PodView): Failure | undefined {
  const names: string[] = [];
  const types: string[] = [];
  const fields: FieldRef[] = [];
  const podType = forbiddenProfileType(pod.spec.securityContext?.appArmorProfile);
  if (podType !== undefined) {
    types.push(podType);
    fields.push({ path: 'spec.securityContext.appArmorProfile.type' });
  }
  for (const ref of pod.containers) {
    const type = forbiddenProfileType(ref.container.securityContext?.appArmorProfile);
    if (type === undefined) continue;
    names.push(ref.name);
    types.push(type);
    fields.push({ path: containerPath(ref, 'securityContext.appArmorProfile.type'), container: ref.name });
  }
  const annotations = forbiddenAnnotations(pod, fields);
  if (fields.length === 0) return undefined;

  const setters = nameSetters(podType !== undefined, names);
  if (annotations.length > 0) setters.push(pluralize('annotation', 'annotations', annotations.length));
  const values = [...sortBytewise(new Set(types)), ...annotations];
  return {
    reason: pluralize('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length),
    detail: `${setters.join(' and ')} must not set AppArmor profile type to ${joinQuoted(values)}`,
    fields,
  };
}

/** The forbidden annotations as `key="value"`, sorted. Their paths go to `fields`. */
function forbiddenAnnotations({ metadata }: PodView, fields: FieldRef[]): readonly string[] {
  const { annotations } = metadata;
  const forbidden: string[] = [];
  if (!annotations) return forbidden;
  for (const key of Object.keys(annotations)) {
    if (!key.startsWith(PREFIX)) continue;
    const value = annotations[key];
    if (!value || value === 'runtime/default' || value.startsWith('localhost/')) continue;
    forbidden.push(`${key}=${goQuote(value)}`);
    fields.push({ path: `metadata.annotations[${key}]`, container: key.slice(PREFIX.length) });
  }
  return sortBytewise(forbidden);
}
