// Reads the files that a command was given: files, folders, standard input.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decodeText } from '../manifests/decode.ts';
import { findManifests, type Passing, readText, reasonOf, type TextFile } from '../manifests/files.ts';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';

/** The files read so far, and a line for each that could not be read. */
interface Reading {
  readonly files: TextFile[];
  readonly problems: string[];
  readonly cwd: string;
}

const STDIN = '-';

/** Like kubectl: hidden files are read as well, as long as they are manifests. */
const PASSING: Passing = { hiddenFiles: false, folders: new Set() };

/**
 * Reads files, every manifest below folders, and standard input for `-`. A file that is named twice is read twice.
 * @throws UsageError that names every file and folder that could not be read
 */
export async function readFiles(paths: readonly string[], io: Io): Promise<TextFile[]> {
  const reading: Reading = { files: [], problems: [], cwd: io.cwd };
  let readStdin = false;
  for (const path of paths) {
    if (path === STDIN) {
      if (readStdin) continue;
      readStdin = true;
      await readStream(reading, io.stdin);
    } else if (path === '') {
      // What a shell makes of "$FILES" where the variable is empty. As a path it would be the current folder.
      reading.problems.push('an empty path (expected a file, a folder or -)');
    } else {
      readPath(reading, path);
    }
  }
  if (reading.problems.length > 0) throw new UsageError(...reading.problems);
  return reading.files;
}

/** Reads the file at a path, or the manifests below it. */
function readPath(reading: Reading, path: string): void {
  const absolute = resolve(reading.cwd, path);
  const isFolder = attempt(reading, path, () => statSync(absolute).isDirectory());
  if (isFolder === undefined) return;
  if (!isFolder) {
    readFile(reading, path);
    return;
  }
  const { files, unreadable } = findManifests(absolute, PASSING);
  for (const { path: below, error } of unreadable) complain(reading, join(path, below), error);
  for (const below of files) readFile(reading, join(path, below));
}

function readFile(reading: Reading, file: string): void {
  const text = attempt(reading, file, () => readText(resolve(reading.cwd, file)));
  if (text !== undefined) reading.files.push({ file, text });
}

async function readStream(reading: Reading, stream: AsyncIterable<Uint8Array | string>): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(Buffer.from(chunk));
    reading.files.push({ file: STDIN, text: decodeText(Buffer.concat(chunks)) });
  } catch (error) {
    complain(reading, STDIN, error);
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
