// Exceptions: one is reached where it lets something in. Findings name an IsolationException by its name, and a standing one of a
// policy by what it says: two of one check with the same reason and the same end are reached together.
import { compileException } from '../../policy/exceptions.ts';
import { ISOLATION_EXCEPTION } from '../../resources/isolation-exception/index.ts';
import { keyOf } from '../../resources/kind.ts';
import { wholeCheck } from '../../rules/check.ts';
import type { PartKind } from './part.ts';
import { policyOf } from './policy-of.ts';

export const exceptions: PartKind = {
  kind: 'exception',
  partsOf(document) {
    if (document.kind.kind === ISOLATION_EXCEPTION.kind) {
      const key = keyOf(document.resource);
      return [
        { name: '', keys: [], isReached: ({ findings }) => findings.some(({ excepted }) => excepted?.name === key) },
      ];
    }
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
