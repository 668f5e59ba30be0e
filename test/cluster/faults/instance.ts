// One `sandgate serve` that follows a cluster, as a process of its own: where it listens, what it says of itself, how it ends.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { seriesOf } from '../../support/scrape.ts';
import { TlsClient } from '../../support/tls-client.ts';
import type { Guard } from '../control-plane/guard.ts';
import { startPart, untilReady } from '../control-plane/part.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import type { TlsFolder } from './tls-folder.ts';

const MAIN = resolve(import.meta.dirname, '../../../src/main.ts');
const STARTED_WITHIN_MS = 60_000;

export interface InstanceOptions {
  /** Of the API server, or of what stands in front of it. */
  readonly kubeconfig: string;
  readonly tls: TlsFolder;
  /** PEM of who signed its certificates. */
  readonly ca: string;
  readonly folder: string;
  readonly guard: Guard;
  /** Further flags; the last one of a name counts. */
  readonly args?: readonly string[];
  /** Flags of Node's. */
  readonly nodeArgs?: readonly string[];
  /** What Node runs; the sources by default. */
  readonly program?: string;
}

export interface Instance {
  readonly name: string;
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** Trusts its certificates, and keeps its connections. */
  readonly client: TlsClient;
  /** The samples of /metrics, by name and labels. */
  readonly metrics: () => Promise<ReadonlyMap<string, number>>;
  /** The sum of one metric over all its labels. */
  readonly total: (name: string) => Promise<number>;
  /** The statuses of the probes. */
  readonly readyz: () => Promise<number>;
  readonly livez: () => Promise<number>;
  /** The most memory that was resident so far, in MiB. Linux only. */
  peakMemory(): number;
  signal(signal: NodeJS.Signals): void;
  hasExited(): boolean;
  logTail(): string;
  /** Ends it at once. */
  kill(): Promise<void>;
}

let started = 0;

/** Starts one and resolves when it listens, which is not when it is ready. It does not outlive this process. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const { kubeconfig, tls, ca, folder, guard, args = [], nodeArgs = [], program = MAIN } = options;
  const name = `sandgate-${++started}`;
  const ports = ['--host=127.0.0.1', '--port=0', '--metrics-port=0'];
  const files = [`--kubeconfig=${kubeconfig}`, `--tls-cert=${tls.certFile}`, `--tls-key=${tls.keyFile}`];
  const all = [...nodeArgs, program, 'serve', ...files, ...ports, '--log-level=warn', ...args];
  const part = await startPart({ name, file: process.execPath, args: all, folder, guard });
  await untilReady(part, () => Promise.resolve(/^sandgate: metrics on /m.test(part.logTail())), STARTED_WITHIN_MS);
  const printed = part.logTail();
  const url = /listening on (\S+) with/.exec(printed)?.[1] ?? '';
  const metricsUrl = /metrics on (\S+)/.exec(printed)?.[1] ?? '';
  const client = new TlsClient(url, ca);
  const metrics = async (): Promise<ReadonlyMap<string, number>> => seriesOf(await (await fetch(metricsUrl)).text());
  return {
    name,
    url,
    client,
    metrics,
    async total(metric) {
      const samples = [...(await metrics())].filter(([series]) => series.split('{', 1)[0] === metric);
      return samples.reduce((sum, [, value]) => sum + value, 0);
    },
    readyz: async () => (await client.send('/readyz')).status,
    livez: async () => (await client.send('/livez')).status,
    peakMemory: () => peakOf(part.pid),
    signal: (signal) => part.signal(signal),
    hasExited: () => part.hasExited(),
    logTail: () => part.logTail(),
    async kill() {
      client.close();
      await part.kill();
    },
  };
}

/** Starts one and resolves when it is ready. */
export async function startReadyInstance(options: InstanceOptions): Promise<Instance> {
  const instance = await startInstance(options);
  const isReady = async (): Promise<boolean> => {
    const { status, text } = await instance.client.send('/readyz?verbose');
    if (status === 200) return true;
    throw new Error(text);
  };
  await waitFor(isReady, { within: STARTED_WITHIN_MS, what: `${instance.name} is ready` });
  return instance;
}

function peakOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024);
}
