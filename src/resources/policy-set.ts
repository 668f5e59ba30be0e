// What the engine judges by, from the resources that are in force.
import type { PolicySet } from '../policy/policy.ts';
import { createPolicySet } from '../policy/select.ts';
import { withOwnRows } from '../workloads/index.ts';
import { CAPABILITY_CLASS } from './capability-class/index.ts';
import { ISOLATION_POLICY } from './isolation-policy/index.ts';
import { valuesOf } from './kind.ts';
import { WORKLOAD_KIND } from './workload-kind/index.ts';

/**
 * The set of policies for these resources.
 * @param resources by kind
 * @param former a set whose parts are used again where the list of a kind is the very same: indexing policies takes time
 */
export function policySetOf(resources: PolicySet['resources'], former?: PolicySet): PolicySet {
  const isSame = (kind: string): boolean => former?.resources.get(kind) === resources.get(kind);
  const classes =
    former && isSame(CAPABILITY_CLASS.kind)
      ? former.classes
      : new Map(valuesOf(CAPABILITY_CLASS, resources).map((one) => [one.name, one]));
  const workloads =
    former && isSame(WORKLOAD_KIND.kind) ? former.workloads : withOwnRows(valuesOf(WORKLOAD_KIND, resources));
  if (former && isSame(ISOLATION_POLICY.kind)) return { ...former, classes, workloads, resources };
  return createPolicySet(valuesOf(ISOLATION_POLICY, resources), classes, resources, workloads);
}
