// The identity table of a policy: which user an image runs as. Built once when the policy is loaded, and consulted for every
// container of every request.

import { remembered } from '../model/remembered.ts';
import type { ImageRow, ImageUsers, RuntimeUser } from './identity.ts';
import { parseImage } from './image-reference.ts';
import {
  type CompiledRow,
  compareRows,
  compileRow,
  rowCovers,
  rowMatches,
  rowsIntersect,
  sameRow,
} from './image-row.ts';
import { boundWithPrereleases, versionOfTag } from './image-version.ts';

/** The user that an image runs as. */
export interface ImageUser extends RuntimeUser {
  /** The row that says so; absent for the policy's default. Fields that a row leaves open have the policy's values. */
  readonly row?: ImageRow;
}

/** The compiled table of a policy. */
export interface ImageTable {
  /** The user of the most specific row that matches, else the policy's default, else undefined. */
  find(image: string | null | undefined): ImageUser | undefined;
}

/** What is wrong with a row of the table. */
export interface ImageTableProblem {
  /** Its index in `images`. */
  readonly row: number;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** A table, and the problems of the rows that it was made from. */
export interface CompiledImageTable {
  readonly table: ImageTable;
  readonly problems: readonly ImageTableProblem[];
}

/** A row, its place in the order of precedence, and the user it stands for. */
interface Entry {
  readonly order: number;
  readonly compiled: CompiledRow;
  readonly user: ImageUser;
}

/** Entries in order of precedence. */
interface Entries {
  readonly entries: Entry[];
  /** Whether some of them have a range of versions, so that tags have to be parsed. */
  ranges: boolean;
}

/**
 * Compiles the table of an identity section. Rows with errors are left out; of two that conflict, the one with precedence
 * stays.
 * @returns the table, and every problem in the order of the rows: errors, and warnings about what an author may not have meant
 */
export function compileImageTable(identity: ImageUsers): CompiledImageTable {
  const problems: ImageTableProblem[] = [];
  const rows: CompiledRow[] = [];
  for (const [index, row] of (identity.images ?? []).entries()) {
    const result = compileRow(row, index);
    if ('problem' in result) {
      problems.push({ row: index, message: result.problem, severity: 'error' });
      continue;
    }
    rows.push(result.compiled);
    const message = warning(result.compiled);
    if (message !== undefined) problems.push({ row: index, message, severity: 'warning' });
  }
  const used: CompiledRow[] = [];
  for (const row of rows.sort((a, b) => compareRows(a, b) || a.index - b.index)) {
    const message = conflict(row, used);
    if (message === undefined) used.push(row);
    else problems.push({ row: row.index, message, severity: 'error' });
  }
  return { table: tableOf(used, identity), problems: problems.sort((a, b) => a.row - b.row) };
}

/** Why a row conflicts with one that takes precedence over it, or undefined. */
function conflict(row: CompiledRow, before: readonly CompiledRow[]): string | undefined {
  for (const other of before) {
    if (sameRow(other, row)) return `images[${row.index}] repeats images[${other.index}]`;
    if (compareRows(other, row) === 0) {
      if (!rowsIntersect(other, row)) continue;
      return (
        `images[${other.index}] and images[${row.index}] match the same images equally well; ` +
        'make one of them more specific, or join them'
      );
    }
    if (rowCovers(other, row)) {
      return `images[${row.index}] is never used: images[${other.index}] matches all of its images and takes precedence`;
    }
  }
  return undefined;
}

/** A warning about what the author may not have meant, or undefined. */
function warning({ tags }: CompiledRow): string | undefined {
  const bound = tags?.kind === 'range' ? boundWithPrereleases(tags.range) : undefined;
  if (bound === undefined) return undefined;
  return `tags "${tags?.text}" also matches the prereleases of ${bound}; write <${bound}-0 to leave them out`;
}

function tableOf(rows: readonly CompiledRow[], identity: ImageUsers): ImageTable {
  const byRepository = new Map<string, Entries>();
  const patterns: Entries = { entries: [], ranges: false };
  for (const [order, compiled] of rows.entries()) {
    const target = compiled.imageMatches ? patterns : bucket(byRepository, compiled.image);
    target.entries.push({ order, compiled, user: userOfRow(compiled.row, identity) });
    target.ranges ||= compiled.tags?.kind === 'range';
  }
  const otherwise = defaultUser(identity);

  const answer = remembered(search);

  function find(image: string | null | undefined): ImageUser | undefined {
    return image ? answer(image) : otherwise;
  }

  function search(image: string): ImageUser | undefined {
    const reference = parseImage(image);
    if (reference === undefined) return otherwise;
    const plain = byRepository.get(reference.repository);
    const ranges = patterns.ranges || plain?.ranges === true;
    const version = ranges && reference.tag !== undefined ? versionOfTag(reference.tag) : undefined;
    const best = plain?.entries.find((entry) => rowMatches(entry.compiled, reference, version));
    for (const entry of patterns.entries) {
      if (best && entry.order > best.order) break;
      if (rowMatches(entry.compiled, reference, version)) return entry.user;
    }
    return best?.user ?? otherwise;
  }
  return { find };
}

function bucket(buckets: Map<string, Entries>, repository: string): Entries {
  let entries = buckets.get(repository);
  if (entries === undefined) {
    entries = { entries: [], ranges: false };
    buckets.set(repository, entries);
  }
  return entries;
}

/** A row's user. The group goes with the user, so it is the row's alone; fields of the whole pod fall back to the policy's. */
function userOfRow(row: ImageRow, identity: ImageUsers): ImageUser {
  const fsGroup = row.fsGroup ?? identity.fsGroup;
  const fsGroupChangePolicy = row.fsGroupChangePolicy ?? identity.fsGroupChangePolicy;
  return {
    runAsUser: row.runAsUser,
    ...(row.runAsGroup === undefined ? {} : { runAsGroup: row.runAsGroup }),
    ...(fsGroup === undefined ? {} : { fsGroup }),
    ...(fsGroupChangePolicy === undefined ? {} : { fsGroupChangePolicy }),
    row,
  };
}

function defaultUser(identity: ImageUsers): ImageUser | undefined {
  const { runAsUser, runAsGroup, fsGroup, fsGroupChangePolicy } = identity;
  if (runAsUser === undefined) return undefined;
  return {
    runAsUser,
    ...(runAsGroup === undefined ? {} : { runAsGroup }),
    ...(fsGroup === undefined ? {} : { fsGroup }),
    ...(fsGroupChangePolicy === undefined ? {} : { fsGroupChangePolicy }),
  };
}
