// Cases that stand for several: one for each row of `each`, with the values of the row in place of `${name}`.
import { isJsonObject, type JsonObject, ownField } from '../../model/json.ts';
import { didYouMean } from '../../resources/did-you-mean.ts';

/** The keys that lead to something in a document. */
type Keys = readonly (string | number)[];

/** A document with every case written out. */
export interface Expanded {
  readonly value: unknown;
  /** The keys in the document as written, of keys in the value. */
  readonly written: (keys: Keys) => Keys;
}

/** Called with what is wrong, and where: at the value, or at its key. */
export type Complain = (keys: Keys, message: string, what?: 'value' | 'key') => void;

/** The names of parameters. Those of environment variables are in upper case, so that `${HOME}` in a command stays. */
const NAME = /^[a-z][A-Za-z0-9]*$/;
const REFERENCE = /\$\{([a-z][A-Za-z0-9]*)\}/g;
/** What belongs to a workload: text in it may hold `${…}` that is meant for a shell. */
const WORKLOADS: ReadonlySet<string> = new Set(['object', 'oldObject']);

/** Writes out the cases of a document, which may be any JSON; what is not a list of cases is left as it is. */
export function expandCases(document: unknown, complain: Complain): Expanded {
  const spec = ownField(document, 'spec');
  const cases: unknown = ownField(spec, 'cases');
  if (!isJsonObject(document) || !isJsonObject(spec) || !Array.isArray(cases)) {
    return { value: document, written: (keys) => keys };
  }
  const all: unknown[] = [];
  /** The index that each of them is written at. */
  const origins: number[] = [];
  for (const [index, testCase] of (cases as readonly unknown[]).entries()) {
    const expanded = expandCase(testCase, (keys, message, what) =>
      complain(['spec', 'cases', index, ...keys], message, what),
    );
    all.push(...expanded);
    origins.push(...expanded.map(() => index));
  }
  return {
    value: { ...document, spec: { ...spec, cases: all } },
    written: (keys) => {
      const [first, second, index, ...rest] = keys;
      const origin = first === 'spec' && second === 'cases' ? origins[Number(index)] : undefined;
      return origin === undefined ? keys : ['spec', 'cases', origin, ...rest];
    },
  };
}

function expandCase(testCase: unknown, complain: Complain): readonly unknown[] {
  const each: unknown = ownField(testCase, 'each');
  if (!isJsonObject(testCase) || each === undefined) return [testCase];
  const { each: _, ...rest } = testCase;
  const rows = rowsOf(each, complain);
  if (rows.length === 0) return [rest];
  const used = new Set<string>();
  const problems = new Map<string, () => void>();
  const expanded = rows.map((row) =>
    Object.fromEntries(
      Object.entries(rest).map(([key, value]) => {
        const unknown = (name: string, keys: Keys): void => {
          if (WORKLOADS.has(key)) return;
          const expected = didYouMean(name, Object.keys(row)) || ` (expected one of ${Object.keys(row).join(', ')})`;
          problems.set(JSON.stringify(keys), () =>
            complain(keys, `"\${${name}}" is not a parameter of each${expected}`),
          );
        };
        return [key, replaced(value, row, [key], used, unknown)];
      }),
    ),
  );
  for (const say of problems.values()) say();
  for (const name of Object.keys(rows[0] ?? {})) {
    if (!used.has(name)) complain(['each', 0, name], `"\${${name}}" stands nowhere in the case`, 'key');
  }
  return expanded;
}

/** The rows that can be used: every one with the same names. */
function rowsOf(each: unknown, complain: Complain): readonly JsonObject[] {
  if (!Array.isArray(each) || each.length === 0) {
    complain(['each'], 'expected a list of at least one map, each with the parameters of one case');
    return [];
  }
  const rows: JsonObject[] = [];
  for (const [index, row] of (each as readonly unknown[]).entries()) {
    const names = isJsonObject(row) ? Object.keys(row) : [];
    if (!isJsonObject(row) || names.length === 0) {
      complain(['each', index], 'expected a map with the parameters of a case');
      continue;
    }
    const wrong = names.find((name) => !NAME.test(name));
    if (wrong !== undefined) {
      complain(
        ['each', index, wrong],
        'is not the name of a parameter (expected letters and digits, the first in lower case)',
        'key',
      );
      continue;
    }
    const expected = Object.keys(rows[0] ?? row).toSorted();
    if (names.toSorted().join() !== expected.join()) {
      complain(['each', index], `expected the parameters of the first row: ${expected.join(', ')}`);
      continue;
    }
    rows.push(row);
  }
  return rows;
}

/** The value with parameters put in: whole where a text is nothing but one, else as a part of the text. */
function replaced(
  value: unknown,
  row: JsonObject,
  keys: Keys,
  used: Set<string>,
  unknown: (name: string, keys: Keys) => void,
): unknown {
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => replaced(item, row, [...keys, index], used, unknown));
  }
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(([key, item]) => [
      key,
      replaced(item, row, [...keys, key], used, unknown),
    ]);
    return Object.fromEntries(members);
  }
  if (typeof value !== 'string') return value;
  for (const [whole, name = ''] of value.matchAll(REFERENCE)) {
    if (!Object.hasOwn(row, name)) unknown(name, keys);
    else used.add(name);
    if (whole === value && Object.hasOwn(row, name)) return row[name];
  }
  return value.replaceAll(REFERENCE, (whole, name: string) => (Object.hasOwn(row, name) ? textOf(row[name]) : whole));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
