// Lists as sets. Source: github.com/google/cel-go/ext/sets.go, which Kubernetes has since 1.29.
import type { Budget } from '../run/budget.ts';
import { equal } from '../values/equal.ts';
import type { Value } from '../values/value.ts';
import { type Arguments, valuesAt } from './arguments.ts';
import { fn, type Library } from './function.ts';

/** True where a list has a value. */
function has(values: readonly Value[], wanted: Value, budget: Budget): boolean {
  return values.some((value) => {
    budget.charge(1);
    return equal(value, wanted, budget);
  });
}

function containsAll(args: Arguments, holder: 0 | 1, budget: Budget): boolean {
  const values = valuesAt(args, holder, budget);
  return valuesAt(args, 1 - holder, budget).every((value) => has(values, value, budget));
}

export const SETS: Library = [
  fn('sets.contains(list<T>, list<T>): bool', (args, budget) => containsAll(args, 0, budget)),
  fn(
    'sets.equivalent(list<T>, list<T>): bool',
    (args, budget) => containsAll(args, 0, budget) && containsAll(args, 1, budget),
  ),
  fn('sets.intersects(list<T>, list<T>): bool', (args, budget) => {
    const values = valuesAt(args, 0, budget);
    return valuesAt(args, 1, budget).some((value) => has(values, value, budget));
  }),
];
