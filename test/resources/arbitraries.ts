// Labels, selectors and policies for property tests: few keys and values, so that they meet, and hostile ones among them.
import fc from 'fast-check';
import type { StringMap } from '../../src/kubernetes/pod.ts';
import type { LabelSelector, LabelSelectorRequirement, MatchSpec } from '../../src/policy/spec.ts';

export const KEYS = ['a', 'b', 'example.com/c', 'constructor', '__proto__', 'toString'] as const;
export const VALUES = ['x', 'y', '', 'constructor'] as const;

const key = fc.constantFrom(...KEYS);
const value = fc.constantFrom(...VALUES);

/** A map that has `__proto__` as an ordinary key, as JSON.parse makes it. */
const mapOf = (pairs: readonly (readonly [string, string])[]): StringMap => Object.fromEntries(pairs);

export const labels: fc.Arbitrary<StringMap> = fc.array(fc.tuple(key, value), { maxLength: 6 }).map(mapOf);

const requirement: fc.Arbitrary<LabelSelectorRequirement> = fc.oneof(
  fc.record({
    key,
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.array(value, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ key, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
);

export const selector: fc.Arbitrary<LabelSelector> = fc.record(
  {
    matchLabels: fc.array(fc.tuple(key, value), { maxLength: 2 }).map(mapOf),
    matchExpressions: fc.array(requirement, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

export const match: fc.Arbitrary<MatchSpec> = fc.record(
  {
    namespaceSelector: selector,
    objectSelector: selector,
    kinds: fc.uniqueArray(fc.constantFrom('Pod', 'Deployment', 'Job.batch', 'Sandbox.agents.x-k8s.io'), {
      minLength: 1,
      maxLength: 3,
    }),
  },
  { requiredKeys: [] },
);
