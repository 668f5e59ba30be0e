// One program of the control plane as a child process, with its log in a file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Guard } from './guard.ts';
import { waitFor } from './wait-for.ts';

const LOG_TAIL_LINES = 20;

export interface PartOptions {
  /** As people call it; also the name of its log. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly guard: Guard;
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Part {
  readonly name: string;
  readonly pid: number;
  hasExited(): boolean;
  /** Resolves when it has exited, for whatever reason. */
  readonly ended: Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Ends it at once and resolves when it is gone. */
  kill(): Promise<void>;
  /** The last lines it logged. */
  logTail(): string;
}

/**
 * Starts a program.
 *
 * @throws Error where it cannot be started at all
 */
export async function startPart({ name, file, args, folder, guard, env }: PartOptions): Promise<Part> {
  const log = join(folder, `${name}.log`);
  const output = openSync(log, 'a');
  const child = spawn(file, args, { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
  closeSync(output);
  // Rejects where the file cannot be run.
  await once(child, 'spawn');
  // Nobody who forgets to stop it is kept waiting: when this process ends, the guard ends the part.
  child.unref();
  const pid = child.pid ?? 0;
  guard.watch(pid);
  let exited = false;
  const exit = once(child, 'exit').then(() => {
    exited = true;
    guard.forget(pid);
  });
  return {
    name,
    pid,
    hasExited: () => exited,
    ended: exit,
    signal: (signal) => void child.kill(signal),
    async kill() {
      child.ref();
      child.kill('SIGKILL');
      await exit;
    },
    logTail: () => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n'),
  };
}

/**
 * Resolves when the probe says that the part works.
 *
 * @throws Error with the end of its log, where it exits or takes longer than `within` ms
 */
export async function untilReady(part: Part, probe: () => Promise<boolean>, within: number): Promise<void> {
  const wait = { within, what: `${part.name} is ready` };
  let state: 'ready' | 'exited';
  try {
    state = await waitFor(async () => (part.hasExited() ? 'exited' : (await probe()) && 'ready'), wait);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}. The end of its log:\n${part.logTail()}`, { cause: error });
  }
  if (state === 'exited') throw new Error(`${part.name} exited while starting. The end of its log:\n${part.logTail()}`);
}
