// Starts a server process, and tells what becomes of it.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { program } from './programs.ts';
import type { ServedOptions } from './serve-with.ts';
import { TlsClient } from './tls-client.ts';

export interface Served {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ca: string;
  readonly client: TlsClient;
  /** The exit code; null where a signal ended it. */
  readonly exit: Promise<number | null>;
  /** The lines logged so far: they come in batches. */
  readonly lines: () => readonly unknown[];
}

/** Resolves once the server listens. It does not outlive the test. */
export async function serveProcess(options: ServedOptions = {}): Promise<Served> {
  const args = [await program('serve-with'), JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
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
    if (/^curl .*\n/m.test(printed)) listens();
  });
  await listening;
  const url = /listening on (\S+) with/.exec(printed)?.[1] ?? '';
  const folder = /is in (\S+); try it:$/m.exec(printed)?.[1] ?? '';
  // One that ends early may have removed its folder by now; nobody connects to it.
  const ca = options.endsEarly ? '' : readFileSync(join(folder, 'cert.pem'), 'utf8');
  const client = new TlsClient(url, ca);
  onTestFinished(() => client.close());
  return {
    child,
    url,
    ca,
    client,
    exit,
    lines: () =>
      logged
        .split('\n')
        .filter((line) => line !== '')
        .map((line): unknown => JSON.parse(line)),
  };
}
