// `npm run build && npm run bench:shipped [-- --memory 256 --semi-space 8,1,16 --policies agents --connections 10,50]`: what a
// review costs in the container that the chart makes. The bundle runs with the options of the Dockerfile, under a memory limit
// as the kernel sets it, with 500 reviews whose names, images and values all differ. With several values for the semi-space,
// servers take turns within one run; ratios are to the first.
// Afterwards each gets a flood of large reviews, and it is said whether it lived.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import { applyReply } from '../support/api-server.ts';
import { withRequest } from '../support/reviews.ts';
import { TlsClient } from '../support/tls-client.ts';
import { type ClosedLoop, openLoop, percentile } from './closed-loop.ts';
import { type LimitedGroup, limitedGroup } from './memory-limit.ts';
import { hugeReview, referenceReview, tenFindings } from './reviews.ts';
import { bodiesOf } from './varied.ts';

const ROOT = join(import.meta.dirname, '../..');
/** The kernel's unit of processor time, as `getconf CLK_TCK` prints it. */
const TICKS_PER_SECOND = 100;
const WARM_UP_SECONDS = 4;

const { values: options } = parseArgs({
  options: {
    memory: { type: 'string', default: '256' },
    'semi-space': { type: 'string', default: '8' },
    policies: { type: 'string', default: 'agents' },
    connections: { type: 'string', default: '1,10,50' },
    rounds: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '1' },
    flood: { type: 'string', default: '10' },
  },
});

interface Shipped {
  readonly name: string;
  readonly child: ChildProcess;
  readonly group: LimitedGroup;
  readonly url: string;
  readonly ca: string;
}

interface Case {
  readonly name: string;
  readonly path: '/mutate' | '/validate';
  readonly review: JsonObject;
}

const servers: Shipped[] = [];
for (const semiSpace of options['semi-space'].split(',')) servers.push(await start(semiSpace));
try {
  const reference = referenceReview();
  const cases: readonly Case[] = [
    { name: 'reference, mutate', path: '/mutate', review: reference },
    { name: 'reference, validate', path: '/validate', review: await filledIn(reference) },
    { name: 'reference, refused', path: '/validate', review: reference },
    { name: 'ten findings, refused', path: '/validate', review: tenFindings() },
  ];
  console.log(`node ${process.version}, ${options.memory} MiB, policies ${options.policies}`);
  console.log(
    `${'case'.padEnd(24)}${'semi-space'.padEnd(12)}conns  requests/s   CPU us  to the first          p50 us   p99 us`,
  );
  for (const target of cases) {
    for (const connections of options.connections.split(',')) await compare(target, Number(connections));
  }
  for (const server of servers) console.log(`${server.name}: ${memory(server)}`);
  for (const server of servers) await flood(server);
} finally {
  for (const { child, group } of servers) {
    child.kill('SIGKILL');
    await group.remove();
  }
}

/** What the image sets, with another young generation. */
function nodeOptions(semiSpace: string): string {
  const set = /NODE_OPTIONS="([^"]+)"/.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))?.[1];
  if (set === undefined) throw new Error('the Dockerfile does not set NODE_OPTIONS');
  const others = set.split(' ').filter((option) => !option.startsWith('--max-semi-space-size'));
  return [...others, `--max-semi-space-size=${semiSpace}`].join(' ');
}

/** @param semiSpace MiB of the young generation's halves */
async function start(semiSpace: string): Promise<Shipped> {
  const group = limitedGroup(Number(options.memory));
  const policies = options.policies.split(',').flatMap((name) => ['-p', name]);
  const serve = [process.execPath, join(ROOT, 'dist/sandgate.js'), 'serve', ...policies, '--dev-cert', '--port', '0'];
  const pin = availableParallelism() > 1 ? ['taskset', '-c', '0'] : [];
  // The group is entered before Node starts: it reads its limit once.
  const child = spawn('sh', ['-c', `echo $$ > ${group.procs} && exec "$@"`, 'sh', ...pin, ...serve], {
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: nodeOptions(semiSpace) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let printed = '';
  const { promise, resolve, reject } = Promise.withResolvers<{ url: string; caFile: string }>();
  child.once('exit', (code, signal) => reject(new Error(`the server ended (${code ?? signal}): ${printed}`)));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
    const [, url, caFile] = /listening on (\S+) with[\s\S]*?--cacert (\S+)/.exec(printed) ?? [];
    if (url !== undefined && caFile !== undefined) resolve({ url, caFile });
  });
  const { url, caFile } = await promise;
  return { name: semiSpace, child, group, url, ca: readFileSync(caFile, 'utf8') };
}

