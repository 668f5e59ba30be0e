// The branches of a policy's expressions in CEL: one is reached where it is evaluated, whatever comes of it.
import { placeInside } from '../../manifests/place-inside.ts';
import type { LoadedDocument } from '../../resources/load.ts';
import type { PlacedExpression } from '../../rules/check.ts';
import type { Part, PartKind } from './part.ts';
import { policyOf } from './policy-of.ts';

export const branches: PartKind = {
  kind: 'branch',
  partsOf(document) {
    const found = policyOf(document);
    return (found?.policy.expressions ?? []).flatMap((placed) => branchesOf(placed, document));
  },
};

function branchesOf({ keys, name, expression }: PlacedExpression, document: LoadedDocument): readonly Part[] {
  const path = ['spec', ...keys];
  const start = document.locate(path);
  return expression.observe().map((branch): Part => {
    const { offset, what } = branch;
    const place = placeInside(document.text, start, expression.text, offset);
    const where = `${place.line}:${place.column}`;
    return {
      name: what === '' ? `${where} ${name}` : `${where} ${what} in ${name}`,
      keys: path,
      place,
      isReached: () => branch.isReached,
    };
  });
}
