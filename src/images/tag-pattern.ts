// The `tags` of an image row: one tag, a pattern, or a semver range.
import { type Range, type SemVer, subset } from 'semver';
import { compileGlob, globCovers, globsIntersect, isGlob } from '../model/glob.ts';
import { isTag } from './image-reference.ts';
import { parseTagRange, rangesIntersect } from './image-version.ts';

/** A compiled pattern. `text` is what the author wrote. */
export type TagPattern =
  | { readonly kind: 'exact'; readonly text: string }
  | { readonly kind: 'glob'; readonly text: string; readonly matches: (tag: string) => boolean }
  | { readonly kind: 'range'; readonly text: string; readonly range: Range };

/** Compiles the `tags` of a row; returns a problem, in words, where no tag could ever match. */
export function compileTagPattern(text: string): { pattern: TagPattern } | { problem: string } {
  // Ranges first: they may contain stars (`1.* || 2.*`), while tags contain neither spaces nor bars.
  if (isRange(text)) {
    const parsed = parseTagRange(text);
    if ('problem' in parsed) return { problem: `tags "${text}" can match nothing: ${parsed.problem}` };
    return { pattern: { kind: 'range', text, range: parsed.range } };
  }
  // If some valid tag matches the pattern, then the pattern with a digit for every wildcard is a valid tag too.
  if (!isTag(text.replaceAll(/[*?]/g, '0'))) {
    return { problem: `tags "${text}" can match nothing: it is not a tag, a pattern of tags or a semver range` };
  }
  return { pattern: isGlob(text) ? { kind: 'glob', text, matches: compileGlob(text) } : { kind: 'exact', text } };
}

function isRange(text: string): boolean {
  return /^[<>=^~]/.test(text) || text.includes(' ') || text.includes('||');
}

/**
 * True where a tag matches.
 * @param version what {@link import('./image-version.ts').versionOfTag} reads in the tag; only ranges look at it
 */
export function tagMatches(pattern: TagPattern, tag: string, version: SemVer | undefined): boolean {
  switch (pattern.kind) {
    case 'exact':
      return pattern.text === tag;
    case 'glob':
      return pattern.matches(tag);
    case 'range':
      return version !== undefined && pattern.range.test(version);
  }
}

/** True where some tag may match both. A pattern and a range are taken to overlap, since that cannot be decided in general. */
export function tagPatternsIntersect(a: TagPattern, b: TagPattern): boolean {
  if (a.kind === 'range' && b.kind === 'range') return rangesIntersect(a.range, b.range);
  if (a.kind === 'range' || b.kind === 'range') return true;
  return globsIntersect(a.text, b.text);
}

/** True where every tag that matches `narrow` is sure to match `wide`. */
export function tagPatternCovers(wide: TagPattern, narrow: TagPattern): boolean {
  if (wide.kind === 'range' && narrow.kind === 'range') {
    return subset(narrow.range, wide.range, { includePrerelease: true });
  }
  if (wide.kind === 'range' || narrow.kind === 'range') return false;
  return globCovers(wide.text, narrow.text);
}
