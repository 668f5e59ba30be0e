// The folders in which a change can change what suites say.
import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Io } from '../io.ts';
import { policyPathsOf } from './run-suite.ts';
import type { Suite } from './suite.ts';

/**
 * The folders of everything that was named, each once, and none that is below another one.
 * @param paths what the command was given
 */
export function foldersOf(paths: readonly string[], suites: readonly Suite[], io: Io): readonly string[] {
  const named = suites.flatMap((suite) => {
    const beside = suite.test.spec.cases.flatMap(({ input, oldInput, review, context = [], expect: { output } }) =>
      [input, oldInput, review, output, ...context].filter((path) => path !== undefined),
    );
    return [...policyPathsOf(suite, io), ...beside.map((path) => join(dirname(suite.file), path))];
  });
  const folders = new Set([...paths, ...named].flatMap((path) => folderOf(resolve(io.cwd, path)) ?? []));
  return [...folders].filter((folder) => ![...folders].some((other) => folder.startsWith(`${other}/`)));
}

/** The folder itself, or the one that a file is in; undefined for what is not there, such as the name of a bundle. */
function folderOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return undefined;
  return stats.isDirectory() ? path : dirname(path);
}
