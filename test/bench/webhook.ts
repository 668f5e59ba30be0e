// `npm run bench [-- --seconds N --rounds N --connections 1,10,50,100 --cases reference,recorded]`: the webhook over TLS
// against servers that parse the same body and answer a constant, in turns within one run. Ratios are what counts: times on
// a busy machine drift together. Hence many short rounds, and the median of the ratios of each.
import { parseArgs } from 'node:util';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import { applyReply } from '../support/api-server.ts';
import { recordedReview, withRequest } from '../support/reviews.ts';
import { TlsClient } from '../support/tls-client.ts';
import { type ClosedLoop, type LoadResult, openLoop, percentile } from './closed-loop.ts';
import { hugeReview, referenceReview, tenFindings } from './reviews.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { bodiesOf } from './varied.ts';

interface Case {
  readonly name: string;
  readonly path: '/mutate' | '/validate';
  readonly review: JsonObject;
}

interface Round extends LoadResult {
  readonly cpuMicros: number;
}

/** For each of two cases, and of two numbers of connections. */
const WARM_UP_SECONDS = 4;

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '0.5' },
    rounds: { type: 'string', default: '15' },
    connections: { type: 'string', default: '1,10,50,100' },
    cases: { type: 'string', default: '' },
  },
});
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);
const connectionCounts = options.connections.split(',').map(Number);
if (!(seconds > 0 && rounds > 0 && connectionCounts.every((count) => count > 0))) {
  throw new Error('--seconds, --rounds and --connections must be positive numbers');
}

const sandgate = await startServerProcess('sandgate');
const servers = [sandgate, await startServerProcess('fastify'), await startServerProcess('node')];
const wanted = options.cases.split(',').filter((name) => name !== '');
const cases = (await allCases()).filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
);

console.log(
  `node ${process.version}, over TLS, medians of ${rounds} rounds of ${seconds} s; ratios to fastify (with quartiles) and node:https`,
);
console.log(
  `${'case'.padEnd(22)}conns  requests/s  :fastify           :node  CPU us  :fastify  p50 us  p99 us  :fastify  p99.9 us`,
);
await warmUp();
for (const target of cases) {
  for (const connections of connectionCounts) await compare(target, connections);
}
await memory();
for (const server of servers) server.stop();

async function allCases(): Promise<Case[]> {
  const reference = referenceReview();
  const recorded = recordedReview('pod-create-mutate');
  const filledReference = await filledIn(reference);
  const filledRecorded = await filledIn(recorded);
  return [
    { name: 'reference, mutate', path: '/mutate', review: reference },
    { name: 'reference, validate', path: '/validate', review: filledReference },
    { name: 'recorded, mutate', path: '/mutate', review: recorded },
    { name: 'recorded, validate', path: '/validate', review: filledRecorded },
    { name: 'ten findings, validate', path: '/validate', review: tenFindings() },
    { name: '1.7 MB, mutate', path: '/mutate', review: hugeReview() },
  ];
}

/** The review as the validating webhook sees it. Throws where it would be refused: that would measure another path. */
async function filledIn(review: JsonObject): Promise<JsonObject> {
  const client = new TlsClient(sandgate.url, sandgate.ca);
  const { object } = applyReply({ name: 'm', type: 'mutate' }, review, (await client.post('/mutate', review)).body);
  const filled = withRequest(review, { object });
  const verdict = ownField((await client.post('/validate', filled)).body, 'response');
  client.close();
  if (isJsonObject(verdict) && verdict.allowed === true) return filled;
  throw new Error(`the filled-in pod is refused: ${JSON.stringify(verdict)}`);
}

/**
 * Until the code is compiled as it will stay, which the first row would measure else. What a server that has just started
 * does is for `npm run bench:start` to say.
 */
async function warmUp(): Promise<void> {
  for (const target of cases.slice(0, 2)) {
    for (const server of servers) {
      for (const connections of [10, 1]) {
        const loop = await openLoop(at(server, target, connections));
        await loop.run(WARM_UP_SECONDS);
        loop.close();
      }
    }
  }
}

function at(server: ServerProcess, target: Case, connections: number) {
  const path = server === sandgate ? target.path : '/';
  return { url: server.url, ca: server.ca, path, bodies: bodiesOf(target.review), connections };
}

async function fire(server: ServerProcess, loop: ClosedLoop, name: string): Promise<Round> {
  const before = await server.usage();
  const result = await loop.run(seconds);
  const after = await server.usage();
  if (result.failed > 0) throw new Error(`${name}: ${result.failed} requests to ${server.kind} failed`);
  return { ...result, cpuMicros: (after.cpuMicros - before.cpuMicros) / result.requests };
}

function rate(round: Round): number {
  return round.perSecond;
}

function cpu(round: Round): number {
  return round.cpuMicros;
}

function p99(round: Round): number {
  return percentile(round, 0.99);
}

async function compare(target: Case, connections: number): Promise<void> {
  const loops = await Promise.all(servers.map((server) => openLoop(at(server, target, connections))));
  const measured = servers.map((): Round[] => []);
  // One round more than counts: in the first, caches fill.
  for (let round = 0; round <= rounds; round++) {
    for (const [index, server] of servers.entries()) {
      const loop = loops[index];
      const result = loop && (await fire(server, loop, target.name));
      if (result && round > 0) measured[index]?.push(result);
    }
  }
  for (const loop of loops) loop.close();
  const [ours = [], fastify = [], node = []] = measured;

  function value(pick: (round: Round) => number): string {
    return quantile(ours.map(pick), 0.5).toFixed(0);
  }
  /** Of each round to the one beside it, so that what slows the machine down for a while slows both. */
  function ratio(pick: (round: Round) => number, others = fastify, share = 0.5): string {
    const ratios = ours.map((round, index) => {
      const other = others[index];
      return other ? pick(round) / pick(other) : Number.NaN;
    });
    return quantile(ratios, share).toFixed(2);
  }

  const cells = [
    target.name.padEnd(22),
    String(connections).padStart(5),
    value(rate).padStart(12),
    `${ratio(rate)} (${ratio(rate, fastify, 0.25)}-${ratio(rate, fastify, 0.75)})`.padStart(18),
    ratio(rate, node).padStart(8),
    value(cpu).padStart(8),
    ratio(cpu).padStart(10),
    value((round) => percentile(round, 0.5)).padStart(8),
    value(p99).padStart(8),
    ratio(p99).padStart(10),
    value((round) => percentile(round, 0.999)).padStart(10),
  ];
  console.log(cells.join(''));
}

/** What a process holds once it has answered a hundred thousand reviews: one of its own, that has had none of a megabyte. */
async function memory(): Promise<void> {
  const target = { name: 'reference', path: '/mutate', review: referenceReview() } as const;
  const server = await startServerProcess('sandgate');
  const loop = await openLoop({ ...at(sandgate, target, 10), url: server.url, ca: server.ca });
  let answered = 0;
  while (answered < 100_000) answered += (await loop.run(2)).requests;
  loop.close();
  const { rss } = await server.usage();
  server.stop();
  console.log(`resident memory, from sources, after ${answered} reviews: ${(rss / 2 ** 20).toFixed(0)} MB`);
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}
