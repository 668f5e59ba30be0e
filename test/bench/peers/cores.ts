// Which cores a controller and the load have: the controller one, everything else the others. Without taskset, or with one core,
// they share.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const TASKSET = '/usr/bin/taskset';

function canPin(): boolean {
  return existsSync(TASKSET) && availableParallelism() > 1;
}

let others: string | undefined;

/** Keeps this process, and what it starts from now on, off the first core. */
export function leaveFirstCore(): void {
  if (!canPin()) return;
  others = `1-${availableParallelism() - 1}`;
  execFileSync(TASKSET, ['-a', '-c', '-p', others, String(process.pid)], { stdio: 'ignore' });
}

/** The words before a command that runs on the first core alone. */
export function onFirstCore(): readonly string[] {
  return others === undefined ? [] : [TASKSET, '-c', '0'];
}
