// etcd, without what makes it durable: nothing here has to survive a power cut.
import { get } from 'node:http';
import { join } from 'node:path';
import type { Guard } from './guard.ts';
import { type Part, startPart, untilReady } from './part.ts';

const READY_WITHIN_MS = 30_000;

export interface EtcdOptions {
  readonly binary: string;
  readonly folder: string;
  readonly guard: Guard;
  readonly clientPort: number;
  readonly peerPort: number;
}

/** Starts etcd and resolves when it answers. */
export async function startEtcd({ binary, folder, guard, clientPort, peerPort }: EtcdOptions): Promise<Part> {
  const client = `http://127.0.0.1:${clientPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const args = [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=error',
  ];
  const part = await startPart({ name: 'etcd', file: binary, args, folder, guard });
  await untilReady(part, () => answersOk(`${client}/readyz`), READY_WITHIN_MS);
  return part;
}

function answersOk(url: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  get(url, { timeout: 1000 }, (response) => resolve(response.resume().statusCode === 200)).on('error', reject);
  return promise;
}
