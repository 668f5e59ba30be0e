// Real Helm, in versions 4 and 3, and the kubectl that ships with it: for tests of the chart. Each call has a home of its
// own that is gone afterwards, and no kubeconfig but the one it is given: a test never reaches a developer's own cluster.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { binaryPath, type Tool } from './helm-binaries.ts';

export interface ToolOptions {
  readonly cwd?: string;
  /** Added to the little that a call has: PATH and a home. `KUBECONFIG` for a cluster. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

export interface ToolResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Helm 4. Never throws for what Helm says: see `code`. Throws where there is no Helm to be had. */
export function helm(args: readonly string[], options?: ToolOptions): Promise<ToolResult> {
  return run('helm', args, options);
}

/** Runs Helm 3, as many still do. */
export function helm3(args: readonly string[], options?: ToolOptions): Promise<ToolResult> {
  return run('helm3', args, options);
}

/** Runs the kubectl of a known version. */
export function kubectl(args: readonly string[], options?: ToolOptions): Promise<ToolResult> {
  return run('kubectl', args, options);
}

async function run(tool: Tool, args: readonly string[], options: ToolOptions = {}): Promise<ToolResult> {
  const binary = await binaryPath(tool);
  const home = await mkdtemp(join(tmpdir(), `sandgate-${tool}-`));
  try {
    const child = spawn(binary, args, { cwd: options.cwd, env: { ...isolated(home), ...options.env } });
    const { promise: exit, resolve, reject } = Promise.withResolvers<number>();
    child.on('error', reject);
    // A signal has no code: 1, with what the tool had said until then.
    child.on('close', (code) => resolve(code ?? 1));
    // A tool that ends without reading its input closes the pipe: its exit code is the news, not EPIPE.
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin);
    const [code, stdout, stderr] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function isolated(home: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
    KUBECONFIG: join(home, 'kubeconfig'),
  };
}
