// docs/cluster-cases.md lists the cases of test/cluster/cases as they are. To renew it: node test/cluster/support/case-table.ts
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

test('docs/cluster-cases.md is fresh', { timeout: 120_000 }, async () => {
  // In a process of its own: it is a test runner, and so are we.
  const script = resolve(ROOT, 'test/cluster/support/case-table.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--print'], { cwd: ROOT });
  expect(readFileSync(resolve(ROOT, 'docs/cluster-cases.md'), 'utf8')).toBe(stdout);
});
