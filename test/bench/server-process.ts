// A server of the bench as a child process, on a core of its own where there are two.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ownField } from '../../src/model/json.ts';
import type { FromServer, Listening, Usage } from './protocol.ts';

const TASKSET = '/usr/bin/taskset';

export type ServerKind = 'sandgate' | 'fastify' | 'node';

/**
 * Starts a server of the bench and resolves once it listens.
 * @param root of the checkout whose code it runs: by default this one
 */
export async function startServerProcess(
  kind: ServerKind,
  root = join(import.meta.dirname, '../..'),
): Promise<ServerProcess> {
  const command = [process.execPath, join(root, 'test/bench/server.ts'), kind];
  const pin = availableParallelism() > 1 && existsSync(TASKSET) ? [TASKSET, '-c', '0'] : [];
  const [file = '', ...args] = [...pin, ...command];
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const { url, ca } = await nextMessage<Listening>(child, 'listening');
  return new ServerProcess(kind, child, url, ca);
}

export class ServerProcess {
  readonly kind: ServerKind;
  readonly url: string;
  readonly ca: string;
  readonly #child: ChildProcess;

  constructor(kind: ServerKind, child: ChildProcess, url: string, ca: string) {
    this.kind = kind;
    this.#child = child;
    this.url = url;
    this.ca = ca;
  }

  /** CPU time and memory so far. */
  usage(): Promise<Usage> {
    const answer = nextMessage<Usage>(this.#child, 'usage');
    this.#child.send('usage');
    return answer;
  }

  stop(): void {
    this.#child.disconnect();
  }
}

function nextMessage<T extends FromServer>(child: ChildProcess, type: T['type']): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const exited = (code: number | null): void => reject(new Error(`a server exited with ${code}`));
  child.once('exit', exited);
  child.once('message', (message) => {
    child.off('exit', exited);
    if (isMessage<T>(message, type)) resolve(message);
    else reject(new Error(`expected ${type}`));
  });
  return promise;
}

function isMessage<T extends FromServer>(message: unknown, type: T['type']): message is T {
  return ownField(message, 'type') === type;
}
