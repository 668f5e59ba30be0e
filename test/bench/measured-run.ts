// Runs the command line as a process of its own, and looks at what it takes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export interface MeasuredRun {
  readonly seconds: number;
  /** MiB of resident memory at the most; 0 outside of Linux, which alone says so. */
  readonly peak: number;
  readonly exitCode: number | null;
}

/** How often the memory is looked at. */
const LOOK_MS = 20;

/** Runs `sandgate` with these arguments; what it prints goes through. */
export async function measuredRun(args: readonly string[]): Promise<MeasuredRun> {
  const main = resolve(import.meta.dirname, '../../src/main.ts');
  const before = performance.now();
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  let peak = 0;
  const timer = setInterval(() => {
    const status = /VmHWM:\s+(\d+) kB/.exec(readStatus(child.pid))?.[1];
    if (status !== undefined) peak = Number(status) / 1024;
  }, LOOK_MS);
  await once(child, 'exit');
  clearInterval(timer);
  return { seconds: (performance.now() - before) / 1000, peak, exitCode: child.exitCode };
}

function readStatus(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
