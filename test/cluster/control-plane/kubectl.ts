// kubectl as a user runs it, with nothing of the home folder of whoever runs the tests.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

const TIMEOUT_MS = 60_000;

export interface KubectlOptions {
  readonly stdin?: string;
  /** Whom to impersonate. */
  readonly user?: string;
  readonly groups?: readonly string[];
  /** A minute by default. */
  readonly timeoutMs?: number;
}

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs kubectl to its end; killed after its time, it has code -1. */
export async function runKubectl(
  place: { readonly binary: string; readonly kubeconfig: string; readonly folder: string },
  args: readonly string[],
  { stdin, user, groups = [], timeoutMs = TIMEOUT_MS }: KubectlOptions = {},
): Promise<KubectlResult> {
  const acting = user === undefined ? [] : [`--as=${user}`, ...groups.map((group) => `--as-group=${group}`)];
  const child = spawn(place.binary, [...acting, ...args], {
    cwd: place.folder,
    env: { PATH: process.env.PATH, HOME: place.folder, KUBECONFIG: place.kubeconfig },
    stdio: 'pipe',
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on('error', reject);
  child.on('close', (code) => resolve(code ?? -1));
  // It may end without reading all of it.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const [code, stdout, stderr] = await Promise.all([promise, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}
