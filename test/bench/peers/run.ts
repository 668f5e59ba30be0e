// `npm run bench:peers [-- --only Sandgate,Kyverno --seconds N --rounds N --connections 1,10,50 --idle N --messages --page FILE]`:
// Sandgate beside other admission controllers that check the Restricted level, each as a process with an API server of its own.
// Prints tables in Markdown, and puts them into the page. docs/side-by-side.md says how to read them.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Candidate, startCandidate } from './candidate.ts';
import { gatekeeper } from './controllers/gatekeeper.ts';
import { kyverno } from './controllers/kyverno.ts';
import { pepr } from './controllers/pepr.ts';
import { sandgate } from './controllers/sandgate.ts';
import { upstream } from './controllers/upstream.ts';
import { leaveFirstCore } from './cores.ts';
import { type Case, compareLoad, median } from './load.ts';
import { measuredOn, writeFigures } from './page.ts';
import type { Peer } from './peer.ts';
import { allowedReview, refusedReview, violations } from './pods.ts';
import { digits, markdownTable } from './table.ts';

const PEERS: readonly Peer[] = [sandgate, upstream, gatekeeper, kyverno, pepr];
const CASES: readonly Case[] = [
  { name: 'allowed', review: allowedReview(), varied: false },
  { name: 'refused', review: refusedReview(), varied: false },
  { name: 'allowed, 500 that differ', review: allowedReview(), varied: true },
];
const SETTLE_SECONDS = 10;
const WARM_UP = { seconds: 4, rounds: 0 };

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '1.5' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '1,10,50' },
    idle: { type: 'string', default: '60' },
    messages: { type: 'boolean', default: false },
    page: { type: 'string' },
  },
});
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);
const connectionCounts = options.connections.split(',').map(Number);
const wanted = options.only.split(',').filter((name) => name !== '');
if (!(seconds > 0 && rounds > 0 && connectionCounts.every((count) => count > 0))) {
  throw new Error('--seconds, --rounds and --connections must be positive numbers');
}

leaveFirstCore();
const absent: string[] = [];
const figures: string[] = [measuredOn()];
const candidates = await startAll(PEERS.filter(({ name }) => wanted.length === 0 || wanted.includes(name)));
try {
  await compareVerdicts();
  await compareCosts();
  if (absent.length > 0) tell(`Left out:\n\n${absent.join('\n')}`);
  if (options.page !== undefined) writeFigures(options.page, figures);
} finally {
  await Promise.all(candidates.map((candidate) => candidate.stop()));
}

/** One after another: a start is measured, and the others are idle meanwhile. */
async function startAll(peers: readonly Peer[]): Promise<readonly Candidate[]> {
  const started: Candidate[] = [];
  for (const peer of peers) {
    console.error(`${peer.name} ${peer.version}`);
    try {
      started.push(await startCandidate(peer));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      console.error(`${peer.name} is left out: ${reason}`);
      absent.push(`- ${peer.name} ${peer.version}: ${reason.split('\n', 1)[0]}`);
    }
  }
  return started;
}

function head(...first: readonly string[]): readonly string[] {
  return [...first, ...candidates.map(({ peer }) => peer.name)];
}

async function compareVerdicts(): Promise<void> {
  const rows: (readonly string[])[] = [head('the pod violates')];
  const asked = [{ control: 'nothing', review: allowedReview() }, ...violations()];
  for (const { control, review } of asked) {
    const verdicts = await Promise.all(candidates.map((candidate) => candidate.ask(review)));
    if (options.messages) {
      for (const [index, { message }] of verdicts.entries()) {
        console.error(`${control}: ${candidates[index]?.peer.name}: ${message}`);
      }
    }
    rows.push([control, ...verdicts.map(({ allowed }) => (allowed ? 'allowed' : 'refused'))]);
  }
  print('What is refused', rows);
}

async function compareCosts(): Promise<void> {
  const idle = await measureIdle();
  const resident = candidates.map((candidate) => candidate.usage().resident);
  for (const one of CASES) await compareLoad(candidates, one, 10, WARM_UP);
  const rows: (readonly string[])[] = [
    ['pods', 'connections', 'controller', 'CPU µs per review', 'reviews/s', 'p50 ms', 'p99 ms', 'failed'],
  ];
  for (const one of CASES) {
    for (const connections of connectionCounts) {
      console.error(`${one.name}, ${connections} connections`);
      const measured = await compareLoad(candidates, one, connections, { seconds, rounds });
      for (const [index, { cpuMicros, perSecond, p50, p99, failed }] of measured.entries()) {
        const name = candidates[index]?.peer.name ?? '';
        rows.push([one.name, String(connections), name, ...[cpuMicros, perSecond, p50, p99, failed].map(digits)]);
      }
    }
  }
  print('Process', [
    ['controller', 'start ms', 'idle, CPU ms per minute', 'MiB after start', 'MiB at most'],
    ...candidates.map((candidate, index) => [
      `${candidate.peer.name} ${candidate.peer.version}`,
      ...[median(candidate.starts), idle[index] ?? Number.NaN, resident[index] ?? Number.NaN].map(digits),
      digits(candidate.usage().peak),
    ]),
  ]);
  print('Reviews', rows);
}

/** CPU in milliseconds per minute, of all at once: nobody asks them anything. */
async function measureIdle(): Promise<readonly number[]> {
  await sleep(SETTLE_SECONDS * 1000);
  const before = candidates.map((candidate) => candidate.usage().cpuMicros);
  const idleSeconds = Number(options.idle);
  await sleep(idleSeconds * 1000);
  return candidates.map(
    (candidate, index) => ((candidate.usage().cpuMicros - (before[index] ?? 0)) / 1000) * (60 / idleSeconds),
  );
}

function print(title: string, rows: readonly (readonly string[])[]): void {
  tell(`### ${title}\n\n${markdownTable(rows)}`);
}

function tell(paragraphs: string): void {
  console.log(`\n${paragraphs}`);
  figures.push(paragraphs);
}
