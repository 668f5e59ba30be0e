// `node test/bench/load.ts [--rate N] [--seconds N] [--burst N] [--program FILE]`: the webhook as it is served, on a core of its own, under
// the load of the fastest agent-sandbox controller: 300 sandboxes a second, each with two reviews of itself and two of its
// pod. Then a burst. Latencies count from when a review was due, so that a stall is not hidden by the waiting it causes.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { RawConnection } from '../support/raw-connection.ts';
import { recordedReview } from '../support/reviews.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What one API server sends at a time at most: --max-requests-inflight and --max-mutating-requests-inflight. */
const MOST_CONNECTIONS = 600;
/** Far more than are in use at a time at that rate: were each late review to open one more, we would measure handshakes. */
const STEADY_CONNECTIONS = 50;

/** Reviews in the order they come, sent over as many connections as are needed, up to a limit. */
class Pool {
  readonly #url: string;
  readonly #most: number;
  readonly #idle: RawConnection[] = [];
  readonly #waiting: ((connection: RawConnection) => void)[] = [];
  #open = 0;

  constructor(url: string, most: number) {
    this.#url = url;
    this.#most = most;
  }

  get open(): number {
    return this.#open;
  }

  /** The status of the answer; 0 where there is none. */
  async post(path: string, body: Buffer): Promise<number> {
    const connection = await this.#take();
    try {
      const { status } = await connection.post(path, body);
      const next = this.#waiting.shift();
      if (next) next(connection);
      else this.#idle.push(connection);
      return status;
    } catch {
      this.#open--;
      return 0;
    }
  }

  close(): void {
    for (const connection of this.#idle) void connection.close();
  }

  async #take(): Promise<RawConnection> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#open >= this.#most) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#open++;
    return RawConnection.tls(this.#url);
  }
}

interface Review {
  readonly path: string;
  readonly body: Buffer;
}

const REVIEWS: readonly Review[] = [
  ['/mutate', 'sandbox-v1beta1-create-mutate'],
  ['/validate', 'sandbox-v1beta1-create-validate'],
  ['/mutate', 'pod-create-mutate'],
  ['/validate', 'pod-create-validate'],
].map(([path = '', name = '']) => ({
  path: `${path}?timeout=5s`,
  body: Buffer.from(JSON.stringify(recordedReview(name))),
}));

class Tally {
  readonly #latencies: number[] = [];
  readonly #failed = new Map<number, number>();

  add(status: number, ms: number): void {
    if (status === 200) this.#latencies.push(ms);
    else this.#failed.set(status, (this.#failed.get(status) ?? 0) + 1);
  }

  toString(): string {
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const at = (share: number): string => (sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN).toFixed(1);
    const failed = [...this.#failed].map(([status, count]) => `${count}x ${status === 0 ? 'no answer' : status}`);
    return `${sorted.length} answered, errors: ${failed.join(', ') || 0}; ms p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}`;
  }
}

async function send(pool: Pool, index: number, due: number, tally: Tally): Promise<void> {
  const { path, body } = REVIEWS[index % REVIEWS.length] ?? fail('no reviews');
  const status = await pool.post(path, body);
  tally.add(status, performance.now() - due);
}

async function sustained(pool: Pool, rate: number, seconds: number): Promise<Tally> {
  const tally = new Tally();
  const sent: Promise<void>[] = [];
  const start = performance.now();
  while (sent.length < rate * seconds) {
    const due = Math.min(rate * seconds, ((performance.now() - start) / 1000) * rate);
    while (sent.length < due) sent.push(send(pool, sent.length, start + (sent.length / rate) * 1000, tally));
    await sleep(1);
  }
  await Promise.all(sent);
  return tally;
}

async function burst(pool: Pool, count: number): Promise<Tally> {
  const tally = new Tally();
  const due = performance.now();
  await Promise.all(Array.from({ length: count }, (_, index) => send(pool, index, due, tally)));
  return tally;
}

function fail(message: string): never {
  throw new Error(message);
}

function startServer(program: string): ChildProcess {
  const serve = [process.execPath, program, 'serve', '-p', 'agents', '--dev-cert', '--port', '0'];
  const pin = availableParallelism() > 1 && existsSync('/usr/bin/taskset');
  const [file = '', ...args] = pin ? ['/usr/bin/taskset', '-c', '0', ...serve] : serve;
  return spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

async function urlOf(server: ChildProcess): Promise<string> {
  let printed = '';
  for await (const chunk of server.stderr ?? []) {
    printed += String(chunk);
    const url = /listening on (\S+) with/.exec(printed)?.[1];
    if (url !== undefined) return url;
  }
  return fail(`the server did not start: ${printed}`);
}

/** Resident now, and at most so far, where the system tells. */
function memory(server: ChildProcess): string {
  const file = `/proc/${server.pid}/status`;
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const mib = (name: string): string => (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1]) / 1024).toFixed(0);
  return `RSS ${mib('VmRSS')} MiB, peak ${mib('VmHWM')} MiB`;
}

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '1200' },
    seconds: { type: 'string', default: '10' },
    program: { type: 'string', default: join(ROOT, 'src/main.ts') },
    burst: { type: 'string', default: '4000' },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const server = startServer(values.program);
try {
  const url = await urlOf(server);
  console.log(
    `node ${process.version}, TLS, reviews of ${REVIEWS.map((review) => review.body.length).join(', ')} bytes`,
  );
  const steady = new Pool(url, STEADY_CONNECTIONS);
  // A tenth of the load, so that the opening of connections is not measured here: it is in the last burst.
  await sustained(steady, rate / 10, 1);
  const first = await sustained(steady, rate, seconds);
  console.log(`${rate}/s for ${seconds} s over ${steady.open} connections: ${first.toString()}; ${memory(server)}`);
  const warm = await burst(steady, Number(values.burst));
  console.log(`burst of ${values.burst} over ${steady.open} connections: ${warm.toString()}; ${memory(server)}`);
  steady.close();
  const cold = new Pool(url, MOST_CONNECTIONS);
  const second = await burst(cold, Number(values.burst));
  console.log(`burst of ${values.burst} over ${cold.open} new ones: ${second.toString()}; ${memory(server)}`);
  cold.close();
} finally {
  server.kill('SIGTERM');
}
