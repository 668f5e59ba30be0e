// `npm run bench:start` after `npm run build`: from the start of the bundle's process to its first answered review, and
// what the process holds then. Asks again every few milliseconds, as a probe never would.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDevelopment } from '../../src/server/development/development.ts';
import { TlsClient } from '../support/tls-client.ts';
import { referenceReview } from './reviews.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const RUNS = 7;
const PORT = 18_443;

const folder = mkdtempSync(join(tmpdir(), 'sandgate-bench-'));
const development = await makeDevelopment('127.0.0.1');
development.remove();
const certFile = join(folder, 'tls.crt');
const keyFile = join(folder, 'tls.key');
writeFileSync(certFile, development.certificate.cert);
writeFileSync(keyFile, development.certificate.key);
const review = referenceReview();

const runs: { wall: number; rss: number }[] = [];
try {
  for (let run = 0; run < RUNS; run++) runs.push(await startOnce());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const walls = runs.map((run) => run.wall);
console.log(
  `start to first answered review: median ${median(walls).toFixed(0)} ms of ${RUNS} ` +
    `(${Math.min(...walls).toFixed(0)} to ${Math.max(...walls).toFixed(0)}); ` +
    `resident then: ${median(runs.map((run) => run.rss)).toFixed(0)} MB`,
);

async function startOnce(): Promise<{ wall: number; rss: number }> {
  const start = performance.now();
  const args = [join(ROOT, 'dist/sandgate.js'), 'serve', '-p', 'agents', 'baseline', 'restricted'];
  const tls = ['--tls-cert', certFile, '--tls-key', keyFile, '--host', '127.0.0.1', '--port', String(PORT)];
  const child = spawn(process.execPath, [...args, ...tls], { stdio: 'ignore' });
  const client = new TlsClient(`https://127.0.0.1:${PORT}`, development.certificate.cert);
  try {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the bundle exited with ${child.exitCode}: is it built?`);
      const answer = await client.post('/mutate', review).catch(() => undefined);
      if (answer?.status === 200) break;
      await sleep(3);
    }
    return { wall: performance.now() - start, rss: residentMegabytes(child.pid) };
  } finally {
    client.close();
    child.kill('SIGKILL');
    await new Promise((exited) =>
      child.exitCode === null && child.signalCode === null ? child.once('exit', exited) : exited(0),
    );
  }
}

/** From /proc; not a number where there is none. */
function residentMegabytes(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
