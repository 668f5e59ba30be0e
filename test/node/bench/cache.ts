// Files that take long to make, kept outside the checkout beside the built programs.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../cluster/control-plane/go-build.ts';

/** The folder of the node's parts in the cache. */
export function nodeCache(): string {
  return join(dirname(cacheFolder()), 'node');
}

/**
 * A folder of the cache by its name, made now where it is not there. It is filled under another name and then renamed: nobody
 * ever sees half of it, and of two who make it at once the second loses nothing.
 *
 * @returns its path
 */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const final = join(nodeCache(), name);
  if (existsSync(final)) return final;
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
