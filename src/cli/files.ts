// Reads the files a command was pointed at: files, folders, standard input.
import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sortBytewise } from '../model/text.ts';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';

/** A file that was read, by the name the user knows it by. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** Files by their names, and a line for each that could not be read. */
interface Reading {
  readonly files: TextFile[];
  readonly faults: string[];
  readonly cwd: string;
}

const MANIFEST = /\.(?:yaml|yml|json)$/;
const STDIN = '-';

/**
 * Reads files, every manifest below folders (.yaml, .yml, .json, in bytewise order of their paths), and standard input
 * for `-`. Throws a {@link UsageError} that names every file and folder that could not be read.
 */
export async function readFiles(paths: readonly string[], io: Io): Promise<TextFile[]> {
  const reading: Reading = { files: [], faults: [], cwd: io.cwd };
  let readStdin = false;
  for (const path of paths) {
    if (path === STDIN) {
      if (readStdin) continue;
      readStdin = true;
      await readStream(reading, io.stdin);
    } else if (path === '') {
      // What a shell makes of "$FILES" where there are none; as a path it would be the folder one stands in.
      reading.faults.push('an empty path (expected a file, a folder or -)');
    } else {
      readPath(reading, path);
    }
  }
  if (reading.faults.length > 0) throw new UsageError(...reading.faults);
  return reading.files;
}

/** Reads the file at a path, or the manifests below it. */
function readPath(reading: Reading, path: string): void {
  const stats = attempt(reading, path, () => statSync(resolve(reading.cwd, path)));
  if (!stats) return;
  if (!stats.isDirectory()) {
    readFile(reading, path);
    return;
  }
  for (const file of manifestsBelow(reading, path)) readFile(reading, file);
}

function readFile(reading: Reading, file: string): void {
  const text = attempt(reading, file, () => decode(readFileSync(resolve(reading.cwd, file))));
  if (text !== undefined) reading.files.push({ file, text });
}

function manifestsBelow(reading: Reading, path: string): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const visit = (child: string, name: string): void => {
    const isManifest = MANIFEST.test(name);
    const stats: Stats | undefined = statSync(resolve(reading.cwd, child), { throwIfNoEntry: isManifest });
    // A mounted ConfigMap keeps its files in a dot-folder, behind links that are followed.
    if (stats?.isDirectory()) {
      if (!name.startsWith('.')) attempt(reading, child, () => walk(child));
    } else if (isManifest) {
      // Reading a pipe or a device that nobody named might never end.
      if (!stats?.isFile()) throw new Error('not a regular file');
      found.push(child);
    }
  };
  const walk = (folder: string): void => {
    // Links can lead in circles.
    const real = realpathSync(resolve(reading.cwd, folder));
    if (seen.has(real)) return;
    seen.add(real);
    for (const name of readdirSync(real)) {
      const child = join(folder, name);
      attempt(reading, child, () => visit(child, name));
    }
  };
  attempt(reading, path, () => walk(path));
  return sortBytewise(found);
}

async function readStream(reading: Reading, stream: AsyncIterable<Uint8Array | string>): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(Buffer.from(chunk));
    reading.files.push({ file: STDIN, text: decode(Buffer.concat(chunks)) });
  } catch (error) {
    reading.faults.push(`${STDIN}: ${reasonOf(error)}`);
  }
}

/** The result, or undefined with a fault noted. */
function attempt<T>(reading: Reading, path: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    reading.faults.push(`${path}: ${reasonOf(error)}`);
    return undefined;
  }
}

function decode(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // Byte order marks of files that were put together: kubectl takes one before every document, YAML's reader before the first.
    return text.includes('\n\uFEFF') ? text.replaceAll('\n\uFEFF', '\n') : text;
  } catch {
    throw new Error('not a text file (expected UTF-8)');
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'no such file or folder';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'ELOOP') return 'links to itself';
  return error.message;
}
