// `npm run bench [-- --seconds N --rounds N]`: the webhook over TLS against a server of the same framework that parses
// the same body and answers a constant. Ratios within one run are what counts: times on a busy machine drift together.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { isJsonObject, ownField } from '../../src/model/json.ts';
import { applyReply } from '../support/api-server.ts';
import { recordedReview, withRequest } from '../support/reviews.ts';
import { TlsClient } from '../support/tls-client.ts';
import type { FromServer, Listening, Usage } from './protocol.ts';

const CONNECTIONS = 10;
const HEADERS = { 'content-type': 'application/json' };

interface Target {
  readonly name: string;
  readonly server: Server;
  readonly path: string;
  readonly body: string;
  readonly rounds: Round[];
}

interface Round {
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly p50: number;
  readonly p99: number;
}

/** A server process, on a core of its own where there are two. */
class Server {
  readonly #child: ChildProcess;

  constructor(kind: 'sandgate' | 'constant') {
    const command = [process.execPath, join(import.meta.dirname, 'server.ts'), kind];
    const pin = availableParallelism() > 1 && existsSync('/usr/bin/taskset') ? ['/usr/bin/taskset', '-c', '0'] : [];
    const [file = '', ...args] = [...pin, ...command];
    this.#child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }

  listening(): Promise<Listening> {
    return this.#next('listening');
  }

  usage(): Promise<Usage> {
    const answer = this.#next<Usage>('usage');
    this.#child.send('usage');
    return answer;
  }

  stop(): void {
    this.#child.disconnect();
  }

  #next<T extends FromServer>(type: T['type']): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const exited = (code: number | null): void => reject(new Error(`a server exited with ${code}`));
    this.#child.once('exit', exited);
    this.#child.once('message', (message) => {
      this.#child.off('exit', exited);
      if (isMessage<T>(message, type)) resolve(message);
      else reject(new Error(`expected ${type}`));
    });
    return promise;
  }
}

function isMessage<T extends FromServer>(message: unknown, type: T['type']): message is T {
  return ownField(message, 'type') === type;
}

async function fire(target: Target, seconds: number): Promise<Round> {
  const { url, ca } = (await addresses.get(target.server)) ?? fail('the server is not listening');
  const before = await target.server.usage();
  const result = await autocannon({
    url: `${url}${target.path}`,
    connections: CONNECTIONS,
    duration: seconds,
    method: 'POST',
    headers: HEADERS,
    body: target.body,
    tlsOptions: { ca },
  });
  const after = await target.server.usage();
  const failed = result.errors + result.timeouts + result.non2xx;
  if (failed > 0) fail(`${target.name}: ${failed} requests failed`);
  return {
    perSecond: result.requests.total / result.duration,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / result.requests.total,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}

function fail(message: string): never {
  throw new Error(message);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '4' }, rounds: { type: 'string', default: '3' } },
});
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);
if (!(seconds > 0) || !(rounds > 0)) fail('--seconds and --rounds must be positive numbers');

const sandgate = new Server('sandgate');
const constant = new Server('constant');
const addresses = new Map<Server, Promise<Listening>>([
  [sandgate, sandgate.listening()],
  [constant, constant.listening()],
]);

// The reference review; and as the validating webhook sees it, filled in.
const bare = recordedReview('pod-create-mutate');
const { url, ca } = (await addresses.get(sandgate)) ?? fail('the server is not listening');
const client = new TlsClient(url, ca);
const { object } = applyReply({ name: 'm', type: 'mutate' }, bare, (await client.post('/mutate', bare)).body);
const filled = withRequest(bare, { object });
const verdict = ownField((await client.post('/validate', filled)).body, 'response');
if (!isJsonObject(verdict) || verdict.allowed !== true)
  fail(`the filled-in pod is refused: ${JSON.stringify(verdict)}`);
client.close();

const targets: readonly Target[] = [
  { name: 'constant', server: constant, path: '/', body: JSON.stringify(bare), rounds: [] },
  { name: 'mutate', server: sandgate, path: '/mutate', body: JSON.stringify(bare), rounds: [] },
  { name: 'constant, filled in', server: constant, path: '/', body: JSON.stringify(filled), rounds: [] },
  { name: 'validate', server: sandgate, path: '/validate', body: JSON.stringify(filled), rounds: [] },
];
for (const target of targets) await fire(target, Math.min(seconds, 2));
for (let round = 0; round < rounds; round++) {
  for (const target of targets) target.rounds.push(await fire(target, seconds));
}

console.log(
  `node ${process.version}, ${CONNECTIONS} connections over TLS, median of ${rounds} x ${seconds} s, ${targets[0]?.body.length} bytes`,
);
console.log(`${'server'.padEnd(22)}requests/s   ratio   CPU us/request   ratio   p50 ms   p99 ms`);
for (const [index, target] of targets.entries()) {
  // Each is compared with the constant server before it, which was sent the same body.
  const base = targets[index - (index % 2)] ?? target;
  const of = (pick: (round: Round) => number, from = target): number => median(from.rounds.map(pick));
  const perSecond = of((round) => round.perSecond);
  const cpu = of((round) => round.cpuMicros);
  const cells = [
    target.name.padEnd(22),
    perSecond.toFixed(0).padStart(10),
    (perSecond / of((round) => round.perSecond, base)).toFixed(2).padStart(8),
    cpu.toFixed(1).padStart(17),
    (cpu / of((round) => round.cpuMicros, base)).toFixed(2).padStart(8),
    of((round) => round.p50)
      .toFixed(0)
      .padStart(9),
    of((round) => round.p99)
      .toFixed(0)
      .padStart(9),
  ];
  console.log(cells.join(''));
}
const { rss } = await sandgate.usage();
console.log(`resident memory of sandgate: ${(rss / 1024 / 1024).toFixed(0)} MB`);
sandgate.stop();
constant.stop();
