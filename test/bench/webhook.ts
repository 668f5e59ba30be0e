// `npm run bench [-- --seconds N --rounds N --connections 1,10,50,100 --cases reference,recorded]`: the webhook over TLS
// against servers that parse the same body and answer a constant, in turns within one run. Ratios are what counts:
// times on a busy machine drift together.
import { parseArgs } from 'node:util';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import { applyReply } from '../support/api-server.ts';
import { recordedReview, withRequest } from '../support/reviews.ts';
import { TlsClient } from '../support/tls-client.ts';
import { closedLoop, type LoadResult, percentile } from './closed-loop.ts';
import { hugeReview, referenceReview, tenFindings } from './reviews.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

interface Case {
  readonly name: string;
  readonly path: '/mutate' | '/validate';
  readonly review: JsonObject;
}

interface Round extends LoadResult {
  readonly cpuMicros: number;
}

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
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
  `node ${process.version}, over TLS, median of ${rounds} rounds of ${seconds} s; ratios to fastify and node:https`,
);
console.log(
  `${'case'.padEnd(26)}conns   requests/s  :fastify   :node    CPU us  :fastify  p50 us  p99 us  :fastify  p99.9 us`,
);
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

async function fire(server: ServerProcess, target: Case, body: string, connections: number): Promise<Round> {
  const before = await server.usage();
  const path = server === sandgate ? target.path : '/';
  const result = await closedLoop({ url: server.url, ca: server.ca, path, body, connections, seconds });
  const after = await server.usage();
  if (result.failed > 0) throw new Error(`${target.name}: ${result.failed} requests to ${server.kind} failed`);
  return { ...result, cpuMicros: (after.cpuMicros - before.cpuMicros) / result.requests };
}

function of(results: readonly Round[], pick: (round: Round) => number): number {
  return median(results.map(pick));
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
  const body = JSON.stringify(target.review);
  const measured = new Map(servers.map((server) => [server, [] as Round[]]));
  // One round more than counts: the first warms the code up.
  for (let round = 0; round <= rounds; round++) {
    for (const [server, results] of measured) {
      const result = await fire(server, target, body, connections);
      if (round > 0) results.push(result);
    }
  }
  const [ours = [], fastify = [], node = []] = measured.values();
  const cells = [
    target.name.padEnd(26),
    String(connections).padStart(5),
    of(ours, rate).toFixed(0).padStart(13),
    (of(ours, rate) / of(fastify, rate)).toFixed(2).padStart(10),
    (of(ours, rate) / of(node, rate)).toFixed(2).padStart(8),
    of(ours, cpu).toFixed(1).padStart(10),
    (of(ours, cpu) / of(fastify, cpu)).toFixed(2).padStart(10),
    of(ours, (round) => percentile(round, 0.5))
      .toFixed(0)
      .padStart(8),
    of(ours, p99).toFixed(0).padStart(8),
    (of(ours, p99) / of(fastify, p99)).toFixed(2).padStart(10),
    of(ours, (round) => percentile(round, 0.999))
      .toFixed(0)
      .padStart(10),
  ];
  console.log(cells.join(''));
}

/** What the process holds once it has answered a hundred thousand reviews. */
async function memory(): Promise<void> {
  const body = JSON.stringify(referenceReview());
  let answered = 0;
  while (answered < 100_000) {
    const { requests } = await closedLoop({
      url: sandgate.url,
      ca: sandgate.ca,
      path: '/mutate',
      body,
      connections: 10,
      seconds: 2,
    });
    answered += requests;
  }
  const { rss } = await sandgate.usage();
  console.log(
    `resident memory of sandgate, from its sources, after these and ${answered} more: ${(rss / 2 ** 20).toFixed(0)} MB`,
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
