// Finds policy files by what `-p` names, and reads them.
import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { findManifests, type Passing, readText, reasonOf, type TextFile } from '../manifests/files.ts';
import type { Problem } from '../manifests/source.ts';
import { bundleFile, bundleNames } from './bundles.ts';
import { didYouMean } from './did-you-mean.ts';

/** What could be read, and what could not. */
export interface ReadPolicies {
  readonly sources: readonly TextFile[];
  readonly problems: readonly Problem[];
}

/** Where relative paths and bundles are. */
export interface ReadFrom {
  /** The folder that relative paths are relative to. */
  readonly cwd: string;
  /** The folder of bundles, see bundles.ts. */
  readonly bundles: string;
  /** The text of standard input, for `-`. */
  readonly stdin?: string | undefined;
}

/** What has been read so far. */
interface Reading {
  readonly sources: TextFile[];
  readonly problems: Problem[];
  /** The real paths of files, so that none is read twice. */
  readonly seen: Set<string>;
  readonly cwd: string;
}

/** Beside policies stand hidden files of editors, and folders with documents that are not policies: suites, and schemas. */
const PASSING: Passing = { hiddenFiles: true, folders: new Set(['tests', 'schema']) };

/**
 * Reads policies from files, folders (recursively) and shipped bundles. A bare word is the bundle of that name where
 * there is one; write `./name` for a file or folder of the same name. Files keep the names the user gave them; a file
 * named twice is read once.
 */
export function readPolicySources(paths: readonly string[], from: ReadFrom): ReadPolicies {
  const reading: Reading = { sources: [], problems: [], seen: new Set(), cwd: from.cwd };
  const bundles = bundleNames(from.bundles);
  for (const path of paths) {
    if (path === '-') readGiven(reading, path, from.stdin);
    else if (bundles.includes(path)) readFile(reading, shortened(bundleFile(from.bundles, path), from.cwd));
    else readPath(reading, path, bundles);
  }
  return { sources: reading.sources, problems: reading.problems };
}

/** The text of standard input, once. */
function readGiven(reading: Reading, path: string, text: string | undefined): void {
  if (text === undefined)
    complain(reading, path, 'policies are not read from standard input (expected a file, folder or bundle)');
  else if (!reading.seen.has(path)) reading.sources.push({ file: path, text });
  reading.seen.add(path);
}

function readPath(reading: Reading, path: string, bundles: readonly string[]): void {
  if (path === '') {
    // As a shell makes it of an empty variable. It would otherwise be the current folder.
    complain(reading, '""', 'an empty path (expected a file, folder or bundle)');
    return;
  }
  const absolute = resolve(reading.cwd, path);
  const stats = attempt(reading, path, () => statSync(absolute, { throwIfNoEntry: false }) ?? 'absent');
  if (stats === undefined) return;
  if (stats === 'absent') {
    complain(reading, path, absence(path, bundles));
  } else if (stats.isDirectory()) {
    readFolder(reading, path);
  } else {
    readFile(reading, path);
  }
}

function readFolder(reading: Reading, folder: string): void {
  const { files, unreadable } = findManifests(resolve(reading.cwd, folder), PASSING);
  // Not normalized: messages name the folder as the user did.
  const named = (path: string): string => (path === '' || folder.endsWith('/') ? folder : `${folder}/`) + path;
  for (const { path, error } of unreadable) complain(reading, named(path), reasonOf(error));
  if (files.length + unreadable.length === 0) {
    complain(reading, folder, 'no policy file found (expected files ending in .yaml, .yml or .json)');
  }
  for (const path of files) readFile(reading, named(path));
}

function readFile(reading: Reading, file: string): void {
  const absolute = resolve(reading.cwd, file);
  const text = attempt(reading, file, () => {
    const real = realPath(absolute);
    if (reading.seen.has(real)) return undefined;
    reading.seen.add(real);
    return readText(absolute);
  });
  if (text !== undefined) reading.sources.push({ file, text });
}

/** A pipe, such as the `<(…)` of a shell, has no real path. */
function realPath(path: string): string {
  return statSync(path).isFIFO() ? path : realpathSync(path);
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
    complain(reading, path, reasonOf(error));
    return undefined;
  }
}

function complain(reading: Reading, file: string, message: string): void {
  reading.problems.push({ file, line: 0, column: 0, message });
}

/** The path relative to `cwd` where it is below it, as a user would write it. */
function shortened(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}