/** As the validating webhook sees it. Throws where it would be refused: that would measure another case. */
async function filledIn(review: JsonObject): Promise<JsonObject> {
  const [server] = servers;
  if (!server) throw new Error('no server');
  const client = new TlsClient(server.url, server.ca);
  const { object } = applyReply({ name: 'm', type: 'mutate' }, review, (await client.post('/mutate', review)).body);
  const filled = withRequest(review, { object });
  const verdict = ownField((await client.post('/validate', filled)).body, 'response');
  client.close();
  if (isJsonObject(verdict) && verdict.allowed === true) return filled;
  throw new Error(`the filled-in pod is refused: ${JSON.stringify(verdict)}`);
}

async function compare({ name, path, review }: Case, connections: number): Promise<void> {
  const bodies = bodiesOf(review);
  const loops: ClosedLoop[] = [];
  for (const { url, ca } of servers) {
    const loop = await openLoop({ url, ca, path, bodies, connections });
    await loop.run(WARM_UP_SECONDS);
    loops.push(loop);
  }
  const rounds = servers.map((): { cpu: number; perSecond: number; p50: number; p99: number }[] => []);
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [index, server] of servers.entries()) {
      const loop = loops[index];
      if (!loop) continue;
      const before = cpuMicros(server);
      const result = await loop.run(Number(options.seconds));
      if (result.failed > 0) throw new Error(`${name}: ${result.failed} requests failed`);
      const cpu = (cpuMicros(server) - before) / result.requests;
      const { perSecond } = result;
      rounds[index]?.push({ cpu, perSecond, p50: percentile(result, 0.5), p99: percentile(result, 0.99) });
    }
  }
  for (const loop of loops) loop.close();
  const [first = []] = rounds;
  for (const [index, own] of rounds.entries()) {
    const ratios = own.map(({ cpu }, round) => cpu / (first[round]?.cpu ?? Number.NaN));
    const ratio = `${quantile(ratios, 0.5).toFixed(2)} (${quantile(ratios, 0.25).toFixed(2)}-${quantile(ratios, 0.75).toFixed(2)})`;
    const median = (pick: (round: (typeof own)[number]) => number): string => quantile(own.map(pick), 0.5).toFixed(0);
    console.log(
      name.padEnd(24) +
        (servers[index]?.name ?? '').padEnd(12) +
        String(connections).padStart(5) +
        median((round) => round.perSecond).padStart(12) +
        median((round) => round.cpu).padStart(9) +
        ratio.padStart(20) +
        median((round) => round.p50).padStart(10) +
        median((round) => round.p99).padStart(9),
    );
  }
}

/** Reviews of 1.7 MB over 20 connections, as many as it takes. */
async function flood(server: Shipped): Promise<void> {
  const loop = await openLoop({ ...server, path: '/mutate', bodies: bodiesOf(hugeReview()), connections: 20 });
  const result = await loop.run(Number(options.flood));
  loop.close();
  const ended = server.child.exitCode ?? server.child.signalCode;
  const lived = ended === null ? 'alive' : `ended with ${ended}`;
  console.log(
    `${server.name}: large reviews for ${options.flood} s: ${result.requests} answered, ${result.failed} not with 200, ` +
      `p50 ${(percentile(result, 0.5) / 1000).toFixed(0)} ms, ${lived}, killed by the kernel: ${server.group.kills()}; ${memory(server)}`,
  );
}

/** Of all its threads, in user and kernel mode: fields 14 and 15 of proc_pid_stat(5), counted after the name. */
function cpuMicros({ child }: Shipped): number {
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6;
}

function memory({ child }: Shipped): string {
  if (child.exitCode !== null || child.signalCode !== null) return 'no memory any more';
  const text = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const mebibytes = (field: string): string =>
    (Number(new RegExp(`${field}:\\s+(\\d+)`).exec(text)?.[1]) / 1024).toFixed(0);
  return `RSS ${mebibytes('VmRSS')} MiB, peak ${mebibytes('VmHWM')} MiB`;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}
