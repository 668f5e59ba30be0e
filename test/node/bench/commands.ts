// Programs of the machine that the tests run on, run to their end.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const MAX_OUTPUT = 64 * 1024 * 1024;

/** Where a program is on PATH; undefined where it is not. */
export function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * Runs a program and returns what it printed.
 *
 * @throws Error with what it said on stderr where it fails
 */
export async function run(file: string, args: readonly string[], cwd?: string): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, {
    maxBuffer: MAX_OUTPUT,
    ...(cwd !== undefined && { cwd }),
  });
  return stdout;
}
