// One row of an identity table, compiled; and how two rows relate: which goes first, overlap, one covering the other.
import type { SemVer } from 'semver';
import { compileGlob, globCovers, globsIntersect, isGlob } from '../model/glob.ts';
import type { ImageRow } from './identity.ts';
import { normalisePattern, patternFault } from './image-pattern.ts';
import { type ImageReference, isDigest } from './image-reference.ts';
import {
  compileTagPattern,
  type TagPattern,
  tagMatches,
  tagPatternCovers,
  tagPatternsIntersect,
} from './tag-pattern.ts';

/** A row that at least one image can match. */
export interface CompiledRow {
  /** Its index in the policy's list. */
  readonly index: number;
  readonly row: ImageRow;
  /** The repository with what Docker implies filled in, or a pattern for it. */
  readonly image: string;
  /** Absent where `image` is plain. */
  readonly imageMatches?: (repository: string) => boolean;
  readonly tags?: TagPattern;
  readonly digest?: string;
}

/** Compiles a row; returns a problem, in words, where it could never match. */
export function compileRow(row: ImageRow, index: number): { compiled: CompiledRow } | { problem: string } {
  const image = normalisePattern(row.image);
  if (image === undefined) return { problem: imageProblem(row.image) };
  if (row.digest !== undefined && !isDigest(row.digest)) {
    return { problem: `digest "${row.digest}" can match nothing: it must be sha256: and 64 lower-case hex digits` };
  }
  const tags = row.tags === undefined ? undefined : compileTagPattern(row.tags);
  if (tags !== undefined && 'problem' in tags) return tags;
  return {
    compiled: {
      index,
      row,
      image,
      ...(isGlob(image) ? { imageMatches: compileGlob(image) } : {}),
      ...(tags === undefined ? {} : { tags: tags.pattern }),
      ...(row.digest === undefined ? {} : { digest: row.digest }),
    },
  };
}

/**
 * True where the tag, the digest and the pattern of a row match a reference.
 * @param reference one whose repository is the row's, where the row names a plain image: callers look those up by repository
 * @param version what the reference's tag says, for rows with a range of versions
 */
export function rowMatches(row: CompiledRow, reference: ImageReference, version: SemVer | undefined): boolean {
  if (row.digest !== undefined && row.digest !== reference.digest) return false;
  if (row.tags !== undefined && (reference.tag === undefined || !tagMatches(row.tags, reference.tag, version))) {
    return false;
  }
  return row.imageMatches === undefined || row.imageMatches(reference.repository);
}

/**
 * Negative where `a` is the more specific row and wins, positive where `b` is, 0 where neither: by digest, exact tag,
 * tag pattern, plain image, image pattern; then a plain image before a pattern, the longer image, the longer tags.
 */
export function compareRows(a: CompiledRow, b: CompiledRow): number {
  return (
    rank(a) - rank(b) ||
    Number(isPattern(a)) - Number(isPattern(b)) ||
    b.image.length - a.image.length ||
    (b.tags?.text.length ?? 0) - (a.tags?.text.length ?? 0)
  );
}

function rank(row: CompiledRow): number {
  if (row.digest !== undefined) return 0;
  if (row.tags !== undefined) return row.tags.kind === 'exact' ? 1 : 2;
  return isPattern(row) ? 4 : 3;
}

function isPattern(row: CompiledRow): boolean {
  return row.imageMatches !== undefined;
}

/** True where two rows match exactly the same images, because they are written alike. */
export function sameRow(a: CompiledRow, b: CompiledRow): boolean {
  return a.image === b.image && a.tags?.text === b.tags?.text && a.digest === b.digest;
}

/** True where some image may match both rows. */
export function rowsIntersect(a: CompiledRow, b: CompiledRow): boolean {
  if (a.digest !== undefined && b.digest !== undefined && a.digest !== b.digest) return false;
  if (!imagesIntersect(a, b)) return false;
  return a.tags === undefined || b.tags === undefined || tagPatternsIntersect(a.tags, b.tags);
}

/** True where every image that matches `narrow` is sure to match `wide`. */
export function rowCovers(wide: CompiledRow, narrow: CompiledRow): boolean {
  if (wide.digest !== undefined && wide.digest !== narrow.digest) return false;
  if (wide.tags !== undefined && (narrow.tags === undefined || !tagPatternCovers(wide.tags, narrow.tags))) return false;
  return isPattern(wide) ? globCovers(wide.image, narrow.image) : wide.image === narrow.image;
}

function imagesIntersect(a: CompiledRow, b: CompiledRow): boolean {
  if (a.imageMatches && b.imageMatches) return globsIntersect(a.image, b.image);
  if (a.imageMatches) return a.imageMatches(b.image);
  return b.imageMatches ? b.imageMatches(a.image) : a.image === b.image;
}

function imageProblem(image: string): string {
  const said = `image "${image}" can match nothing`;
  switch (patternFault(image)) {
    case 'digest':
      return `${said}: it holds a digest; put the digest in digest`;
    case 'tag':
      return `${said}: it holds a tag; put the tag in tags`;
    case 'case':
      return `${said}: write it in lower case, as repositories are`;
    case 'one-segment':
      return `${said}: "*" does not stand for "/"; write "**" for any registry and path`;
    case 'form':
    case undefined:
      return `${said}: it is neither a repository nor a pattern for one`;
  }
}
