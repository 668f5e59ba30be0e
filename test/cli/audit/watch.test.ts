// An audit that goes on: what it prints when something changes, and what it does not.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Round, watchAudit } from '../../../src/cli/audit/watch-audit.ts';
import { UsageError } from '../../../src/cli/exit.ts';
import { type Io, say } from '../../../src/cli/io.ts';
import { run } from '../../../src/cli/run.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { ObjectRef, Result } from '../../../src/report/shapes/result.ts';
import { folderWith, sandgate } from '../console.ts';
import { controller, HOST_NETWORK, listOf, PRIVILEGED, runningPod } from './objects.ts';

const BAD = controller('Deployment', { name: 'bad' }, PRIVILEGED);
const WORSE = runningPod({ name: 'worse' }, HOST_NETWORK);

interface Console {
  readonly io: Io;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

function consoleIn(cwd: string, signal: AbortSignal): Console {
  let stdout = '';
  let stderr = '';
  const io: Io = {
    stdin: (async function* () {})(),
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    cwd,
    stdoutIsTTY: false,
    stderrIsTTY: false,
    signal,
  };
  return { io, stdout: () => stdout, stderr: () => stderr };
}

/** Resolves once `happened` says so; every turn of the event loop is a chance. */
async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setTimeout(resolve, 1));
}

test('files are judged again where one changes, and only what is new and what is gone is printed', async () => {
  const folder = folderWith({ 'list.json': listOf(BAD) });
  const controllerOfAbort = new AbortController();
  const { io, stdout, stderr } = consoleIn(folder, controllerOfAbort.signal);
  const ended = run('audit -p baseline -f list.json --watch'.split(' '), io);
  await until(() => stderr().includes('waiting for changes (Ctrl+C ends)'));
  expect(stdout()).toContain('Namespace agents: 1 denied, 0 allowed, 0 skipped');
  const first = stdout().length;
  writeFileSync(join(folder, 'list.json'), listOf(BAD, WORSE));
  await until(() => stdout().slice(first).includes('2 denied'));
  expect(stdout().slice(first)).toBe(
    'new   Pod agents/worse  deny hostNamespaces: host namespaces (hostNetwork=true)' +
      ' (PodSecurity "baseline:latest", by policy "baseline")\n\n2 denied, 0 allowed, 0 skipped\n',
  );
  const second = stdout().length;
  writeFileSync(join(folder, 'list.json'), listOf(WORSE));
  await until(() => stdout().slice(second).includes('1 denied'));
  expect(stdout().slice(second)).toMatch(/^gone {2}Deployment agents\/bad {2}deny privileged: /);
  expect(stdout().slice(second)).not.toContain('worse');
  controllerOfAbort.abort();
  expect(await ended).toBe(1);
});

const FINDING: Finding = {
  policy: 'p',
  rule: 'r',
  check: 'c',
  action: 'Deny',
  audited: false,
  reason: 'wrong',
  detail: 'd',
  fix: '',
  fields: [{ path: 'spec' }],
};

function denied(name: string, owner?: ObjectRef): Result {
  return {
    source: { file: 'cluster', document: 1, line: 0 },
    object: { apiVersion: 'v1', kind: 'Pod', namespace: 'a', name },
    verdict: 'denied',
    policies: ['p'],
    findings: [FINDING],
    warnings: [],
    ...(owner && { owner }),
    patch: [],
    placeOf: () => ({ file: 'cluster', line: 0, column: 0 }),
  };
}

/** Goes through these rounds at once, and returns what is printed in each of them. */
async function rounds(given: readonly ((io: Io) => Partial<Round>)[]) {
  const abort = new AbortController();
  const { io, stdout, stderr } = consoleIn('.', abort.signal);
  const printed: string[] = [];
  const left = [...given];
  let length = 0;
  const judge = (roundIo: Io): Promise<Round> => {
    printed.push(stdout().slice(length));
    length = stdout().length;
    const next = left.shift();
    if (left.length === 0) abort.abort();
    return Promise.resolve().then(() => ({ results: [], missing: [], code: 0, ...next?.(roundIo) }));
  };
  const code = await watchAudit({ judge, again: { seconds: 0 } }, io);
  printed.push(stdout().slice(length));
  return { code, printed: printed.slice(1), stderr: stderr() };
}

