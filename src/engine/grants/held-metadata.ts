// Labels and annotations that a class has added to a pod that runs: they hold for as long as it runs, since a NetworkPolicy,
// say, may select the pod by them. Everything else that a class adds cannot be changed in a pod that exists.
import type { CapabilityClass, Implementation } from '../../grants/class.ts';
import { conflictInWords } from '../../grants/conflict.ts';
import { quoteShort, quoteValue } from '../../grants/quote.ts';
import { requestedClasses } from '../../grants/request.ts';
import { type PodView, viewOf } from '../../kubernetes/containers.ts';
import type { PodTemplate, StringMap } from '../../kubernetes/pod.ts';
import type { CheckViolations } from '../../model/finding.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Gate } from '../gate.ts';
import { violationsOf } from './judge-grants.ts';

/**
 * Every label and annotation that an update of a pod takes off or changes, where it is a class's. It does not depend on who
 * may use the class, nor on whether the new pod still asks for it: neither must be a way to take one off.
 * @param policies those that judge the update; the classes that they list count
 */
export function changedMetadata(
  before: PodTemplate,
  after: PodTemplate,
  policies: readonly Policy[],
  gate: Gate,
): readonly CheckViolations[] {
  const found: CheckViolations[] = [];
  const view = viewOf(after);
  for (const [capability, listing] of listedClasses(policies, gate)) {
    for (const implementation of capability.implementations) {
      const { labels, annotations } = implementation.template;
      if (Object.keys(labels).length + Object.keys(annotations).length === 0) continue;
      if (!holds(before, capability, implementation, listing)) continue;
      for (const kind of ['labels', 'annotations'] as const) {
        found.push(...changed(kind, capability.name, implementation.template[kind], before, view, listing));
      }
    }
  }
  return found;
}

function changed(
  kind: 'labels' | 'annotations',
  className: string,
  wanted: StringMap,
  before: PodTemplate,
  view: PodView,
  policies: readonly Policy[],
): CheckViolations[] {
  const found: CheckViolations[] = [];
  for (const [key, value] of Object.entries(wanted)) {
    if (textAt(before.metadata?.[kind], key) !== value) continue;
    const actual = textAt(view.metadata[kind], key);
    if (actual === value) continue;
    const path = `metadata.${kind}[${key}]`;
    const became = actual === undefined ? 'was removed' : `was changed to ${quoteValue(actual)}`;
    const detail = `the ${kind === 'labels' ? 'label' : 'annotation'} ${became}; class ${quoteShort(className)} has ${quoteValue(value)}, which holds for as long as the pod runs`;
    const failure = conflictInWords('capability_field_conflict', path, { path }, { detail });
    const fix = `leave ${path} as it is, or create the pod again without class ${quoteShort(className)}`;
    found.push(violationsOf(className, failure, fix, policies, view));
  }
  return found;
}

function textAt(map: StringMap | null | undefined, key: string): string | undefined {
  return map && Object.hasOwn(map, key) ? (map[key] ?? undefined) : undefined;
}

/** The classes that the policies list, each with the policies that do. */
export function listedClasses(
  policies: readonly Policy[],
  gate: Gate,
): ReadonlyMap<CapabilityClass, readonly Policy[]> {
  const listed = new Map<CapabilityClass, Policy[]>();
  for (const policy of policies) {
    for (const { name } of policy.capabilities) {
      const capability = gate.policies.classes.get(name);
      if (!capability) continue;
      const by = listed.get(capability);
      if (by) by.push(policy);
      else listed.set(capability, [policy]);
    }
  }
  return listed;
}

/** True where the pod has every container and volume of the implementation, and asks for the class or was given it unasked. */
export function holds(
  { metadata, spec }: PodTemplate,
  { name }: CapabilityClass,
  { template: { containerNames, volumeNames } }: Implementation,
  listing: readonly Policy[],
): boolean {
  const asks = requestedClasses(metadata?.annotations).names.includes(name);
  const given = listing.some((policy) =>
    policy.capabilities.some((ref) => ref.name === name && ref.assign === 'Always'),
  );
  const parts = containerNames.size + volumeNames.size;
  if (parts === 0 && !asks && !given) return false;
  const names = new Set([...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map((one) => one.name));
  const volumes = new Set((spec?.volumes ?? []).map((one) => one.name));
  return [...containerNames].every((one) => names.has(one)) && [...volumeNames].every((one) => volumes.has(one));
}
