// Two sets of policies as one. Each keeps its own index, so that a change in the one does not cost going through the other.
import type { CapabilityClasses } from '../grants/class.ts';
import { withOwnRows } from '../workloads/index.ts';
import type { WorkloadTable } from '../workloads/table.ts';
import { uniteExceptions } from './exception-index.ts';
import type { Policy, PolicySet } from './policy.ts';
import { inOrder } from './select.ts';

/**
 * All policies, classes and kinds of both, the policies in the order of all. No policy may be in both; of a class or a kind that
 * is, the first set's stands.
 */
export function unitePolicySets(first: PolicySet, second: PolicySet): PolicySet {
  const classes = uniteClasses(first.classes, second.classes);
  const exceptions = uniteExceptions(first.exceptions, second.exceptions);
  const resources = uniteResources(first.resources, second.resources);
  const workloads = uniteWorkloads(first.workloads, second.workloads);
  const needsMoment = first.needsMoment || second.needsMoment;
  if (second.policies.length === 0) {
    const isSame = classes === first.classes && resources === first.resources && workloads === first.workloads;
    return isSame ? first : { ...first, classes, exceptions, workloads, resources, needsMoment };
  }
  return {
    policies: Object.freeze([...first.policies, ...second.policies].sort(inOrder)),
    needsNamespaceLabels: first.needsNamespaceLabels || second.needsNamespaceLabels,
    judgesConnections: first.judgesConnections || second.judgesConnections,
    judgesRoleBindings: first.judgesRoleBindings || second.judgesRoleBindings,
    needsNamespaceAnnotations: first.needsNamespaceAnnotations || second.needsNamespaceAnnotations,
    needsMoment,
    classes,
    exceptions,
    workloads,
    enforcedKinds: uniteSets(first.enforcedKinds, second.enforcedKinds),
    resources,
    select: (input) => merge(first.select(input), second.select(input)),
  };
}

function uniteClasses(first: CapabilityClasses, second: CapabilityClasses): CapabilityClasses {
  if (second.size === 0) return first;
  const added = [...second].filter(([name]) => !first.has(name));
  return added.length === 0 ? first : new Map([...first, ...added]);
}

function uniteResources(first: PolicySet['resources'], second: PolicySet['resources']): PolicySet['resources'] {
  const added = [...second].filter(([, list]) => list.length > 0);
  if (added.length === 0) return first;
  return new Map([...first, ...added.map(([kind, list]) => [kind, [...(first.get(kind) ?? []), ...list]] as const)]);
}

/** Of a kind that both have a row of their own for, the first set's stands. */
function uniteWorkloads(first: WorkloadTable, second: WorkloadTable): WorkloadTable {
  if (second.own.length === 0) return first;
  return first.own.length === 0 ? second : withOwnRows([...second.own, ...first.own]);
}

function uniteSets(first: ReadonlySet<string>, second: ReadonlySet<string>): ReadonlySet<string> {
  return second.size === 0 ? first : new Set([...first, ...second]);
}

function merge(a: readonly Policy[], b: readonly Policy[]): readonly Policy[] {
  if (a.length === 0) return b;
  return b.length === 0 ? a : [...a, ...b].sort(inOrder);
}
