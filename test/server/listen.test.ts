// The server as a process: what it prints, the command it offers, and how it ends.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { BARE_POD } from '../../src/server/development/examples.ts';
import { startServer } from '../../src/server/listen.ts';
import { applyReply } from '../support/api-server.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { program } from '../support/programs.ts';
import { TlsClient } from '../support/tls-client.ts';

const run = promisify(execFile);

interface Served {
  readonly child: ChildProcess;
  readonly url: string;
  readonly folder: string;
  readonly command: string;
  readonly exit: Promise<number | null>;
  readonly output: () => string;
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function serve(...args: string[]): Promise<Served> {
  const child = spawn(process.execPath, [await program('serve'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  const { promise: exit, resolve } = Promise.withResolvers<number | null>();
  child.on('exit', resolve);
  const { promise: printed, resolve: hasPrinted, reject } = Promise.withResolvers<void>();
  void exit.then((code) => reject(new Error(`exited with ${code}: ${output}`)));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (/^curl .*\n/m.test(output)) hasPrinted();
    });
  }
  await printed;
  return {
    child,
    url: /listening on (\S+) with 1 policy$/m.exec(output)?.[1] ?? '',
    folder: /is in (\S+); try it:$/m.exec(output)?.[1] ?? '',
    command: /^curl .*$/m.exec(output)?.[0] ?? '',
    exit,
    output: () => output,
  };
}

test('the line it prints works as it is pasted', async () => {
  const { command, child, exit } = await serve();
  const printed = await run('sh', ['-c', command]);
  expect(printed.stdout).toMatch(/^allowed\n {2}add \/spec\/\S+ .*\n/);
  expect(printed.stdout).toMatch(/^denied: .*host namespaces \(hostNetwork=true\)/m);
  const { stdout } = await run('sh', ['-c', command.replace(/ \| node \S+$/, '')]);
  const replies = stdout.split('\n');
  expect(replies).toHaveLength(3);
  expect(replies[2]).toBe('');
  const filled = applyReply({ name: 'm', type: 'mutate' }, BARE_POD, JSON.parse(replies[0] ?? ''));
  expect(filled).toMatchObject({ result: 'allowed', object: { spec: { securityContext: { runAsNonRoot: true } } } });
  expect(replies[1]).toMatch(/host namespaces \(hostNetwork=true\).*"uid"|"uid".*host namespaces \(hostNetwork=true\)/);
  expect(replies[1]).toContain('"allowed":false');
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
});

test('the files it makes are private, without the key, and gone in the end', async () => {
  const { folder, child, exit } = await serve();
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readFileSync(join(folder, 'cert.pem'), 'utf8')).not.toContain('PRIVATE');
  child.kill('SIGINT');
  expect(await exit).toBe(0);
  expect(existsSync(folder)).toBe(false);
});

test('after SIGTERM it is not ready, answers what still comes, and ends by itself', async () => {
  const { url, folder, child, exit, output } = await serve('700');
  const client = new TlsClient(url, readFileSync(join(folder, 'cert.pem'), 'utf8'));
  expect((await client.send('/readyz')).status).toBe(200);
  child.kill('SIGTERM');
  await expect.poll(async () => (await client.send('/readyz')).status).toBe(503);
  const reviewed = await client.post('/mutate', BARE_POD);
  expect(reviewed).toMatchObject({ status: 200, headers: { connection: 'close' } });
  expect(await exit).toBe(0);
  expect(output()).toContain('stopped');
  client.close();
});

test('what keeps it from starting is said in words', async () => {
  const gate = gateOf(policyYaml('p', 'podSecurity: { level: restricted }'));
  const options = { gate: () => gate, host: '127.0.0.1', logLevel: 'silent', drainMs: 0, print: () => {} } as const;
  const first = await startServer({ ...options, port: 0, tls: 'development' });
  await expect(startServer({ ...options, port: first.port, tls: 'development' })).rejects.toThrow(
    `cannot listen on 127.0.0.1:${first.port}: the port is in use`,
  );
  const tls = { certFile: '/nowhere/tls.crt', keyFile: '/nowhere/tls.key' };
  await expect(startServer({ ...options, port: 0, tls })).rejects.toThrow('/nowhere/tls.crt: cannot be read');
  await first.close();
  expect(process.listenerCount('SIGTERM')).toBe(0);
});
