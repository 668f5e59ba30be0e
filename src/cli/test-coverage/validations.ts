// The validations of a policy, its demands in CEL: one is reached where something does not meet it.
import { checkPart } from '../../rules/check.ts';
import type { PartKind } from './part.ts';
import { policyOf } from './policy-of.ts';

export const validations: PartKind = {
  kind: 'validation',
  partsOf(document) {
    const found = policyOf(document);
    if (!found) return [];
    const { name } = found.policy;
    return (found.spec.validations ?? []).map((validation, index) => {
      const id = checkPart('validations', validation.name);
      return {
        name: validation.name,
        keys: ['spec', 'validations', index],
        isReached: ({ findings }) => findings.some(({ policy, check }) => policy === name && check === id),
      };
    });
  },
};
