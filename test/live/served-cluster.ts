// `sandgate serve` as a process that follows a cluster, and what it tells.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ownField } from '../../src/model/json.ts';
import { makeDevelopment } from '../../src/server/development/development.ts';
import type { Certificate } from '../../src/server/tls/certificate.ts';
import { program } from '../support/programs.ts';
import { TlsClient } from '../support/tls-client.ts';

export interface ServedCluster {
  readonly url: string;
  readonly certificate: Certificate;
  readonly client: TlsClient;
  readonly child: ChildProcess;
  /** The exit code; null where a signal ended it. */
  readonly exit: Promise<number | null>;
  /** What it printed on stderr so far. */
  readonly printed: () => string;
  /** The lines of the log so far, with this message or all of them. They come in batches. */
  readonly lines: (msg?: string) => readonly unknown[];
  /** The samples of /metrics, by name and labels. */
  readonly metrics: () => Promise<ReadonlyMap<string, number>>;
  /** The status of /readyz. */
  readonly readyz: () => Promise<number>;
}

/** Starts it with a kubeconfig and further arguments; resolves once it listens, which is not once it is ready. */
export async function serveCluster(kubeconfig: string, ...args: readonly string[]): Promise<ServedCluster> {
  return serveProgram(await program('sandgate'), kubeconfig, ...args);
}

/** The same with the program of another tree. */
export async function serveProgram(
  main: string,
  kubeconfig: string,
  ...args: readonly string[]
): Promise<ServedCluster> {
  const development = await makeDevelopment('127.0.0.1');
  development.remove();
  const { certificate } = development;
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-served-'));
  writeFileSync(join(folder, 'tls.crt'), certificate.cert);
  writeFileSync(join(folder, 'tls.key'), certificate.key, { mode: 0o600 });
  const tls = ['--tls-cert', join(folder, 'tls.crt'), '--tls-key', join(folder, 'tls.key')];
  const ports = ['--host', '127.0.0.1', '--port', '0', '--metrics-port', '0', '--drain', '0'];
  const all = [main, 'serve', '--kubeconfig', kubeconfig, ...tls, ...ports, ...args];
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  let logged = '';
  let printed = '';
  const { promise: exit, resolve: hasExited } = Promise.withResolvers<number | null>();
  const { promise: listening, resolve: listens, reject } = Promise.withResolvers<void>();
  child.on('close', (code) => {
    reject(new Error(`exited with ${code}: ${printed}`));
    hasExited(code);
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    logged += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (/^sandgate: metrics on .*\n/m.test(printed)) listens();
  });
  await listening;
  const url = /listening on (\S+) with/.exec(printed)?.[1] ?? '';
  const metricsUrl = /metrics on (\S+)/.exec(printed)?.[1] ?? '';
  const client = new TlsClient(url, certificate.cert);
  onTestFinished(() => client.close());
  return {
    url,
    certificate,
    client,
    child,
    exit,
    printed: () => printed,
    lines: (msg) =>
      logged
        .split('\n')
        .slice(0, -1)
        .map((line): unknown => JSON.parse(line))
        .filter((line) => msg === undefined || ownField(line, 'msg') === msg),
    metrics: async () => samplesOf(await (await fetch(metricsUrl)).text()),
    readyz: async () => (await client.send('/readyz')).status,
  };
}

function samplesOf(text: string): ReadonlyMap<string, number> {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}
