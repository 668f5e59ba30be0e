// Writes values as YAML: on one line inside flow collections, on lines of their own inside block ones.
import { stringify } from 'yaml';
import { isJsonObject } from '../../model/json.ts';
import type { EditedText } from './edited-text.ts';

/** Strings that need no quotes, in any version of YAML and inside brackets. */
const PLAIN = /^[A-Za-z](?:[\w./-]|:(?=\w))*$/;
/** Words that need quotes all the same: YAML 1.1 reads them as something else. */
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
export function json(edited: EditedText, value: unknown, column: number): string {
  if (!edited.jsonStep) return JSON.stringify(value);
  return JSON.stringify(value, null, edited.jsonStep).replaceAll('\n', edited.eol + ' '.repeat(column));
}

/** A value for a place inside brackets. */
export function flowValue(edited: EditedText, value: unknown, column: number): string {
  return edited.jsonStep === undefined ? inline(value) : json(edited, value, column);
}

/** `key: value` for a place inside brackets. */
export function flowPair(edited: EditedText, key: string, value: unknown, column: number): string {
  if (edited.jsonStep === undefined) return `${inline(key)}: ${inline(value)}`;
  const colon = edited.jsonStep === 0 ? ':' : ': ';
  return `${JSON.stringify(key)}${colon}${json(edited, value, column)}`;
}

/** A map or list as the lines of a block, each indented to `column`, without the last line break. */
export function block(edited: EditedText, value: unknown, column: number): string {
  const text = stringify(value, {
    version: '1.1',
    indent: edited.step,
    indentSeq: edited.indentSeq,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
  const pad = ' '.repeat(column);
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => (line === '' ? line : pad + line))
    .join(edited.eol);
}
