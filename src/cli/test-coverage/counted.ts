// Which policies count: those that suites name by their files, but for those in a folder named `tests` where there are others:
// they are there to test a class. One that is named as a shipped bundle is there to be tested beside, by somebody else.
import { existsSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import type { LoadedDocument } from '../../resources/load.ts';
import type { Io } from '../io.ts';
import type { LoadedPolicies } from '../policies.ts';

/**
 * The documents that count.
 * @param paths what the suite names: files, folders and names of bundles
 */
export function countedDocuments(
  { documents }: LoadedPolicies,
  paths: readonly string[],
  { cwd }: Pick<Io, 'cwd'>,
): readonly LoadedDocument[] {
  const named = paths.map((path) => resolve(cwd, path)).filter((path) => existsSync(path));
  const fileOf = (document: LoadedDocument): string => resolve(cwd, document.locate([]).file);
  const own = documents.filter((document) => {
    const file = fileOf(document);
    return named.some((path) => file === path || file.startsWith(path + sep));
  });
  const outside = own.filter((document) => !dirname(fileOf(document)).split(sep).includes('tests'));
  return outside.length > 0 ? outside : own;
}
