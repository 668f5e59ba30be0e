// Runs the programs that build and run an image, and waits for them.
import { spawn, spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly stdin?: string;
}

/** Runs a program to its end, whatever that is. */
export async function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<Finished> {
  const child = spawn(command, args, { cwd: options.cwd });
  const { promise: exit, resolve, reject } = Promise.withResolvers<number>();
  child.on('error', reject);
  child.on('close', (code) => resolve(code ?? 1));
  // A program that ends without reading its input closes the pipe: its exit code is the news, not EPIPE.
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin);
  const [code, stdout, stderr] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** Runs a program that has to succeed, and returns what it printed. */
export async function succeed(command: string, args: readonly string[], options?: CommandOptions): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code !== 0) throw new Error(`\`${command} ${args.join(' ')}\` exited with ${code}:\n${stdout}${stderr}`);
  return stdout;
}

/** Is there such a program on PATH? */
export function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
}
