// The handle that stands for policies: nothing else of the program is part of the library's types.
import type { PolicySet } from '../policy/policy.ts';
import type { Policies } from './types.ts';

const SETS = new WeakMap<Policies, PolicySet>();

/** A handle for a set of policies. */
export function handleOf(set: PolicySet): Policies {
  const handle: Policies = Object.freeze({
    policies: Object.freeze(set.policies.map(({ name }) => name)),
    classes: Object.freeze([...set.classes.keys()]),
  });
  SETS.set(handle, set);
  return handle;
}

/**
 * The set that a handle stands for.
 * @throws TypeError for anything that is not a handle
 */
export function setOf(policies: Policies): PolicySet {
  const set = SETS.get(policies);
  if (!set) throw new TypeError('not policies (expected the policies of loadPolicies)');
  return set;
}
