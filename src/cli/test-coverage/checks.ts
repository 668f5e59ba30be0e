// Checks: one is reached where it finds something, also where that is only warned about or let in by an exception. That a
// check lets everything pass proves nothing of it.
import { wholeCheck } from '../../rules/check.ts';
import type { PartKind } from './part.ts';
import { policyOf } from './policy-of.ts';
import { rulePartsOf } from './rule-parts.ts';

export const checks: PartKind = {
  kind: 'check',
  partsOf(document) {
    const found = policyOf(document);
    if (!found) return [];
    const { name } = found.policy;
    return rulePartsOf(found.policy, found.spec).flatMap((rule) =>
      rule.checks.map((id) => ({
        name: id,
        keys: ['spec', rule.key],
        isReached: ({ findings }) => findings.some(({ policy, check }) => policy === name && wholeCheck(check) === id),
      })),
    );
  },
};
