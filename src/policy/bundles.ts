// The policies that ship with Sandgate, each a folder `policies/<name>/policy.yaml`.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sortBytewise } from '../model/text.ts';

const POLICY_FILE = 'policy.yaml';

/** The folder of shipped bundles: beside `dist` in the package, and beside `src` in the source tree. */
export function bundlesDirectory(): string {
  const packaged = resolve(import.meta.dirname, '../policies');
  return existsSync(packaged) ? packaged : resolve(import.meta.dirname, '../../policies');
}

/** The names of all bundles in a folder, sorted; none where it cannot be read. */
export function bundleNames(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    return sortBytewise(names.filter((name) => existsSync(bundleFile(directory, name))));
  } catch {
    return [];
  }
}

/** The policy file of a bundle. */
export function bundleFile(directory: string, name: string): string {
  return join(directory, name, POLICY_FILE);
}
