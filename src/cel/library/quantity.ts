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

  constructor(nanos: bigint) {
    super();
    this.nanos = nanos;
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
function integerOf({ nanos }: Quantity): bigint | undefined {
  const whole = nanos / NANOS;
  return nanos % NANOS === 0n && whole <= MOST_INT && whole >= -MOST_INT ? whole : undefined;
}

export const QUANTITIES: Library = [
  fn('quantity(string): quantity', (args) => {
    const nanos = nanosOf(textAt(args, 0));
    if (nanos === undefined) throw new Failure('the text is not a quantity such as 500m or 2Gi');
    return new Quantity(nanos);
  }),
  fn('isQuantity(string): bool', (args) => nanosOf(textAt(args, 0)) !== undefined),
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
  method('quantity', 'add(quantity): quantity', (args) => sum(args, quantityAt(args, 1).nanos)),
  method('quantity', 'add(int): quantity', (args) => sum(args, intAt(args, 1) * NANOS)),
  method('quantity', 'sub(quantity): quantity', (args) => sum(args, -quantityAt(args, 1).nanos)),
  method('quantity', 'sub(int): quantity', (args) => sum(args, -intAt(args, 1) * NANOS)),
];

function sum(args: Arguments, nanos: bigint): Quantity {
  return new Quantity(quantityAt(args, 0).nanos + nanos);
}
