// Who containers run as in the end, judged: by their own field, else by the pod's, else by what their image says.
import type { ContainerRef, PodView } from '../../kubernetes/containers.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { Violation } from '../../model/finding.ts';
import { ownField } from '../../model/json.ts';
import { pluralize } from '../../model/text.ts';
import { append, containersIn, inContainer, nameContainers } from '../../pod-security/violations.ts';
import { grantedField } from '../granted-field.ts';

/** A field that containers inherit from their pod. */
type Field = 'runAsUser' | 'runAsGroup';

/** Where a bad number of a violation comes from. */
export type Origin = 'pod' | 'own' | 'inherited' | 'absent';

/**
 * Finds the containers whose user or group is not among those that are allowed. A container that inherits it is a violation of
 * its own beside the pod's, so that one which an update adds is not excused by those that were there.
 * @param isAllowed whether a number is fine; `undefined` is asked of the containers whose image decides
 */
export function judgeEffective(
  pod: PodView,
  field: Field,
  isAllowed: (id: number | undefined, ref?: ContainerRef) => boolean,
): Violation[] | undefined {
  const ofPod = pod.spec.securityContext?.[field];
  const path = `securityContext.${field}`;
  let found: Violation[] | undefined;
  let podIsNamed = false;
  for (const ref of pod.containers) {
    const own = ref.container.securityContext?.[field];
    if (isGiven(own)) {
      if (!isAllowed(own, ref)) found = append(found, { ...inContainer(ref, path, own), kind: 'own' });
      continue;
    }
    if (ref.opened?.has(field)) continue;
    if (isGiven(ofPod)) {
      if (isAllowed(ofPod, ref)) continue;
      if (!podIsNamed) found = append(found, { path: `spec.${path}`, value: ofPod, kind: 'pod' });
      podIsNamed = true;
      found = append(found, { ...inContainer(ref, path, own), kind: 'inherited' });
      continue;
    }
    if (isAllowed(undefined, ref) || isGrantedToPod(pod, field)) continue;
    found = append(found, { ...inContainer(ref, path, own), kind: 'absent' });
  }
  return found;
}

function isGrantedToPod(pod: PodView, field: Field): boolean {
  return grantedField(pod, 'securityContext').some((security) => isGiven(ownField(security, field)));
}

/**
 * What is wrong, in parts of a sentence: `pod sets runAsUser 0`, `container "a" sets runAsUser 5`, `container "b" inherits the
 * pod's runAsUser`, `container "c" has no runAsUser, so that its image decides`.
 */
export function effectiveInWords(violations: readonly Violation[], field: Field): string[] {
  const of = (origin: Origin): Violation[] => violations.filter(({ kind }) => kind === origin);
  const parts = of('pod').map(({ value }) => `pod sets ${field} ${String(value)}`);
  for (const [value, setting] of Map.groupBy(of('own'), (violation) => violation.value)) {
    const names = containersIn(setting);
    parts.push(`${nameContainers(names)} ${pluralize('sets', 'set', names.length)} ${field} ${String(value)}`);
  }
  const heirs = containersIn(of('inherited'));
  // Where the pod is named, it is said already.
  if (heirs.length > 0 && of('pod').length === 0) {
    parts.push(`${nameContainers(heirs)} ${pluralize('inherits', 'inherit', heirs.length)} the pod's ${field}`);
  }
  const silent = containersIn(of('absent'));
  if (silent.length > 0) {
    const image = pluralize('has', 'have', silent.length);
    const decides = pluralize('its image decides', 'their images decide', silent.length);
    parts.push(`${nameContainers(silent)} ${image} no ${field}, so that ${decides}`);
  }
  return parts;
}
