// What the engine judges by, from the resources that are in force.

import { indexExceptions } from '../policy/exception-index.ts';
import type { PolicySet } from '../policy/policy.ts';
import { createPolicySet, needsMoment } from '../policy/select.ts';
import { withOwnRows } from '../workloads/index.ts';
import { CAPABILITY_CLASS } from './capability-class/index.ts';
import { ISOLATION_EXCEPTION } from './isolation-exception/index.ts';
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
  const exceptions =
    former && isSame(ISOLATION_EXCEPTION.kind)
      ? former.exceptions
      : indexExceptions(valuesOf(ISOLATION_EXCEPTION, resources));
  const workloads =
    former && isSame(WORKLOAD_KIND.kind) ? former.workloads : withOwnRows(valuesOf(WORKLOAD_KIND, resources));
  if (former && isSame(ISOLATION_POLICY.kind)) {
    const moment = needsMoment(former.policies, exceptions);
    return { ...former, classes, exceptions, workloads, resources, needsMoment: moment };
  }
  return createPolicySet(valuesOf(ISOLATION_POLICY, resources), classes, resources, exceptions, workloads);
}
