// The Helm that the chart is tested with is the one we mean, and knows nothing of whoever runs the tests.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import pins from '../../tools/helm/binaries.json' with { type: 'json' };
import { helm, helm3, kubectl } from '../support/helm.ts';
import { succeed } from './image/commands.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each([
  ['helm', helm, ['version', '--short']],
  ['helm3', helm3, ['version', '--short']],
  ['kubectl', kubectl, ['version', '--client']],
] as const)('the tool %s', (tool, run, version) => {
  test('has the version of tools/helm', async () => {
    const { code, stdout } = await run(version);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`v${pins[tool].version}`) as unknown });
  });

  test('is another one where the environment says so, and is given its input', async () => {
    vi.stubEnv(tool.toUpperCase(), '/bin/cat');
    expect(await run([], { stdin: 'said' })).toEqual({ code: 0, stdout: 'said', stderr: '' });
  });

  test('says in one sentence that it is not there', async () => {
    vi.stubEnv(tool.toUpperCase(), '/no/such/program');
    await expect(run([])).rejects.toThrow('ENOENT');
  });
});

test('a call has no cluster and no settings but its own, and leaves nothing', async () => {
  vi.stubEnv('KUBECONFIG', '/somebody/elses');
  vi.stubEnv('HELM_NAMESPACE', 'somebody-elses');
  const { stdout } = await helm(['env']);
  expect(stdout).toContain('HELM_NAMESPACE="default"');
  const home = /HELM_DATA_HOME="(.*)\/data"/.exec(stdout)?.[1] ?? '';
  expect(home).toContain('sandgate-helm-');
  expect(existsSync(home)).toBe(false);
  expect((await kubectl(['config', 'view', '--output=jsonpath={.clusters}'])).stdout).toBe('null');
});

test('what a program says and how it ends is handed on', async () => {
  const { code, stdout, stderr } = await helm(['lint', '/no/such/chart']);
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'Error: 1 chart(s) linted, 1 chart(s) failed\n' });
  expect(stdout).toContain('/no/such/chart');
});

test('two processes that start with an empty cache end up with the same binaries', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'sandgate-helm-test-'));
  onTestFinished(() => rmSync(cache, { recursive: true, force: true }));
  const module = resolve(import.meta.dirname, '../support/helm-binaries.ts');
  const program = `process.env.SANDGATE_CACHE = ${JSON.stringify(cache)};
    const { binaryPath } = await import(${JSON.stringify(module)});
    console.log(await binaryPath('helm'));`;
  const find = (): Promise<string> => succeed(process.execPath, ['--input-type=module', '--eval', program]);
  const [first, second] = await Promise.all([find(), find()]);
  expect(first).toBe(second);
  const folder = dirname(first);
  expect(readdirSync(folder).toSorted()).toEqual(['helm', 'helm3', 'kubectl']);
  expect(readdirSync(dirname(folder))).toHaveLength(1);
});
