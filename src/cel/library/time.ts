// Moments and lengths of time. Source: github.com/google/cel-spec/doc/langdef.md, "Timezones"; without a timezone a moment is
// looked at in UTC, as Kubernetes has it.
import { type Budget, Failure } from '../run/budget.ts';
import type { Timestamp, Value } from '../values/value.ts';
import { at, durationAt, intAt, textAt, timestampAt } from './arguments.ts';
import { fn, type Library, method, type Run } from './function.ts';
import { checkedTimestamp } from './ranges.ts';
import { millisOf, parseDuration, parseTimestamp } from './time-text.ts';

const NANOS = 1_000_000_000n;

/** What can be asked of a moment, of its date and time where it is looked at. */
const PARTS: Readonly<Record<string, (local: Date) => number>> = {
  getFullYear: (local) => local.getUTCFullYear(),
  getMonth: (local) => local.getUTCMonth(),
  getDate: (local) => local.getUTCDate(),
  getDayOfMonth: (local) => local.getUTCDate() - 1,
  getDayOfWeek: (local) => local.getUTCDay(),
  getDayOfYear: (local) => Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / 86_400_000),
  getHours: (local) => local.getUTCHours(),
  getMinutes: (local) => local.getUTCMinutes(),
  getSeconds: (local) => local.getUTCSeconds(),
  getMilliseconds: (local) => local.getUTCMilliseconds(),
};

/** Reads text that is a constant once, so that what is wrong with it is found when the expression is loaded. */
function prepared(read: (text: string) => Value): (constants: readonly (Value | undefined)[]) => Run {
  return ([text]) => {
    const value = typeof text === 'string' ? read(text) : undefined;
    return (args) => value ?? read(textAt(args, 0));
  };
}

function unit(nanos: bigint): Run {
  return (args) => durationAt(args, 0).nanos / nanos;
}

export const TIME: Library = [
  fn('timestamp(timestamp): timestamp', (args) => at(args, 0)),
  fn('timestamp(int): timestamp', (args) => checkedTimestamp(intAt(args, 0) * NANOS)),
  fn('timestamp(string): timestamp', (args) => parseTimestamp(textAt(args, 0)), prepared(parseTimestamp)),
  fn('duration(duration): duration', (args) => at(args, 0)),
  fn('duration(string): duration', (args) => parseDuration(textAt(args, 0)), prepared(parseDuration)),
  ...Object.entries(PARTS).flatMap(([name, part]) => [
    method('timestamp', `${name}(): int`, (args) => BigInt(part(new Date(millisOf(timestampAt(args, 0)))))),
    method('timestamp', `${name}(string): int`, (args, budget) =>
      BigInt(part(localDate(timestampAt(args, 0), textAt(args, 1), budget))),
    ),
  ]),
  method('duration', 'getHours(): int', unit(3600n * NANOS)),
  method('duration', 'getMinutes(): int', unit(60n * NANOS)),
  method('duration', 'getSeconds(): int', unit(NANOS)),
  method('duration', 'getMilliseconds(): int', unit(1_000_000n)),
];

/** What looking up a named timezone costs. */
const ZONE_COST = 1000;

/** A date whose parts in UTC are those of the moment in a timezone. */
function localDate(moment: Timestamp, zone: string, budget: Budget): Date {
  const millis = millisOf(moment);
  const [, sign, hours, minutes] = /^([+-]?)(\d{2}):(\d{2})$/.exec(zone) ?? [];
  if (hours !== undefined && minutes !== undefined) {
    const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
    return new Date(millis + offset * 60_000);
  }
  budget.charge(ZONE_COST);
  return new Date(millis + zoneOffset(millis, zone));
}

function zoneOffset(millis: number, zone: string): number {
  if (zone === '' || zone === 'UTC') return 0;
  try {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(
      millis,
    );
    const written = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes, seconds = '0'] = /^GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(written) ?? [];
    if (hours === undefined) return 0;
    const size = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
    return size * 1000 * (sign === '-' ? -1 : 1);
  } catch {
    throw new Failure('unknown timezone (write one such as Europe/Berlin or +01:00)');
  }
}