function foundOne(): Partial<Round> {
  return { results: [denied('one')], code: 1 };
}

function away(): never {
  throw new UsageError('connection refused');
}

function saysUnread(io: Io): Partial<Round> {
  say(io, 'pods: 403 forbidden');
  return {};
}

describe('a cluster that is read again and again', () => {
  test('has nothing printed where nothing has changed', async () => {
    const { printed } = await rounds([foundOne, foundOne, foundOne]);
    expect(printed.slice(1)).toEqual(['', '']);
  });

  test('has pods of a controller that come and go under other names counted as the same', async () => {
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'a', name: 'web' };
    const { printed } = await rounds([
      () => ({ results: [denied('web-1', owner)] }),
      () => ({ results: [denied('web-2', owner)] }),
      () => ({ results: [] }),
    ]);
    expect(printed[1]).toBe('');
    expect(printed[2]).toMatch(/^gone {2}Pod of Deployment a\/web {2}deny c: /);
  });

  test('does not lose what it could not read: it is gone only where as much was read as before', async () => {
    const { printed } = await rounds([
      () => ({ results: [denied('one')] }),
      () => ({ results: [denied('two')], missing: ['pods: 403'] }),
      () => ({ results: [denied('two')] }),
    ]);
    expect(printed[1]).toMatch(/^new {3}Pod a\/two .*\n\n1 denied/);
    expect(printed[2]).toMatch(/^gone {2}Pod a\/one .*\n\n1 denied/);
  });

  test('that somebody may only read in part has what is gone printed all the same', async () => {
    const missing = ['nodes: 403'];
    const { printed } = await rounds([
      () => ({ results: [denied('one')], missing }),
      () => ({ results: [], missing }),
      () => ({ results: [denied('two')], missing: [] }),
      () => ({ results: [], missing }),
    ]);
    expect(printed[1]).toMatch(/^gone {2}Pod a\/one /);
    expect(printed[3]).toBe('');
  });

  test('that cannot be reached for a while is said once, and the watch goes on', async () => {
    const { printed, stderr, code } = await rounds([foundOne, away, away, foundOne]);
    expect(printed.slice(1)).toEqual(['', '', '']);
    expect(stderr.match(/connection refused/g)).toHaveLength(1);
    expect(code).toBe(1);
  });

  test('that cannot be reached at all is an error', async () => {
    await expect(rounds([away, away])).rejects.toThrow('connection refused');
  });

  test('has what every round says said once, and again where it was away in between', async () => {
    const { stderr } = await rounds([saysUnread, saysUnread, () => ({}), saysUnread]);
    expect(stderr.match(/403 forbidden/g)).toHaveLength(2);
  });
});

test.each([
  ['a format for programs', 'audit -p baseline -f list.json --watch -o json', '--watch prints text'],
  ['a file to write to', 'audit -p baseline -f list.json --watch --output-file out', '--watch prints text'],
  ['reports in the cluster', 'audit --kubeconfig c --watch --publish', '--watch prints text'],
  ['standard input', 'audit -p baseline -f - --watch', 'standard input can be read only once'],
  ['an interval for files', 'audit -p baseline -f list.json --watch --interval 5', '--interval is about a cluster'],
  ['an interval without a watch', 'audit --kubeconfig c --interval 5', 'expected --watch beside it'],
  ['no interval at all', 'audit --kubeconfig c --watch --interval 0', 'expected at least one second'],
])('what a watch cannot do is refused: %s', async (_, line, message) => {
  const { code, stderr } = await sandgate(folderWith({ 'list.json': listOf(BAD) }), line);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
