// Finds label selectors that no labels can satisfy. Such a policy would look as if it protected something.

import { requirementsOf } from './selector.ts';
import type { LabelSelector } from './spec.ts';

/** What the requirements on one label leave over. */
interface Possible {
  /** Undefined while any value will do. */
  values: readonly string[] | undefined;
  readonly excluded: Set<string>;
  present: boolean;
  absent: boolean;
}

/** The label of which a selector asks the impossible, or undefined where some labels satisfy it. */
export function contradictedLabel(selector: LabelSelector): string | undefined {
  const labels = new Map<string, Possible>();
  for (const { key, operator, values = [] } of requirementsOf(selector)) {
    const possible = labels.get(key) ?? { values: undefined, excluded: new Set(), present: false, absent: false };
    labels.set(key, possible);
    switch (operator) {
      case 'In':
        possible.present = true;
        possible.values = values.filter((value) => possible.values?.includes(value) ?? true);
        break;
      case 'NotIn':
        for (const value of values) possible.excluded.add(value);
        break;
      case 'Exists':
        possible.present = true;
        break;
      case 'DoesNotExist':
        possible.absent = true;
        break;
    }
  }
  for (const [key, possible] of labels) if (isImpossible(possible)) return key;
  return undefined;
}

function isImpossible({ values, excluded, present, absent }: Possible): boolean {
  if (!present) return false;
  return absent || (values?.every((value) => excluded.has(value)) ?? false);
}
