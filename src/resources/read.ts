// Reads policy files: the one part of this folder that touches the file system.
import { readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { findFiles } from '../manifests/find-files.ts';
import type { Problem } from '../manifests/source.ts';
import { bundleFile, bundleNames } from './bundles.ts';
import { didYouMean } from './did-you-mean.ts';
import type { PolicySource } from './load.ts';

/** What could be read, and what could not. */
export interface ReadPolicies {
  readonly sources: readonly PolicySource[];
  readonly problems: readonly Problem[];
}

/** What has been read so far. */
interface Reading {
  readonly sources: PolicySource[];
  readonly problems: Problem[];
  /** The real paths of files, so that none is read twice. */
  readonly seen: Set<string>;
}

/**
 * Reads policies from files, folders (recursively) and shipped bundles. A bare word is the bundle of that name where
 * there is one; write `./name` for a file or folder of the same name. Files keep the names the user gave them; a file
 * named twice is read once.
 * @param bundlesDirectory see {@link bundlesDirectory} in bundles.ts
 */
export function readPolicySources(paths: readonly string[], bundlesDirectory: string): ReadPolicies {
  const reading: Reading = { sources: [], problems: [], seen: new Set() };
  const bundles = bundleNames(bundlesDirectory);
  for (const path of paths) {
    if (path === '-')
      complain(reading, path, 'policies are not read from standard input (expected a file, folder or bundle)');
    else if (bundles.includes(path)) readFile(reading, fromHere(bundleFile(bundlesDirectory, path)), false);
    else readPath(reading, path, bundles);
  }
  return { sources: reading.sources, problems: reading.problems };
}

function readPath(reading: Reading, path: string, bundles: readonly string[]): void {
  const stats = attempt(reading, path, () => statSync(path, { throwIfNoEntry: false }) ?? 'absent');
  if (stats === undefined) return;
  if (stats === 'absent') {
    complain(reading, path, absence(path, bundles));
  } else if (stats.isDirectory()) {
    readFolder(reading, path);
  } else {
    readFile(reading, path, stats.isFIFO());
  }
}

function readFolder(reading: Reading, folder: string): void {
  const { files, unreadable } = findFiles(folder);
  for (const { path, error } of unreadable) complain(reading, path, describe(error));
  if (files.length + unreadable.length === 0) {
    complain(reading, folder, 'no policy file found (expected files ending in .yaml, .yml or .json)');
  }
  for (const file of files) readFile(reading, file, false);
}

/** @param isPipe true for a pipe that the user named, such as the `<(…)` of a shell */
function readFile(reading: Reading, file: string, isPipe: boolean): void {
  const text = attempt(reading, file, () => {
    const real = isPipe ? file : realpathSync(file);
    if (reading.seen.has(real)) return undefined;
    reading.seen.add(real);
    // Reading a pipe that turns up in a folder, or a device, might never end.
    if (!isPipe && !isRegular(statSync(real))) throw new Error('not a regular file');
    return decode(readFileSync(file));
  });
  if (text !== undefined) reading.sources.push({ file, text });
}

/** @throws where the bytes are not UTF-8: kubectl refuses them, and replacement characters would end up in names of images */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('not UTF-8');
  }
}

function isRegular(stats: Stats): boolean {
  return stats.isFile();
}

function absence(path: string, bundles: readonly string[]): string {
  if (/[./\\]/.test(path)) return 'no such file or folder';
  const expected = bundles.length > 0 ? ` (the bundles are ${bundles.join(', ')})` : '';
  return `no such file, folder or bundle${didYouMean(path, bundles) || expected}`;
}

/** The result, or undefined with a problem noted. */
function attempt<T>(reading: Reading, path: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    complain(reading, path, describe(error));
    return undefined;
  }
}

/** `cannot be read (EACCES: permission denied)`: Node's words without the system call and the path. */
function describe(error: unknown): string {
  const words = error instanceof Error ? error.message.split(',')[0] : String(error);
  return `cannot be read (${words})`;
}

function complain(reading: Reading, file: string, message: string): void {
  reading.problems.push({ file, line: 0, column: 0, message });
}

/** A path as a user standing here would write it. */
function fromHere(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}
