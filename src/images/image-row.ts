// One row of an identity table, made ready to match: and how two rows stand to each other.
import type { SemVer } from 'semver';
import { compileGlob, globCovers, globsIntersect, isGlob } from '../model/glob.ts';
import type { ImageRow } from './identity.ts';
import { type ImageReference, isDigest, parseImage, qualify, tagColon } from './image-reference.ts';
import {
  compileTagPattern,
  type TagPattern,
  tagMatches,
  tagPatternCovers,
  tagPatternsIntersect,
} from './tag-pattern.ts';

/** A row that can match something. */
export interface CompiledRow {
  /** Where it stands in the policy. */
  readonly index: number;
  readonly row: ImageRow;
  /** The repository with what docker leaves out put in, or the pattern for it. */
  readonly image: string;
  /** Absent where `image` is plain. */
  readonly imageMatches?: (repository: string) => boolean;
  readonly tags?: TagPattern;
  readonly digest?: string;
}

/** Makes a row ready; a problem where it could never match. */
export function compileRow(row: ImageRow, index: number): { compiled: CompiledRow } | { problem: string } {
  const image = normaliseImage(row.image);
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

/** True where tag and digest match, and so does a pattern for the image. A plain image is looked up beforehand. */
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

/** True where two rows are written alike, but for what they give. */
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

/** Undefined where no repository can match. A pattern that begins with a star is for any registry and stays as it is. */
function normaliseImage(image: string): string | undefined {
  if (image !== image.toLowerCase() || image.includes('@') || tagColon(image) >= 0) return undefined;
  // A digit in place of every star makes a valid reference of every pattern that some valid repository matches.
  if (parseImage(image.replaceAll(/[*?]/g, '0')) === undefined) return undefined;
  // Every repository has a slash behind its registry.
  if (isWithinOneSegment(image)) return undefined;
  if (image.startsWith('*')) return image.replaceAll(/\*{3,}/g, '**');
  const { registry, path } = qualify(image);
  return `${registry}/${path}`.replaceAll(/\*{3,}/g, '**');
}

/** True for a pattern such as `*` or `*app`, whose star is for one registry or one part of a path. */
function isWithinOneSegment(image: string): boolean {
  return image.startsWith('*') && !image.includes('/') && !image.includes('**');
}

function imageProblem(image: string): string {
  const said = `image "${image}" can match nothing`;
  if (image.includes('@')) return `${said}: it holds a digest; put the digest in digest`;
  if (tagColon(image) >= 0) return `${said}: it holds a tag; put the tag in tags`;
  if (image !== image.toLowerCase()) return `${said}: write it in lower case, as repositories are`;
  if (isWithinOneSegment(image)) return `${said}: "*" does not stand for "/"; write "**" for any registry and path`;
  return `${said}: it is neither a repository nor a pattern for one`;
}
