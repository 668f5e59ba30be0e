// The workflows for GitHub, read by actionlint as Go builds it. That they do what they say is seen where they run, on GitHub.
import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';
/** What Go says where neither its cache nor its proxy has the module. */
const NOT_TO_BE_HAD = /dial tcp|no such host|proxy|connection refused|i\/o timeout/i;

const run = promisify(execFile);

test('actionlint finds nothing in the workflows', { timeout: 300_000 }, async ({ skip }) => {
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-actionlint-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const built = await run('go', ['install', ACTIONLINT], { env: { ...process.env, GOBIN: folder } }).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  if (built !== undefined && NOT_TO_BE_HAD.test(built)) skip(`Go cannot download actionlint here: ${built}`);
  expect(built).toBe(undefined);
  const files = globSync('.github/workflows/*.yml', { cwd: ROOT });
  expect(files.length).toBeGreaterThan(1);
  const found = await run(join(folder, 'actionlint'), ['-no-color', ...files], { cwd: ROOT }).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)),
  );
  expect(found).toBe('');
});
