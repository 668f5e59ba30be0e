// What fits into a value of CEL. Sources: github.com/google/cel-go/common/types/{int,uint,timestamp,duration,overflow}.go.
import { Failure } from '../run/budget.ts';
import { Duration, Timestamp } from '../values/value.ts';

const LEAST_INT = -(2n ** 63n);
const MOST_INT = 2n ** 63n - 1n;
const MOST_UINT = 2n ** 64n - 1n;
const NANOS = 1_000_000_000n;
/** The years 1 to 9999, in seconds since 1970. */
const FIRST_SECOND = -62_135_596_800n;
const LAST_SECOND = 253_402_300_799n;

/** The number, where it is an int of 64 bits. Throws `Failure`. */
export function checkedInt(value: bigint): bigint {
  if (value < LEAST_INT || value > MOST_INT) throw new Failure('integer overflow');
  return value;
}

/** The number, where it is an unsigned int of 64 bits. Throws `Failure`. */
export function checkedUint(value: bigint): bigint {
  if (value < 0n || value > MOST_UINT) throw new Failure('unsigned integer overflow');
  return value;
}

/** A length of time: as many nanoseconds as fit into an int. Throws `Failure`. */
export function checkedDuration(nanos: bigint): Duration {
  if (nanos < LEAST_INT || nanos > MOST_INT) throw new Failure('duration overflow');
  return new Duration(nanos);
}

/** A moment in the years 1 to 9999. Throws `Failure`. */
export function checkedTimestamp(nanos: bigint): Timestamp {
  if (nanos < FIRST_SECOND * NANOS || nanos >= (LAST_SECOND + 1n) * NANOS) throw new Failure('timestamp overflow');
  return new Timestamp(nanos);
}
