// The one label that stands for a policy in the index: where it does not fit, the policy cannot match.

import { requirementsOf } from './selector.ts';
import type { MatchSpec } from './spec.ts';

/** Whose label an anchor is. */
export type Owner = 'namespace' | 'pod';

/** A label that must be there, with one of these values where they are given. */
export interface Anchor {
  readonly owner: Owner;
  readonly key: string;
  /** Undefined where any value will do. */
  readonly values: readonly string[] | undefined;
}

/**
 * An anchor for each match, or undefined where it requires no label. The label that fewest others ask for is chosen, so
 * that looking it up leaves as few policies as can be to be asked in full.
 */
export function chooseAnchors(matches: readonly MatchSpec[]): readonly (Anchor | undefined)[] {
  const offers = matches.map(anchorsOf);
  const crowd = new Map<string, number>();
  for (const anchor of offers.flat()) {
    for (const slot of slotsOf(anchor)) crowd.set(slot, (crowd.get(slot) ?? 0) + 1);
  }
  return offers.map((anchors) => {
    let best: Anchor | undefined;
    let least = Infinity;
    for (const anchor of anchors) {
      // A value is better than mere presence; of two equals the label written first is kept.
      const cost =
        Math.max(...slotsOf(anchor).map((slot) => crowd.get(slot) ?? 0)) + (anchor.values ? 0 : matches.length);
      if (cost >= least) continue;
      least = cost;
      best = anchor;
    }
    return best;
  });
}

function anchorsOf(match: MatchSpec): readonly Anchor[] {
  return [...ownedBy('namespace', match), ...ownedBy('pod', match)];
}

function ownedBy(owner: Owner, match: MatchSpec): readonly Anchor[] {
  const selector = owner === 'namespace' ? match.namespaceSelector : match.objectSelector;
  return requirementsOf(selector).flatMap(({ key, operator, values }): Anchor[] => {
    if (operator === 'Exists') return [{ owner, key, values: undefined }];
    return operator === 'In' ? [{ owner, key, values: [...new Set(values)] }] : [];
  });
}

/** The places of the index that a policy with this anchor would stand in. */
function slotsOf({ owner, key, values }: Anchor): readonly string[] {
  return values ? values.map((value) => `${owner} ${key}=${value}`) : [`${owner} ${key}`];
}
