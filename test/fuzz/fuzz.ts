// Sends edited reviews to a webhook over TLS, many at a time, and stops at the first answer that is wrong.

import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { Gate } from '../../src/engine/gate.ts';
import { createLog } from '../../src/observe/log.ts';
import { gateOf } from '../support/gate.ts';
import { RawConnection } from '../support/raw-connection.ts';
import { startTestServer } from '../support/tls-client.ts';
import { type Demand, type FuzzCase, fuzzCase, tryCase } from './case.ts';
import { type Counterexample, NAMESPACE_LABELS, POLICIES, writeCounterexample } from './counterexample.ts';

export interface FuzzOptions {
  readonly cases: number;
  readonly seed: number;
  /** Cases under way at a time, each on a connection of its own. */
  readonly lanes?: number;
  /** Asked of every answer, beside what always is. */
  readonly demand?: Demand;
  /** Told after each tenth of the cases. */
  readonly onProgress?: (done: number, heapBytes: number) => void;
}

export interface FuzzResult {
  readonly cases: number;
  readonly requests: number;
  readonly seconds: number;
  /** What was in use after each tenth, garbage collected. */
  readonly heapBytes: readonly number[];
  /** Thrown past the server while it ran. */
  readonly thrown: readonly unknown[];
  readonly failure?: Failure;
}

/** The smallest case that fails, and what brings it back. */
export interface Failure {
  readonly message: string;
  readonly case: FuzzCase;
  readonly seed: number;
  readonly counterexample: Counterexample;
}

const CHUNKS = 10;
const LANES = 8;

/** The gate that reviews are fuzzed through; `sandgate review` makes the same of what a counterexample's line says. */
export function fuzzGate(): Gate {
  const gate = gateOf(readFileSync(POLICIES, 'utf8'));
  return { ...gate, surroundings: { namespaceLabels: () => NAMESPACE_LABELS } };
}

export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const gate = fuzzGate();
  const thrown: unknown[] = [];
  const notice = (error: unknown): void => void thrown.push(error);
  // As lines are written in earnest, to nowhere.
  const server = await startTestServer(() => gate, { log: createLog('info', { write: () => {} }) });
  const lanes = Array.from({ length: options.lanes ?? LANES }, () => RawConnection.tls(server.url));
  const connections = await Promise.all(lanes);
  process.on('uncaughtException', notice).on('unhandledRejection', notice);
  try {
    return { ...(await runChunks(options, connections)), thrown };
  } finally {
    process.off('uncaughtException', notice).off('unhandledRejection', notice);
    await Promise.all(connections.map((connection) => connection.close()));
    await server.close();
  }
}

async function runChunks(
  options: FuzzOptions,
  connections: readonly RawConnection[],
): Promise<Omit<FuzzResult, 'thrown'>> {
  const { cases, seed, demand = () => {}, onProgress } = options;
  const lanes = connections.length;
  const heapBytes: number[] = [];
  const start = performance.now();
  let done = 0;
  let requests = 0;
  let failure: Failure | undefined;

  const runLane = async (connection: RawConnection, runs: number, laneSeed: number): Promise<void> => {
    const property = fc.asyncProperty(fuzzCase, async (one) => {
      const made = await tryCase(one, connection, demand);
      requests += made;
    });
    const details = await fc.check(property, { numRuns: runs, seed: laneSeed });
    done += details.numRuns;
    const [found] = details.counterexample ?? [];
    if (!details.failed || found === undefined || failure) return;
    const { errorInstance } = details;
    const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
    failure = { message, case: found, seed: laneSeed, counterexample: writeCounterexample(found, laneSeed) };
  };

  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    const runs = Math.ceil((cases - done) / (CHUNKS - chunk) / lanes);
    if (runs <= 0) break;
    await Promise.all(connections.map((connection, lane) => runLane(connection, runs, seed + chunk * lanes + lane)));
    heapBytes.push(heapInUse());
    onProgress?.(done, heapBytes.at(-1) ?? 0);
    if (failure) break;
  }
  const seconds = (performance.now() - start) / 1000;
  return { cases: done, requests, seconds, heapBytes, ...(failure && { failure }) };
}

/** In words, for people: how it went, and how a failure comes back. */
export function describeResult(result: FuzzResult): string {
  const { cases, requests, seconds, heapBytes, failure } = result;
  const heaps = heapBytes.map((bytes) => (bytes / 1e6).toFixed(1)).join(' ');
  const total = `${cases} cases, ${requests} requests in ${seconds.toFixed(1)} s (${Math.round(cases / seconds)} cases/s)`;
  const lines = [`${total}; heap in MB: ${heaps}`];
  if (failure) {
    lines.push(`FAILED: ${failure.message}`, `case: ${JSON.stringify(failure.case)} (seed ${failure.seed})`);
    lines.push(`review: ${failure.counterexample.file}`, `replay: ${failure.counterexample.command}`);
  }
  return lines.join('\n');
}

function heapInUse(): number {
  // What --expose-gc does, without having to be asked for it.
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') Reflect.apply(collect, undefined, []);
  return process.memoryUsage().heapUsed;
}
