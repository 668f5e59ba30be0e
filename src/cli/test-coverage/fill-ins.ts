// Fill-ins: one is reached where it fills something in.
import type { PartKind } from './part.ts';
import { policyOf } from './policy-of.ts';
import { rulePartsOf } from './rule-parts.ts';

export const fillIns: PartKind = {
  kind: 'fill-in',
  partsOf(document) {
    const found = policyOf(document);
    if (!found) return [];
    const { name } = found.policy;
    return rulePartsOf(found.policy, found.spec).flatMap((rule) =>
      rule.fillIns.map((id) => ({
        name: id,
        keys: ['spec', rule.key],
        isReached: ({ injected }) => injected.has(`${name}/${id}`),
      })),
    );
  },
};
