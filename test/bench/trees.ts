// `node test/bench/trees.ts DIR DIR... [--seconds N --rounds N --connections N --cases reference,ten]`: what a review costs
// in several checkouts of this repository, in microseconds of the server's processor time and as a ratio to the first. The
// servers take turns within one run, since times on a busy machine drift together. What a trick gives is measured so: one
// checkout with it, one without.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { JsonObject } from '../../src/model/json.ts';
import { type ClosedLoop, openLoop } from './closed-loop.ts';
import { referenceReview, tenFindings } from './reviews.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { bodiesOf } from './varied.ts';

const WARM_UP_SECONDS = 2;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '0.5' },
    rounds: { type: 'string', default: '20' },
    connections: { type: 'string', default: '10' },
    cases: { type: 'string', default: '' },
  },
});

interface Case {
  readonly name: string;
  readonly path: string;
  readonly review: JsonObject;
}

const reference = referenceReview();
const CASES: readonly Case[] = [
  { name: 'reference, mutate', path: '/mutate', review: reference },
  { name: 'reference, validate (refused)', path: '/validate', review: reference },
  { name: 'ten findings, validate', path: '/validate', review: tenFindings() },
];
const wanted = options.cases.split(',').filter((name) => name !== '');
const servers = await Promise.all(positionals.map((root) => startServerProcess('sandgate', resolve(root))));
console.log(
  `node ${process.version}, ${options.connections} connections, ${options.rounds} rounds of ${options.seconds} s`,
);
for (const target of CASES) {
  if (wanted.length === 0 || wanted.some((word) => target.name.includes(word))) await compare(target);
}
for (const server of servers) server.stop();

async function compare({ name, path, review }: Case): Promise<void> {
  const bodies = bodiesOf(review);
  const connections = Number(options.connections);
  const loops: ClosedLoop[] = [];
  for (const { url, ca } of servers) {
    const loop = await openLoop({ url, ca, path, bodies, connections });
    // At once: a server closes connections that are not used for ten seconds.
    await loop.run(WARM_UP_SECONDS);
    loops.push(loop);
  }
  const costs = servers.map((): number[] => []);
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [index, server] of servers.entries()) {
      const loop = loops[index];
      if (loop) costs[index]?.push(await cost(server, loop));
    }
  }
  for (const loop of loops) loop.close();
  const [first = []] = costs;
  for (const [index, own] of costs.entries()) {
    const ratios = own.map((value, round) => value / (first[round] ?? Number.NaN));
    const quartiles = `${quantile(ratios, 0.25).toFixed(2)}-${quantile(ratios, 0.75).toFixed(2)}`;
    console.log(
      `${name.padEnd(32)}${(positionals[index] ?? '').padEnd(28)}${quantile(own, 0.5).toFixed(1).padStart(8)} us  ` +
        `${quantile(ratios, 0.5).toFixed(3)} (${quartiles})`,
    );
  }
}

async function cost(server: ServerProcess, loop: ClosedLoop): Promise<number> {
  const before = await server.usage();
  const { requests, failed } = await loop.run(Number(options.seconds));
  const after = await server.usage();
  if (failed > 0) throw new Error(`${failed} requests failed`);
  return (after.cpuMicros - before.cpuMicros) / requests;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}
