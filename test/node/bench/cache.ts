// Files that take long to make, kept outside the checkout beside the built programs.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../cluster/control-plane/go-build.ts';
import { CannotHaveNode } from './skip.ts';

/** What becomes of a part that the cache does not have: it takes minutes to make, which nobody who runs tests expects. */
export type Missing = 'make' | 'skip';

/** The folder of the node's parts in the cache. */
export function nodeCache(): string {
  return join(dirname(cacheFolder()), 'node');
}

/**
 * A folder of the cache by its name, made now where it is not there and may be. It is filled under another name and then renamed: nobody
 * ever sees half of it, and of two who make it at once the second loses nothing.
 *
 * @returns its path
 * @throws CannotHaveNode where it is not there and may not be made
 */
export async function cached(name: string, missing: Missing, fill: (folder: string) => Promise<void>): Promise<string> {
  const final = join(nodeCache(), name);
  if (existsSync(final)) return final;
  if (missing === 'skip') throw notCached(name);
  await mkdir(nodeCache(), { recursive: true });
  const folder = await mkdtemp(`${final}.making-`);
  try {
    await fill(folder);
    await rename(folder, final).catch((error: unknown) => {
      if (!existsSync(final)) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return final;
}

/** For a part that nobody asked to have made. */
export function notCached(part: string): CannotHaveNode {
  return new CannotHaveNode(
    `${part} is not in the cache; make the node's parts once with: npm run node:parts (docs/testing.md says what that takes)`,
  );
}
