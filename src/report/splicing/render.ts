// Writes values as YAML: on one line inside flow collections, on lines of their own inside block ones.
import { stringify } from 'yaml';
import { isJsonObject } from '../../model/json.ts';
import type { Sheet } from './sheet.ts';

/** Strings that mean themselves without quotes, in any version of YAML and inside brackets. */
const PLAIN = /^[A-Za-z](?:[\w./-]|:(?=\w))*$/;
/** Except these, which YAML 1.1 reads as something else. */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

/** A value on one line, for any place that takes a flow value: `{drop: [ALL]}`. */
export function inline(value: unknown): string {
  if (typeof value === 'string') return PLAIN.test(value) && !WORDS.test(value) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, member]) => `${inline(key)}: ${inline(member)}`)
    .join(', ')}}`;
}

/** A value as JSON, in the layout of the file it goes into; `column` is where its first line is indented to. */
export function json(sheet: Sheet, value: unknown, column: number): string {
  if (!sheet.jsonStep) return JSON.stringify(value);
  return JSON.stringify(value, null, sheet.jsonStep).replaceAll('\n', sheet.eol + ' '.repeat(column));
}

/** A value for a place inside brackets. */
export function flowValue(sheet: Sheet, value: unknown, column: number): string {
  return sheet.jsonStep === undefined ? inline(value) : json(sheet, value, column);
}

/** `key: value` for a place inside brackets. */
export function flowPair(sheet: Sheet, key: string, value: unknown, column: number): string {
  if (sheet.jsonStep === undefined) return `${inline(key)}: ${inline(value)}`;
  const colon = sheet.jsonStep === 0 ? ':' : ': ';
  return `${JSON.stringify(key)}${colon}${json(sheet, value, column)}`;
}

/** A map or list as the lines of a block, each indented to `column`, without the last line break. */
export function block(sheet: Sheet, value: unknown, column: number): string {
  const text = stringify(value, {
    version: '1.1',
    indent: sheet.step,
    indentSeq: sheet.indentSeq,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
  const pad = ' '.repeat(column);
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => (line === '' ? line : pad + line))
    .join(sheet.eol);
}
