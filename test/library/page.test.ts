// What docs/library.md shows runs, and prints what stands there.
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { resolve } from 'node:path';
import { format } from 'node:util';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import * as library from '../../src/index.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/library.md'), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/```ts\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)];

/** Runs an example with the library in place of its import, and returns what it logs. */
function logged(example: string): string {
  const lines: string[] = [];
  const body = stripTypeScriptTypes(example).replace(/^import (\{.*\}) from 'sandgate';$/m, 'const $1 = library;');
  const log = (...values: unknown[]): number => lines.push(format(...values));
  runInNewContext(`{${body}}`, { library, console: { log } });
  return `${lines.join('\n').trimEnd()}\n`;
}

test('there are examples, each with what it prints', () => {
  expect(EXAMPLES).toHaveLength(PAGE.split('```ts\n').length - 1);
  expect(EXAMPLES.length).toBeGreaterThan(1);
});

test.each(EXAMPLES.map(([, example = '', printed = ''], index) => [index + 1, example, printed] as const))(
  'example %i prints what stands below it',
  (_, example, printed) => {
    expect(logged(example)).toBe(printed);
  },
);

test('every function and every option is on the page', () => {
  const names = Object.keys(library).map((name) => `\`${name}`);
  expect(names.filter((name) => !PAGE.includes(name))).toEqual([]);
  const types = readFileSync(resolve(import.meta.dirname, '../../src/library/types.ts'), 'utf8');
  const [, surroundings = ''] = /interface Surroundings \{([\s\S]*?)\n\}/.exec(types) ?? [];
  const [, options = ''] = /interface Options [^{]*\{([\s\S]*?)\n\}/.exec(types) ?? [];
  const keys = [...`${surroundings}${options}`.matchAll(/readonly (\w+)\?:/g)].map(([, key]) => `\`${key}\``);
  expect(keys).toHaveLength(9);
  expect(keys.filter((key) => !PAGE.includes(key))).toEqual([]);
});
