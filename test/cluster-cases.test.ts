// docs/cluster-cases.md lists the cases of test/cluster/cases as they are. To renew it: node test/cluster/support/case-table.ts
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { LONG_TESTS } from './support/long-tests.ts';

const ROOT = resolve(import.meta.dirname, '..');
const PAGE = readFileSync(resolve(ROOT, 'docs/cluster-cases.md'), 'utf8');
const FILES = globSync('test/cluster/cases/*.test.ts', { cwd: ROOT }).toSorted();

/** The names of tests that stand there as they are: those of `test.each` are made of their rows. */
function plainNames(file: string): string[] {
  const text = readFileSync(resolve(ROOT, file), 'utf8');
  return [...text.matchAll(/\btest\(\s*'([^'\\]+)'/g)].map(([, name = '']) => name);
}

test.each(FILES)('docs/cluster-cases.md has what is asserted in %s', (file) => {
  const [, section = ''] = PAGE.split(`| \`${file}\`: `);
  const names = plainNames(file);
  expect(names.length).toBeGreaterThan(0);
  const [rows = ''] = section.split('\n## ');
  expect(names.filter((name) => !rows.includes(name.replaceAll('|', '\\|')))).toEqual([]);
});

// The test runner itself has to read them for it, which takes five seconds of CPU.
if (LONG_TESTS) {
  test('docs/cluster-cases.md is fresh', async () => {
    // In a process of its own: it is a test runner, and so are we.
    const script = resolve(ROOT, 'test/cluster/support/case-table.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--print'], { cwd: ROOT });
    expect(PAGE).toBe(stdout);
  });
}
