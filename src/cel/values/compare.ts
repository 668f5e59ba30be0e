// The order of values. Source: github.com/google/cel-spec/doc/langdef.md, "Ordering": of one kind, and numbers of any.
import { compareBytes } from '../../model/bytes.ts';
import { compareBytewise } from '../../model/text.ts';
import { type Budget, Failure, textCost } from '../run/budget.ts';
import { Bytes, Double, Duration, kindOf, Timestamp, Uint, type Value } from './value.ts';

/**
 * Negative where `a` is less, zero where both are equal, positive where `a` is greater; NaN where neither is, as with NaN.
 * Throws `Failure` for what has no order.
 */
export function compare(a: Value, b: Value, budget: Budget): number {
  if (typeof a === 'string' && typeof b === 'string') {
    budget.charge(textCost(Math.min(a.length, b.length)));
    return compareBytewise(a, b);
  }
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined) {
    // JavaScript compares a bigint and a number by their value.
    if (left < right) return -1;
    if (left > right) return 1;
    return Number.isNaN(left) || Number.isNaN(right) ? Number.NaN : 0;
  }
  if (a instanceof Bytes && b instanceof Bytes) {
    budget.charge(textCost(Math.min(a.value.length, b.value.length)));
    return compareBytes(a.value, b.value);
  }
  if ((a instanceof Timestamp && b instanceof Timestamp) || (a instanceof Duration && b instanceof Duration)) {
    return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  }
  throw new Failure(`${kindOf(a)} and ${kindOf(b)} have no order`);
}

function numberOf(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint') return value;
  return value instanceof Double || value instanceof Uint ? value.value : undefined;
}
