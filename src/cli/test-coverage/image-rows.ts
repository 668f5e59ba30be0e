// The rows of a policy's identity table: one is reached where it gives a container its user.
import { identityTable } from '../../rules/identity/table.ts';
import type { PartKind } from './part.ts';
import { policyOf } from './policy-of.ts';

export const imageRows: PartKind = {
  kind: 'image row',
  partsOf(document) {
    const found = policyOf(document);
    const identity = found?.spec.identity;
    if (!found || !identity?.images) return [];
    const table = identityTable(identity);
    const { name } = found.policy;
    return identity.images.map((row, index) => ({
      name: [row.image, row.tags, row.digest].filter((part) => part !== undefined).join(' '),
      keys: ['spec', 'identity', 'images', index],
      isReached: ({ containers }) =>
        containers.some(({ ref, policies }) => policies.has(name) && table.find(ref.container.image)?.row === row),
    }));
  },
};
