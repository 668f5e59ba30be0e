// The program as a process: exit codes, pipes that close early, a server that starts and stops.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { program } from '../support/programs.ts';
import { TlsClient } from '../support/tls-client.ts';
import { BARE_POD, folderWith, PRIVILEGED_POD } from './console.ts';

/** Starts the sources, as it does in a checkout. */
const BIN = resolve(import.meta.dirname, '../../bin/sandgate.js');
const execute = promisify(execFile);

async function exitCode(cwd: string, file: string, ...args: readonly string[]): Promise<number> {
  try {
    await execute(process.execPath, [file, ...args], { cwd });
    return 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'number') return error.code;
    throw error;
  }
}

test('the process exits with the code of the run', async () => {
  const folder = folderWith({ 'pod.yaml': BARE_POD, 'bad.yaml': PRIVILEGED_POD });
  const bundle = await program('sandgate');
  expect(await exitCode(folder, bundle, 'check', '-p', 'baseline', '-f', 'pod.yaml')).toBe(0);
  expect(await exitCode(folder, BIN, 'check', '-p', 'baseline', '-f', 'pod.yaml', 'bad.yaml')).toBe(1);
  expect(await exitCode(folder, bundle, 'check', '-p', 'baseline', '-f', 'none.yaml')).toBe(2);
});

test('a reader that closes the pipe is not an error', async () => {
  // More than a pipe holds.
  const folder = folderWith({ 'bad.yaml': Array.from({ length: 1000 }, () => PRIVILEGED_POD).join('---\n') });
  const command = `"${process.execPath}" "${await program('sandgate')}" check -p baseline -f bad.yaml | head -1`;
  const { stdout, stderr } = await execute('sh', ['-c', command], { cwd: folder });
  expect([stdout, stderr]).toEqual(['Pod agents/bad  denied  bad.yaml:1\n', '']);
});

test('standard input is read from a pipe', async () => {
  const folder = folderWith({ 'pod.yaml': BARE_POD });
  const command = `cat pod.yaml | "${process.execPath}" "${await program('sandgate')}" check -p agents -f -`;
  const { stdout } = await execute('sh', ['-c', command], { cwd: folder });
  const warned =
    'no row of the identity table matches image "nginx:1" of container "app"; it runs as 1000, the policy\'s default';
  expect(stdout).toBe(
    `Pod default/bare  allowed (as filled in)  -:1\n  warn   policy "agents": ${warned}\n\n0 denied, 1 allowed, 0 skipped\n`,
  );
});

test('serve listens, answers a review, and stops on SIGTERM with 0', async () => {
  const server = spawn(process.execPath, [BIN, 'serve', '-p', 'restricted', '--dev-cert', '--port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  const printed = await printedUntil(server, 'curl ');
  const url = /listening on (\S+)/.exec(printed)?.[1] ?? '';
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const folder = /development is in ([^;]+);/.exec(printed)?.[1] ?? '';
  const client = new TlsClient(url, readFileSync(join(folder, 'cert.pem'), 'utf8'));
  const review: unknown = JSON.parse(
    readFileSync(resolve(import.meta.dirname, '../reviews/pod-create-validate.json'), 'utf8'),
  );
  const answer = await client.post('/validate', review);
  expect(answer).toMatchObject({ status: 200, body: { response: { allowed: false } } });
  client.close();
  server.kill('SIGTERM');
  expect(await new Promise((done) => server.once('exit', done))).toBe(0);
});

test('serve says why it cannot start', async () => {
  const folder = folderWith({ 'tls.crt': 'no certificate', 'tls.key': 'no key' });
  const args = ['serve', '-p', 'restricted', '--tls-cert', 'tls.crt', '--tls-key', 'tls.key'];
  expect(await exitCode(folder, await program('sandgate'), ...args)).toBe(2);
});

async function printedUntil(server: ChildProcess, word: string): Promise<string> {
  let printed = '';
  for await (const chunk of server.stderr ?? []) {
    printed += String(chunk);
    if (printed.includes(word) && printed.endsWith('\n')) return printed;
  }
  throw new Error(`the server stopped: ${printed}`);
}
