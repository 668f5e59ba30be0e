// Of a control plane nothing stays behind: no process, no folder, whichever way it ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { at, listAt } from './at.ts';
import { startControlPlane } from './control-plane.ts';
import { waitFor } from './wait-for.ts';

let folder: string;

// A folder for temporary files of our own: other test files have planes too.
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandgate-leftovers-'));
  vi.stubEnv('TMPDIR', folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A program that complains and fails, in place of one of the parts. */
function brokenProgram(): string {
  const path = join(folder, 'broken');
  writeFileSync(path, '#!/bin/sh\necho "E1122 unknown flag: --sea" >&2\nexit 1\n');
  chmodSync(path, 0o755);
  return path;
}

test('after stop, twice', async () => {
  const plane = await startControlPlane();
  const pids = Object.values(plane.pids());
  expect(pids.length).toBe(2);
  expect(pids.every(isAlive)).toBe(true);
  expect(readdirSync(folder).length).toBe(1);
  await plane.stop();
  expect(pids.filter(isAlive)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
  await plane.stop();
});

test('after stop while etcd is paused', async () => {
  const plane = await startControlPlane();
  const pids = Object.values(plane.pids());
  plane.pauseEtcd();
  await plane.stop();
  expect(pids.filter(isAlive)).toEqual([]);
});

test.each(['etcd', 'kubeApiserver', 'kubeControllerManager'])(
  'after a start whose %s fails, which says why',
  async (part) => {
    const binaries = { [part]: brokenProgram() };
    const started = startControlPlane({ controllerManager: true, binaries });
    await expect(started).rejects.toThrow(/exited while starting\. The end of its log:\nE1122 unknown flag: --sea$/);
    expect(readdirSync(folder)).toEqual(['broken']);
  },
);

test('after a program that cannot be run', async () => {
  const started = startControlPlane({ binaries: { kubeApiserver: '/nowhere/kube-apiserver' } });
  await expect(started).rejects.toThrow('spawn /nowhere/kube-apiserver ENOENT');
  expect(readdirSync(folder)).toEqual([]);
});

test.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)('after %s of the process that started it', async (signal) => {
  const script = join(import.meta.dirname, 'abandoned.ts');
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: unknown[] = await once(child.stdout, 'data');
  const said: unknown = JSON.parse(String(lines[0]));
  const pids = listAt(said, 'pids').map(Number);
  expect(pids.length).toBe(2);
  expect(pids.every(isAlive)).toBe(true);
  expect(existsSync(String(at(said, 'folder')))).toBe(true);
  child.kill(signal);
  await waitFor(() => !pids.some(isAlive), { within: 10_000, what: 'its parts are gone' });
  await waitFor(() => readdirSync(folder).length === 0, { within: 10_000, what: 'its folder is gone' });
});
