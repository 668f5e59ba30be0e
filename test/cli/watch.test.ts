// Running again on a change: what counts as one, and how it ends.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { runOnChange, type WatchFolder } from '../../src/cli/watch.ts';
import { BARE_POD, folderWith } from './console.ts';

/** A watch whose changes the test makes, and a step to wait for each run. */
function fakeWatch() {
  const open = new Map<string, (path: string) => void>();
  const watchFolder: WatchFolder = (folder, changed) => {
    open.set(folder, changed);
    return () => open.delete(folder);
  };
  return { open, watchFolder, change: (folder: string, path: string) => open.get(folder)?.(path) };
}

/** Resolves once `happened` says so; every turn of the event loop is a chance. */
async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setTimeout(resolve, 1));
}

test('a change runs it again, and one that does not matter does not', async () => {
  const { open, watchFolder, change } = fakeWatch();
  const controller = new AbortController();
  let runs = 0;
  const watching = runOnChange(() => Promise.resolve(++runs > 0 ? ['a', 'b'] : []), {
    signal: controller.signal,
    matters: (path) => path.endsWith('.yaml'),
    watchFolder,
    settleMs: 0,
  });
  await until(() => open.size === 2);
  change('a', 'a/notes.txt');
  change('b', 'b/x.yaml');
  await until(() => runs === 2);
  controller.abort();
  await watching;
  expect(runs).toBe(2);
  expect(open.size).toBe(0);
});

test('a change while it runs makes it run once more, however many there are', async () => {
  const { open, watchFolder, change } = fakeWatch();
  const controller = new AbortController();
  let runs = 0;
  const watching = runOnChange(
    async () => {
      runs++;
      if (runs === 2) for (const name of ['x', 'y', 'z']) change('a', name);
      if (runs === 3) controller.abort();
      return ['a'];
    },
    { signal: controller.signal, matters: () => true, watchFolder, settleMs: 0 },
  );
  await until(() => open.size === 1);
  change('a', 'x');
  await watching;
  expect(runs).toBe(3);
});

test('folders that no longer matter are not watched any more', async () => {
  const { open, watchFolder, change } = fakeWatch();
  const controller = new AbortController();
  let runs = 0;
  const watching = runOnChange(async () => (++runs === 1 ? ['a', 'b'] : ['b', 'c']), {
    signal: controller.signal,
    matters: () => true,
    watchFolder,
    settleMs: 0,
  });
  await until(() => open.size === 2);
  change('a', 'x');
  await until(() => open.has('c'));
  expect([...open.keys()]).toEqual(['b', 'c']);
  controller.abort();
  await watching;
});

test('an error ends the watch, and nothing is left open', async () => {
  const { open, watchFolder, change } = fakeWatch();
  let runs = 0;
  const watching = runOnChange(
    async () => {
      if (++runs === 2) throw new Error('broken');
      return ['a'];
    },
    { signal: new AbortController().signal, matters: () => true, watchFolder, settleMs: 0 },
  );
  await until(() => open.size === 1);
  change('a', 'x');
  await expect(watching).rejects.toThrow('broken');
  expect(open.size).toBe(0);
});

const SUITE = `apiVersion: sandgate.dev/v1alpha1
kind: PolicyTest
metadata: { name: mine }
spec: { policies: [baseline], cases: [{ name: one, input: in/pod.yaml, expect: { verdict: allowed } }] }
`;

test('test --watch goes on after a mistake, sees files beside the suite, and is not woken by what it writes', async () => {
  const folder = folderWith({ 'suite.yaml': 'a: [\n', 'in/pod.yaml': BARE_POD });
  const controller = new AbortController();
  const seen: string[] = [];
  const ended = run(['test', 'suite.yaml', '--watch', '-o', 'text', '-o', 'json=report.json'], {
    stdin: (async function* () {})(),
    stdout: { write: (text) => seen.push(text) },
    stderr: { write: (text) => seen.push(text) },
    env: {},
    cwd: folder,
    stdoutIsTTY: false,
    stderrIsTTY: false,
    signal: controller.signal,
  });
  const waits = () => seen.filter((text) => text === 'sandgate: waiting for changes (Ctrl+C ends)\n').length;
  await until(() => waits() === 1);
  writeFileSync(join(folder, 'suite.yaml'), SUITE);
  await until(() => seen.some((text) => text.includes('1 passed, 0 failed')));
  writeFileSync(join(folder, 'in/pod.yaml'), BARE_POD.replace('spec:', 'spec:\n  hostPID: true'));
  await until(() => seen.some((text) => text.includes('0 passed, 1 failed')));
  controller.abort();
  expect(await ended).toBe(1);
  expect(seen[0]).toMatch(/^sandgate: suite\.yaml:2:1: /);
});
