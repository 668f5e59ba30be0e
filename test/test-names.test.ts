// The name of a test says what holds, so that a line of a report can be understood without the file.
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type NamedBlock, namedBlocksOf } from './support/test-names.ts';

const ROOT = resolve(import.meta.dirname, '..');
const FEWEST_WORDS = 3;
/** What `test.each` replaces by a value of its row. */
const PLACEHOLDER = /%[sdifjo]|\$[\w.]+/g;

const blocks = globSync('test/**/*.test.ts', { cwd: ROOT }).flatMap((file) =>
  namedBlocksOf(readFileSync(resolve(ROOT, file), 'utf8')).map((block) => ({ ...block, file })),
);

function where(offenders: readonly (NamedBlock & { readonly file: string })[]): string[] {
  return offenders.map(({ file, line, title }) => `${file}:${line}: ${title}`);
}

test('every test and every group of tests is found', () => {
  expect(blocks.filter(({ kind }) => kind === 'test').length).toBeGreaterThan(1000);
  expect(blocks.filter(({ kind }) => kind === 'describe').length).toBeGreaterThan(200);
});

test('no test and no group of tests is named by placeholders alone', () => {
  expect(where(blocks.filter(({ title }) => !/\w/.test(title.replace(PLACEHOLDER, ''))))).toEqual([]);
});

test('every test has a name of three words or more', () => {
  const tests = blocks.filter(({ kind }) => kind === 'test');
  expect(where(tests.filter(({ title }) => title.split(/\s+/).length < FEWEST_WORDS))).toEqual([]);
});

test('no test has a name that continues the one before it', () => {
  expect(where(blocks.filter(({ kind, title }) => kind === 'test' && /^(?:and|but|nor|or|so) /.test(title)))).toEqual(
    [],
  );
});
