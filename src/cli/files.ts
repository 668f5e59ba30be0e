// Reads the files a command was pointed at: files, folders, standard input.
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sortBytewise } from '../model/text.ts';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';

/** A file that was read, by the name the user knows it by. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

const MANIFEST = /\.(?:yaml|yml|json)$/;
const STDIN = '-';

/**
 * Reads files, every manifest below folders (.yaml, .yml, .json, in bytewise order of their paths), and standard input
 * for `-`. Throws a {@link UsageError} that names every path that could not be read.
 */
export async function readFiles(paths: readonly string[], io: Io): Promise<TextFile[]> {
  const files: TextFile[] = [];
  const faults: string[] = [];
  let readStdin = false;
  for (const path of paths) {
    try {
      if (path !== STDIN) {
        for (const file of expand(path, io.cwd))
          files.push({ file, text: decode(readFileSync(resolve(io.cwd, file))) });
      } else if (!readStdin) {
        readStdin = true;
        files.push({ file: STDIN, text: await readAll(io.stdin) });
      }
    } catch (error) {
      faults.push(`${path}: ${reasonOf(error)}`);
    }
  }
  if (faults.length > 0) throw new UsageError(...faults);
  return files;
}

/** The files a path stands for: itself, or the manifests below it. */
function expand(path: string, cwd: string): string[] {
  if (!statSync(resolve(cwd, path)).isDirectory()) return [path];
  const found: string[] = [];
  const seen = new Set<string>();
  const walk = (folder: string): void => {
    // Links can lead in circles.
    const real = realpathSync(resolve(cwd, folder));
    if (seen.has(real)) return;
    seen.add(real);
    for (const name of readdirSync(real)) {
      const child = join(folder, name);
      const isManifest = MANIFEST.test(name);
      const isFolder = statSync(resolve(cwd, child), { throwIfNoEntry: isManifest })?.isDirectory() ?? false;
      // A mounted ConfigMap keeps its files in a dot-folder, behind links that are followed.
      if (isFolder && !name.startsWith('.')) walk(child);
      else if (!isFolder && isManifest) found.push(child);
    }
  };
  walk(path);
  return sortBytewise(found);
}

async function readAll(stream: AsyncIterable<Uint8Array | string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return decode(Buffer.concat(chunks));
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('not a text file (expected UTF-8)');
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'no such file or folder';
  if (code === 'EACCES') return 'permission denied';
  return error.message;
}
