// The files of the playground, as the build leaves them.
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { UsageError } from '../exit.ts';

/** A file as it is sent. */
export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

/** The files by the path of their URL. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/** Where the build leaves them: beside the bundled program, or in `dist` where the sources run. */
const FOLDERS = ['playground', '../../../dist/playground'].map((folder) => resolve(import.meta.dirname, folder));

/**
 * Reads all files of the playground.
 * @param folders where it may be; the first that has a page counts
 * @throws UsageError where it was not built
 */
export async function playgroundFiles(folders: readonly string[] = FOLDERS): Promise<PageFiles> {
  for (const folder of folders) {
    const files = await filesOf(folder);
    const page = files.get('/index.html');
    if (page) return new Map([...files, ['/', page]]);
  }
  throw new UsageError(
    'the playground has not been built: in a checkout, run npm run build first (the container image does not include it)',
    `looked for ${folders.map((folder) => join(folder, 'index.html')).join(' and ')}`,
  );
}

async function filesOf(folder: string): Promise<PageFiles> {
  try {
    const names = (await readdir(folder)).filter((name) => TYPES[extname(name)] !== undefined);
    const files = names.map(async (name) => {
      const file = { type: TYPES[extname(name)] ?? '', content: await readFile(join(folder, name)) };
      return [`/${name}`, file] as const;
    });
    return new Map(await Promise.all(files));
  } catch {
    return new Map();
  }
}
