// What ships with Sandgate: policies, each a folder `policies/<name>/policy.yaml`, and capability classes, each a folder
// `policies/capabilities/<name>/class.yaml`.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sortBytewise } from '../model/text.ts';

/** Where bundles stand below the folder of all, and the file that makes a folder one. Of two of one name the first counts. */
const PLACES = [
  { below: '.', file: 'policy.yaml' },
  { below: 'capabilities', file: 'class.yaml' },
] as const;

/** The folder of shipped bundles: beside `dist` in the package, and beside `src` in the source tree. */
export function bundlesDirectory(): string {
  const packaged = resolve(import.meta.dirname, '../policies');
  return existsSync(packaged) ? packaged : resolve(import.meta.dirname, '../../policies');
}

/** The names of all bundles in a folder, sorted; none where it cannot be read. */
export function bundleNames(directory: string): readonly string[] {
  const names = PLACES.flatMap(({ below, file }) =>
    foldersIn(join(directory, below)).filter((name) => existsSync(join(directory, below, name, file))),
  );
  return sortBytewise(new Set(names));
}

/** The file of a bundle: a policy, or a class. */
export function bundleFile(directory: string, name: string): string {
  const paths = PLACES.map(({ below, file }) => join(directory, below, name, file));
  return paths.find((path) => existsSync(path)) ?? join(directory, name);
}

function foldersIn(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch {
    return [];
  }
}
