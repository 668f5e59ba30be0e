// A container of the image, as confined as the restricted level and a read-only root can make it.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Finished } from './commands.ts';
import type { Engine } from './engine.ts';

const CONFINED = [
  '--read-only',
  // Without this, podman mounts a writable /tmp, which Kubernetes does not.
  '--read-only-tmpfs=false',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--memory=160m',
  '--network=host',
  // Podman's own would be above what this process may hand on.
  '--ulimit=nofile=1024:1024',
  '--ulimit=nproc=4096:4096',
];

export interface ContainerOptions {
  /** More options of `podman run`. */
  readonly options?: readonly string[];
  readonly stdin?: string;
}

/** Runs the image to its end. */
export function runImage(
  engine: Engine,
  image: string,
  args: readonly string[],
  { options = [], stdin }: ContainerOptions = {},
): Promise<Finished> {
  const interactive = stdin === undefined ? [] : ['--interactive'];
  const line = ['run', '--rm', ...interactive, ...CONFINED, ...options, image, ...args];
  return engine.podman(line, stdin === undefined ? {} : { stdin });
}

export interface RunningContainer {
  readonly url: string;
  /** Its first process, as the host numbers it. */
  readonly pid: number;
  /** Sends SIGTERM; returns the exit code, once it is there. */
  terminate(): Promise<number | null>;
}

/** Starts the webhook on a free port, and waits until it listens. */
export async function serveImage(
  engine: Engine,
  image: string,
  args: readonly string[],
  options: readonly string[],
): Promise<RunningContainer> {
  const name = `serve-${Math.random().toString(36).slice(2)}`;
  const line = ['run', '--name', name, ...CONFINED, ...options, image, 'serve', '--host=127.0.0.1', '--port=0'];
  const child = spawn('podman', [...engine.podmanOptions, ...line, '--metrics-port=0', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { promise: ended, resolve: hasEnded } = Promise.withResolvers<number | null>();
  child.on('close', hasEnded);
  const url = await new Promise<string>((found, failed) => {
    let said = '';
    child.on('error', failed);
    child.on('close', (code) => failed(new Error(`the container exited with ${code}:\n${said}`)));
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const listening = /listening on (https:\S+)/.exec(said)?.[1];
      if (listening !== undefined) found(listening);
    });
  });
  const { stdout } = await engine.podman(['inspect', '--format', '{{.State.Pid}}', name]);
  return {
    url,
    pid: Number(stdout),
    async terminate() {
      await engine.podman(['kill', '--signal=TERM', name]);
      return ended;
    },
  };
}

/** What the kernel says of a process: the lines of /proc/PID/status by name, and the options of its root's mount. */
export function confinementOf(pid: number): { readonly status: Record<string, string>; readonly root: string } {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').matchAll(/^(\w+):\s+(.*)$/gm);
  const status = Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]));
  const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n');
  const root = mounts.map((mount) => mount.split(' ')).find((fields) => fields[4] === '/')?.[5] ?? '';
  return { status, root };
}
