// Patterns for repositories, as rows and lists of images have them: `ghcr.io/acme/**`, `nginx`, `**/kagent/app`.
import { compileGlob, isGlob } from '../model/glob.ts';
import { parseImage, qualify, tagColon } from './image-reference.ts';

/** Why no repository can match a pattern. */
export type PatternFault = 'digest' | 'tag' | 'case' | 'one-segment' | 'form';

/**
 * The pattern with what Docker implies filled in; one that begins with `*` is for any registry. Undefined where no repository
 * can match, which {@link patternFault} explains.
 */
export function normalisePattern(image: string): string | undefined {
  if (patternFault(image) !== undefined) return undefined;
  if (image.startsWith('*')) return image.replaceAll(/\*{3,}/g, '**');
  const { registry, path } = qualify(image);
  return `${registry}/${path}`.replaceAll(/\*{3,}/g, '**');
}

/** Why no repository can match the pattern; undefined where one can. */
export function patternFault(image: string): PatternFault | undefined {
  if (image.includes('@')) return 'digest';
  if (tagColon(image) >= 0) return 'tag';
  if (image !== image.toLowerCase()) return 'case';
  // Every repository has a slash behind its registry.
  if (image.startsWith('*') && !image.includes('/') && !image.includes('**')) return 'one-segment';
  // If some valid repository matches the pattern, then the pattern with a digit for every wildcard is valid too.
  return parseImage(image.replaceAll(/[*?]/g, '0')) === undefined ? 'form' : undefined;
}

/** A list of patterns, compiled: the first one, as it was written, that a repository matches, or undefined. */
export type FirstMatch = (repository: string) => string | undefined;

/** Makes the matcher of a list. Patterns that can match nothing are left out. */
export function compilePatterns(patterns: readonly string[]): FirstMatch {
  const plain = new Map<string, string>();
  const globs: { readonly written: string; readonly matches: (repository: string) => boolean }[] = [];
  for (const written of patterns) {
    const image = normalisePattern(written);
    if (image === undefined) continue;
    if (isGlob(image)) globs.push({ written, matches: compileGlob(image) });
    else plain.set(image, written);
  }
  return (repository) => plain.get(repository) ?? globs.find(({ matches }) => matches(repository))?.written;
}
