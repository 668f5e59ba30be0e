// Moments and lengths of time as text. Sources: RFC 3339; Go's time.ParseDuration; github.com/google/cel-go/common/types.
import { Failure } from '../run/budget.ts';
import { type Duration, Timestamp } from '../values/value.ts';
import { checkedDuration, checkedTimestamp } from './ranges.ts';

const NANOS = 1_000_000_000n;
const NANOS_PER_MILLI = 1_000_000n;

const TIMESTAMP = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,40}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** Reads `2026-01-01T00:00:00Z`. Throws `Failure`. */
export function parseTimestamp(text: string): Timestamp {
  const [, year, month, day, hour, minute, second, fraction = '', sign, hours, minutes] = TIMESTAMP.exec(text) ?? [];
  const date = `${year}-${month}-${day}`;
  const millis = Date.parse(`${date}T00:00:00Z`);
  const isDay = !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(date);
  const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  const isOffset = sign === undefined || (Number(hours) < 24 && Number(minutes) < 60);
  if (!isDay || !isTime || !isOffset) throw new Failure('the text is not a time such as 2026-01-01T00:00:00Z');
  const offset = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  const seconds = millis / 1000 + Number(hour) * 3600 + (Number(minute) - offset) * 60 + Number(second);
  const nanos = BigInt(seconds) * NANOS + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  return new Timestamp(checkedTimestamp(nanos).nanos, offset);
}

/** `2026-01-01T00:00:00.5Z`, with the offset that it was written with. */
export function timestampText({ nanos, offset }: Timestamp): string {
  const seconds = floorDivided(nanos, NANOS);
  const local = new Date((Number(seconds) + offset * 60) * 1000).toISOString().slice(0, 19);
  const fraction = String(nanos - seconds * NANOS)
    .padStart(9, '0')
    .replace(/0+$/, '');
  const zone =
    offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
  return `${local}${fraction === '' ? '' : `.${fraction}`}${zone}`;
}

function two(number: number): string {
  return String(Math.trunc(number)).padStart(2, '0');
}

/** The milliseconds since 1970 of a moment. */
export function millisOf({ nanos }: Timestamp): number {
  return Number(floorDivided(nanos, NANOS_PER_MILLI));
}

function floorDivided(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value % divisor < 0n ? quotient - 1n : quotient;
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: NANOS_PER_MILLI,
  s: NANOS,
  m: 60n * NANOS,
  h: 3600n * NANOS,
};
const DURATION = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const DURATION_PART = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g;
const LONGEST_DURATION = 128;

/** Reads `1h30m` or `-1.5s`. Throws `Failure`. */
export function parseDuration(text: string): Duration {
  if (text.length > LONGEST_DURATION || !DURATION.test(text)) {
    throw new Failure('the text is not a length of time such as 1h30m');
  }
  let nanos = 0n;
  for (const [, whole = '', fraction = '', unit = 's'] of text.matchAll(DURATION_PART)) {
    const size = UNITS[unit] ?? NANOS;
    nanos += BigInt(whole === '' ? 0 : whole) * size;
    if (fraction !== '') nanos += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
  }
  return checkedDuration(text.startsWith('-') ? -nanos : nanos);
}

/** `5400.5s`: all of it in seconds. */
export function durationText({ nanos }: Duration): string {
  const whole = nanos < 0n ? -nanos : nanos;
  const fraction = String(whole % NANOS)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${nanos < 0n ? '-' : ''}${whole / NANOS}${fraction === '' ? '' : `.${fraction}`}s`;
}
