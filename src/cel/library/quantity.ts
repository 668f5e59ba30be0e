// Quantities of resources. Source: k8s.io/apiserver/pkg/cel/library/quantity.go.
import { nanosOf, plainNumber } from '../../kubernetes/quantity.ts';
import { Failure } from '../run/budget.ts';
import { Double, Opaque } from '../values/value.ts';
import { type Arguments, boxedAt, intAt, textAt } from './arguments.ts';
import { fn, type Library, method } from './function.ts';

const NANOS = 1_000_000_000n;
const MOST_INT = 2n ** 63n - 1n;

/** A quantity, in billionths. */
export class Quantity extends Opaque {
  readonly kind = 'quantity';
  readonly nanos: bigint;
  /**
   * True where it was written without a fraction, also one that comes to nothing: Kubernetes does not look further before it
   * calls a quantity an integer. Neither 1000m nor 1.0 is one.
   */
  readonly isWhole: boolean;

  constructor(nanos: bigint, isWhole: boolean) {
    super();
    this.nanos = nanos;
    this.isWhole = isWhole;
  }

  get identity(): bigint {
    return this.nanos;
  }
}

function quantityAt(args: Arguments, index: number): Quantity {
  return boxedAt(args, index, Quantity);
}

function order(args: Arguments): bigint {
  const [a, b] = [quantityAt(args, 0).nanos, quantityAt(args, 1).nanos];
  return a < b ? -1n : a > b ? 1n : 0n;
}

/** The number as an int; undefined where it is not one. */
function integerOf({ nanos, isWhole }: Quantity): bigint | undefined {
  const whole = nanos / NANOS;
  return isWhole && nanos % NANOS === 0n && whole <= MOST_INT && whole >= -MOST_INT ? whole : undefined;
}

export const QUANTITIES: Library = [
  fn('quantity(string): quantity', (args) => {
    const quantity = read(textAt(args, 0));
    if (quantity === undefined) throw new Failure('the text is not a quantity such as 500m or 2Gi');
    return quantity;
  }),
  fn('isQuantity(string): bool', (args) => read(textAt(args, 0)) !== undefined),
  method('quantity', 'isInteger(): bool', (args) => integerOf(quantityAt(args, 0)) !== undefined),
  method('quantity', 'asInteger(): int', (args) => {
    const whole = integerOf(quantityAt(args, 0));
    if (whole === undefined) throw new Failure('cannot convert value to integer');
    return whole;
  }),
  method(
    'quantity',
    'asApproximateFloat(): double',
    (args) => new Double(Number(plainNumber(quantityAt(args, 0).nanos))),
  ),
  method('quantity', 'sign(): int', (args) => {
    const { nanos } = quantityAt(args, 0);
    return nanos < 0n ? -1n : nanos > 0n ? 1n : 0n;
  }),
  fn('sign(quantity): int', (args) => {
    const { nanos } = quantityAt(args, 0);
    return nanos < 0n ? -1n : nanos > 0n ? 1n : 0n;
  }),
  method('quantity', 'isGreaterThan(quantity): bool', (args) => order(args) > 0n),
  method('quantity', 'isLessThan(quantity): bool', (args) => order(args) < 0n),
  method('quantity', 'compareTo(quantity): int', order),
  method('quantity', 'add(quantity): quantity', (args) => sum(args, quantityAt(args, 1))),
  method('quantity', 'add(int): quantity', (args) => sum(args, integer(intAt(args, 1)))),
  method('quantity', 'sub(quantity): quantity', (args) => sum(args, negative(quantityAt(args, 1)))),
  method('quantity', 'sub(int): quantity', (args) => sum(args, integer(-intAt(args, 1)))),
];

function sum(args: Arguments, other: Quantity): Quantity {
  const one = quantityAt(args, 0);
  return new Quantity(one.nanos + other.nanos, one.isWhole && other.isWhole);
}

function integer(value: bigint): Quantity {
  return new Quantity(value * NANOS, true);
}

function negative({ nanos, isWhole }: Quantity): Quantity {
  return new Quantity(-nanos, isWhole);
}

/** Kubernetes takes a quantity without any digit for zero. */
const NO_DIGITS = /^(?=.)[+-]?\.?(?:n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;
/** With more digits, it is not kept as an integer. */
const WHOLE = /^[+-]?\d{1,18}(?:k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE]\+?\d+)?$/;

function read(text: string): Quantity | undefined {
  const nanos = nanosOf(text) ?? (NO_DIGITS.test(text) ? 0n : undefined);
  return nanos === undefined ? undefined : new Quantity(nanos, WHOLE.test(text));
}
