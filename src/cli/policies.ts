// Loads the policies that a command was given.
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { formatProblem } from '../manifests/source.ts';
import type { PolicySet } from '../policy/policy.ts';
import { bundlesDirectory } from '../resources/bundles.ts';
import { type LoadOptions, type LoadResult, loadPolicies } from '../resources/load.ts';
import { readPolicySources } from '../resources/read.ts';
import { problemsError } from './exit.ts';
import { type Io, say } from './io.ts';
import { readStdin, STDIN } from './read-files.ts';

/** How policies are loaded. */
export interface PolicyOptions extends LoadOptions {
  /** False where warnings about what ships with Sandgate are not said: nobody who runs a suite can act on them. */
  readonly warnsOfShipped?: boolean;
}

/**
 * The policies in files, folders, bundles and standard input, as one set. Warnings go to stderr.
 * @throws UsageError with all problems of all files
 */
export async function policiesFrom(paths: readonly string[], io: Io, options: PolicyOptions = {}): Promise<PolicySet> {
  return (await loadedFrom(paths, io, options)).policies;
}

/** Policies, and the documents that they come from. */
export type LoadedPolicies = Extract<LoadResult, { ok: true }>;

/** As {@link policiesFrom}, with the documents. */
export async function loadedFrom(
  paths: readonly string[],
  io: Io,
  options: PolicyOptions = {},
): Promise<LoadedPolicies> {
  const stdin = paths.includes(STDIN) ? await readStdin(io) : undefined;
  const read = readPolicySources(paths, { cwd: io.cwd, bundles: bundlesDirectory(), stdin });
  if (read.problems.length > 0) throw problemsError(read.problems);
  const loaded = loadPolicies(read.sources, options);
  for (const warning of loaded.warnings) {
    if (options.warnsOfShipped === false && isShipped(warning.file, io.cwd)) continue;
    say(io, `warning: ${formatProblem(warning)}`);
  }
  if (!loaded.ok) throw problemsError(loaded.problems);
  return loaded;
}

function isShipped(file: string, cwd: string): boolean {
  return !relative(bundlesDirectory(), resolve(cwd, file)).startsWith('..');
}

/** A path that this process can open. It differs from the given one only where `cwd` is not the folder of this process. */
export function fromHere(path: string, cwd: string): string {
  if (path === '') return path;
  const here = process.cwd();
  const absolute = resolve(cwd, path);
  return cwd === here || !existsSync(absolute) ? path : relative(here, absolute);
}
