// Finds the policy files below a folder.
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { sortBytewise } from '../model/text.ts';

/** Files by the names they have below the folder, and what could not be looked into. */
export interface FoundFiles {
  readonly files: readonly string[];
  readonly unreadable: readonly { readonly path: string; readonly error: unknown }[];
}

const EXTENSIONS = new Set(['.yaml', '.yml', '.json']);

/** Folders beside policies that hold other documents: the bundles' test suites, and the JSON Schema. */
const OTHER_FOLDERS = new Set(['tests', 'schema']);

/**
 * Every .yaml, .yml and .json file below a folder, in bytewise order of paths. Hidden files and folders are left out (a
 * mounted ConfigMap keeps its real files in one, behind links that are followed), and so are folders named `tests` and
 * `schema`.
 */
export function findFiles(folder: string): FoundFiles {
  const files: string[] = [];
  const unreadable: { readonly path: string; readonly error: unknown }[] = [];
  /** Real paths: links can lead in circles. */
  const seen = new Set<string>();
  const visit = (path: string, read: () => void): void => {
    try {
      read();
    } catch (error) {
      unreadable.push({ path, error });
    }
  };
  const walk = (directory: string): void => {
    const real = realpathSync(directory);
    if (seen.has(real)) return;
    seen.add(real);
    for (const name of sortBytewise(readdirSync(directory))) {
      if (name.startsWith('.')) continue;
      // Not normalized: messages name the folder as the user did.
      const path = directory.endsWith('/') ? directory + name : `${directory}/${name}`;
      visit(path, () => {
        const isPolicy = EXTENSIONS.has(extname(name));
        const isFolder = statSync(path, { throwIfNoEntry: isPolicy })?.isDirectory() ?? false;
        if (!isFolder && isPolicy) files.push(path);
        if (isFolder && !OTHER_FOLDERS.has(name)) walk(path);
      });
    }
  };
  visit(folder, () => walk(folder));
  return { files: sortBytewise(files), unreadable };
}
