// Policies themselves: one is reached where it judges something.
import type { PartKind } from './part.ts';
import { policyOf } from './policy-of.ts';

export const policies: PartKind = {
  kind: 'policy',
  partsOf(document) {
    const found = policyOf(document);
    if (!found) return [];
    const { name } = found.policy;
    return [{ name: '', keys: [], isReached: (seen) => seen.policies.has(name) }];
  },
};
