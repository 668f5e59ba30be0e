// The standing exceptions of a policy: one is reached where it lets something in. Findings name it by what it says, so two
// exceptions of one check with the same reason and the same end are reached together.
import { compileException } from '../../policy/exceptions.ts';
import { wholeCheck } from '../../rules/check.ts';
import type { PartKind } from './part.ts';
import { policyOf } from './policy-of.ts';

export const exceptions: PartKind = {
  kind: 'exception',
  partsOf(document) {
    const found = policyOf(document);
    if (!found) return [];
    const { name } = found.policy;
    return Object.entries(found.spec.checks ?? {}).flatMap(([id, { except = [] }]) =>
      except.map((entry, index) => {
        const { inWords } = compileException(entry).use;
        return {
          name: `${id} (${entry.reason})`,
          keys: ['spec', 'checks', id, 'except', index],
          isReached: ({ findings }) =>
            findings.some(
              ({ policy, check, excepted }) =>
                policy === name && (check === id || wholeCheck(check) === id) && excepted?.inWords === inWords,
            ),
        };
      }),
    );
  },
};
