// `'%s has %d'.format([…])`. Source: github.com/google/cel-go/ext/formatting.go, whose first version Kubernetes uses: it writes
// numbers of %f and %e as English does.
import { bytesOf, hexOfBytes, textOfBytes } from '../../model/bytes.ts';
import { type Budget, Failure, textCost } from '../run/budget.ts';
import { entriesOf, MOST_DEPTH } from '../values/equal.ts';
import {
  Bytes,
  Double,
  Duration,
  isList,
  kindOf,
  Timestamp,
  TypeName,
  toValue,
  Uint,
  type Value,
} from '../values/value.ts';
import { typeNameOf } from './conversions.ts';
import { doubleText } from './double-text.ts';
import { durationText, timestampText } from './time-text.ts';

const CLAUSE = /%(?:\.(\d+))?([%sdfexXob]|.|$)/gsu;
const DEFAULT_PRECISION = 6;
const MOST_PRECISION = 100;

/** The text with every clause replaced by its argument. Throws `Failure` for clauses and arguments that do not belong together. */
export function formatText(pattern: string, args: readonly unknown[], budget: Budget): string {
  budget.charge(textCost(pattern.length));
  let next = 0;
  const text = pattern.replace(CLAUSE, (clause: string, precision: string | undefined, verb: string) => {
    if (verb === '%' && precision === undefined) return '%';
    if (!'sdfexXob'.includes(verb) || verb === '') throw new Failure(`unknown clause ${clause} in the text to format`);
    if (next >= args.length) throw new Failure(`format has no argument for clause ${next + 1}`);
    const digits = precision === undefined ? DEFAULT_PRECISION : Number(precision);
    if (digits > MOST_PRECISION) throw new Failure(`${clause} asks for more than ${MOST_PRECISION} digits`);
    const written = clauseText(verb, digits, toValue(args[next++]), budget);
    budget.charge(textCost(written.length));
    return written;
  });
  return text;
}

function clauseText(verb: string, digits: number, value: Value, budget: Budget): string {
  switch (verb) {
    case 's':
      return plainText(value, budget);
    case 'd':
      return integerText(value, 10, '%d');
    case 'o':
      return integerText(value, 8, '%o');
    case 'b':
      return typeof value === 'boolean' ? (value ? '1' : '0') : integerText(value, 2, '%b');
    case 'x':
      return hexText(value);
    case 'X':
      return hexText(value).toUpperCase();
    case 'f':
      return fixedText(numberOf(value, '%f'), digits);
    default:
      return exponentText(numberOf(value, '%e'));
  }
}

function integerText(value: Value, base: number, clause: string): string {
  if (typeof value === 'bigint') return value.toString(base);
  if (value instanceof Uint) return value.value.toString(base);
  throw unsuitable(clause, value, 'integers');
}

function hexText(value: Value): string {
  if (typeof value === 'string') return hexOfBytes(bytesOf(value));
  return value instanceof Bytes ? hexOfBytes(value.value) : integerText(value, 16, '%x');
}

function numberOf(value: Value, clause: string): number {
  if (value instanceof Double) return value.value;
  throw unsuitable(clause, value, 'doubles');
}

function unsuitable(clause: string, value: Value, expected: string): Failure {
  return new Failure(`${clause} is for ${expected}, and the argument is of the type ${typeNameOf(value).name}`);
}

function specialText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '∞' : '-∞';
}

function fixedText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return specialText(value);
  const [whole = '', fraction] = plainDigits(value, digits).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `toFixed` writes large numbers with an exponent, and rounds what is half-way up; Go rounds to the even digit. */
function plainDigits(value: number, digits: number): string {
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}${digits === 0 ? '' : `.${'0'.repeat(digits)}`}`;
  const rounded = value.toFixed(digits);
  // A double that is exactly half-way has few digits.
  const exact = value.toFixed(Math.min(100, digits + 25));
  if (!/^5(?:0)*$/.test(exact.slice(exact.indexOf('.') + 1 + digits)) || digits >= 76) return rounded;
  const cut = exact.slice(0, exact.indexOf('.') + (digits === 0 ? 0 : 1 + digits));
  return Number(cut.at(-1)) % 2 === 0 ? cut : rounded;
}

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function exponentText(value: number): string {
  if (!Number.isFinite(value)) return specialText(value);
  const [mantissa = '', power = '0'] = value.toExponential(DEFAULT_PRECISION).split('e');
  const digits = String(Math.abs(Number(power))).padStart(2, '0');
  const raised = Array.from(digits, (digit) => RAISED[Number(digit)] ?? '').join('');
  return `${mantissa}×10${Number(power) < 0 ? '⁻' : ''}${raised}`;
}

/** A value as `%s` has it; inside of lists and maps, text is in quotes. */
function plainText(value: Value, budget: Budget): string {
  if (typeof value === 'string') return value;
  if (value instanceof Bytes) return textOfBytes(value.value);
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Double) {
    if (Number.isFinite(value.value)) return doubleText(value.value);
    return Number.isNaN(value.value) ? 'NaN' : value.value > 0 ? '+Inf' : '-Inf';
  }
  return nestedText(value, budget, 0);
}

function nestedText(value: Value, budget: Budget, depth: number): string {
  budget.charge(1);
  if (depth > MOST_DEPTH) throw new Failure('lists and maps are nested too deeply to be written as text');
  if (value === null) return 'null';
  if (typeof value === 'string') {
    budget.charge(textCost(value.length));
    return `"${value}"`;
  }
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Double) return fixedText(value.value, DEFAULT_PRECISION).replaceAll(',', '');
  if (value instanceof Bytes) return `b"${textOfBytes(value.value)}"`;
  if (value instanceof Timestamp) return `timestamp("${timestampText(value)}")`;
  if (value instanceof Duration) return depth === 0 ? durationText(value) : `duration("${durationText(value)}")`;
  if (value instanceof TypeName) return value.name;
  if (isList(value)) return `[${value.map((entry) => nestedText(toValue(entry), budget, depth + 1)).join(', ')}]`;
  if (kindOf(value) !== 'map') throw unsuitable('%s', value, 'text, numbers, bools, times, types, lists and maps');
  const entries = [...entriesOf(value)].map(([key, field]) => {
    return `${nestedText(key, budget, depth + 1)}:${nestedText(field, budget, depth + 1)}`;
  });
  return `{${entries.sort().join(', ')}}`;
}
