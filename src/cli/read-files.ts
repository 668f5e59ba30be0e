// Reads the files that a command was given: files, folders, standard input.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decodeText } from '../manifests/decode.ts';
import { findManifests, type Passing, readText, reasonOf, type TextFile } from '../manifests/files.ts';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';

/** A file that was read. */
export interface ReadFile extends TextFile {
  /** False for a file that was found in a folder. */
  readonly isNamed: boolean;
}

/** What could be read, and a line for each file and folder that could not. */
export interface FilesRead {
  readonly files: readonly ReadFile[];
  readonly problems: readonly string[];
}

/** What has been read so far. */
interface Reading extends FilesRead {
  readonly files: ReadFile[];
  readonly problems: string[];
  readonly cwd: string;
  /** Patterns for files in folders that are passed over. */
  readonly ignore: readonly string[];
}

/** What stands for standard input on a command line. */
export const STDIN = '-';

/** What a shell makes of `"$FILES"` where the variable is empty. As a path it would be the current folder. */
export const EMPTY_PATH = 'an empty path (expected a file, a folder or -)';

/** Like kubectl: hidden files are read as well, as long as they are manifests. */
const PASSING: Passing = { hiddenFiles: false, folders: new Set() };

/**
 * Reads files, every manifest below folders, and standard input for `-`. A file that is named twice is read twice.
 * @throws UsageError that names every file and folder that could not be read
 */
export async function readFiles(paths: readonly string[], io: Io): Promise<readonly ReadFile[]> {
  const { files, problems } = await readWhatCan(paths, io, []);
  if (problems.length > 0) throw new UsageError(...problems);
  return files;
}

/** As {@link readFiles}, but what cannot be read comes back beside what can. */
export async function readWhatCan(paths: readonly string[], io: Io, ignore: readonly string[]): Promise<FilesRead> {
  const reading: Reading = { files: [], problems: [], cwd: io.cwd, ignore };
  let stdinIsRead = false;
  for (const path of paths) {
    if (path === STDIN) {
      if (stdinIsRead) continue;
      stdinIsRead = true;
      await readStream(reading, io);
    } else if (path === '') {
      reading.problems.push(EMPTY_PATH);
    } else {
      readPath(reading, path);
    }
  }
  return reading;
}

/** Reads the file at a path, or the manifests below it. */
function readPath(reading: Reading, path: string): void {
  const absolute = resolve(reading.cwd, path);
  const isFolder = attempt(reading, path, () => statSync(absolute).isDirectory());
  if (isFolder === undefined) return;
  if (!isFolder) {
    readFile(reading, path, true);
    return;
  }
  const { files, unreadable } = findManifests(absolute, { ...PASSING, ignore: reading.ignore });
  for (const { path: below, error } of unreadable) complain(reading, join(path, below), error);
  for (const below of files) readFile(reading, join(path, below), false);
}

function readFile(reading: Reading, file: string, isNamed: boolean): void {
  const text = attempt(reading, file, () => readText(resolve(reading.cwd, file)));
  if (text !== undefined) reading.files.push({ file, text, isNamed });
}

/**
 * The text of standard input.
 * @throws UsageError where it cannot be read
 */
export async function readStdin({ stdin }: Io): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
    return decodeText(Buffer.concat(chunks));
  } catch (error) {
    throw new UsageError(`${STDIN}: ${reasonOf(error)}`);
  }
}

async function readStream(reading: Reading, io: Io): Promise<void> {
  try {
    reading.files.push({ file: STDIN, text: await readStdin(io), isNamed: true });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    reading.problems.push(...error.lines);
  }
}

/** The result, or undefined with a problem noted. */
function attempt<T>(reading: Reading, path: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    complain(reading, path, error);
    return undefined;
  }
}

function complain(reading: Reading, path: string, error: unknown): void {
  reading.problems.push(`${path}: ${reasonOf(error)}`);
}
