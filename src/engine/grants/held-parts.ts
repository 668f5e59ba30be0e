// The parts of a class that a pod got while it asked for the class, in a pod that asks for it no more: the annotation can be taken off a
// running pod, its containers and volumes cannot. Only ephemeral containers are new in such a pod, and they are given nothing of a class.
import { breachesOf } from '../../grants/breaches.ts';
import type { CapabilityClass, Implementation } from '../../grants/class.ts';
import type { GrantedClass } from '../../grants/granted.ts';
import { mergeImplementation } from '../../grants/merge.ts';
import { requestedClasses } from '../../grants/request.ts';
import { type ContainerRef, type PodView, viewOf } from '../../kubernetes/containers.ts';
import type { PodTemplate } from '../../kubernetes/pod.ts';
import type { CheckViolations } from '../../model/finding.ts';
import { stringField } from '../../model/json.ts';
import { containersAnnotation, GRANTS_CHECK } from '../../model/names.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Gate } from '../gate.ts';
import { asIfGranted } from './class-parts.ts';
import { holds, listedClasses } from './held-metadata.ts';
import { BREACH_FIX, violationsOf } from './judge-grants.ts';

/**
 * Every use that a new ephemeral container makes of a class which the pod has without asking for it. Where the pod asks for the class,
 * the same is found with the class.
 * @param policies those that judge the update; the classes that they list count
 * @param known what was found with the classes that the pod is granted
 */
export function usesOfHeldParts(
  before: PodTemplate,
  after: PodTemplate,
  policies: readonly Policy[],
  gate: Gate,
  known: readonly CheckViolations[],
): readonly CheckViolations[] {
  const view = viewOf(after);
  const added = view.containers.filter((ref) => ref.list === 'ephemeralContainers' && !isIn(before, ref));
  if (added.length === 0) return NONE;
  const onlyAdded: PodView = { metadata: view.metadata, spec: NOTHING_SHARED, containers: added };
  const asked = requestedClasses(after.metadata?.annotations).names;
  const targets = targetsOf(added);
  const found: CheckViolations[] = [];
  for (const [capability, listing] of listedClasses(policies, gate)) {
    if (asked.includes(capability.name)) continue;
    const held = capability.implementations.flatMap((one) => heldOf(capability, one, before, listing, targets));
    const failures = new Map(
      held.flatMap((one) => breachesOf(one, held, onlyAdded)).map((failure) => [failure.detail, failure]),
    );
    for (const failure of failures.values()) {
      found.push(violationsOf(capability.name, failure, BREACH_FIX, listing, view));
    }
  }
  // A class that everybody is given was judged with the pod.
  return found.filter(({ rule }) => !known.some((one) => one.check === GRANTS_CHECK && one.rule === rule));
}

/** What the pod has of an implementation; nothing where it has not all of its containers and volumes. */
function heldOf(
  capability: CapabilityClass,
  implementation: Implementation,
  before: PodTemplate,
  listing: readonly Policy[],
  targets: readonly string[],
): readonly GrantedClass[] {
  const { containerNames, volumeNames } = implementation.template;
  const hasParts = containerNames.size + volumeNames.size > 0;
  if (hasParts && !holds(before, capability, implementation, listing)) return [];
  const given = targets.filter(
    (name, index) => index >= MOST_TARGETS || isGiven(capability.name, implementation, before, name),
  );
  if (!hasParts && given.length === 0) return [];
  const whole = asIfGranted(capability.name, implementation, viewOf(before));
  return [{ ...whole, chosen: new Set(hasParts ? [...whole.chosen, ...given] : given) }];
}

/** True where a container has all that the class gives: which containers were chosen can have been taken off with the rest. */
function isGiven(className: string, implementation: Implementation, before: PodTemplate, container: string): boolean {
  const { metadata } = before;
  const annotations = { ...metadata?.annotations, [containersAnnotation(className)]: container };
  const { containerNames, volumeNames } = implementation.template;
  const { added, conflicts, chosen } = mergeImplementation(
    { ...before, metadata: { ...metadata, annotations } },
    implementation,
    {
      className,
      classContainers: containerNames,
      classVolumes: volumeNames,
    },
  );
  return conflicts.length === 0 && chosen.has(container) && added.every((one) => one.startsWith('metadata.'));
}

/** Each costs a merge: those that are more are taken for containers that are given the class. */
const MOST_TARGETS = 50;

/** The containers whose processes are entered. */
function targetsOf(added: readonly ContainerRef[]): readonly string[] {
  const names = added.flatMap(({ container }) => stringField(container, 'targetContainerName') ?? []);
  return [...new Set(names)];
}

const NONE: readonly CheckViolations[] = Object.freeze([]);
const NOTHING_SHARED: PodView['spec'] = Object.freeze({});

function isIn({ spec }: PodTemplate, { name }: ContainerRef): boolean {
  return spec?.ephemeralContainers?.some((one) => (one.name ?? '') === name) ?? false;
}
