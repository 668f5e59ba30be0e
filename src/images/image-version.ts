// Image tags as semantic versions. Registries have no rules for tags, so this reads what people write: `v0.10.0-rc3`, `1.2.3`.
import { intersects, parse, Range, type SemVer } from 'semver';

/** Ranges treat prereleases like other versions: `>=0.10.0-rc.3` is meant to match `0.11.0-alpha.1`. */
const OPTIONS = { includePrerelease: true };
const EVERY_VERSION = new Range('*', OPTIONS);

const VERSION = /^v?([0-9]+\.[0-9]+\.[0-9]+)(?:-([0-9A-Za-z.-]+))?$/;
const VERSION_SUFFIX = /([0-9])-([0-9A-Za-z.-]+)/g;
const IDENTIFIER = /^([a-z]*)([0-9]*)$/;

/** The words that mark a prerelease. Any other word after the number names a variant of the image. */
const PRERELEASE_WORDS: ReadonlySet<string> = new Set(
  'a alpha b beta c rc cr m milestone ea pre prerelease preview dev snapshot nightly canary next insiders'.split(' '),
);

/**
 * The version a tag names; undefined where it names none: `latest`, `1.2`, and every *variant*, such as `0.10.1-full`,
 * `1.2.3-alpine` and `0.10.0-rc3-full`. A variant is another image beside the version, often with another user:
 * kagent's `golang-adk` runs as 65532 and its `-full` images as 1001. Semver would call `-full` a prerelease, and the
 * range for the plain images would then give the variants the wrong user; so no range matches a variant.
 */
export function versionOfTag(tag: string): SemVer | undefined {
  const [, numbers, suffix] = VERSION.exec(tag) ?? [];
  if (numbers === undefined) return undefined;
  if (suffix === undefined) return parse(numbers) ?? undefined;
  // A number alone (`1.2.3-1`) is as often a packager's build number as a prerelease.
  if (/^[0-9]/.test(suffix)) return undefined;
  const { identifiers, variant } = readSuffix(suffix);
  return variant === undefined ? (parse(`${numbers}-${identifiers}`) ?? undefined) : undefined;
}

/** A semver range over tags, or what is wrong with it. */
export type TagRange = { readonly range: Range } | { readonly problem: string };

/** Reads a range, its prereleases in the same way as those of tags: `>=0.10.0-rc3` is `>=0.10.0-rc.3`. */
export function parseTagRange(text: string): TagRange {
  let variant: string | undefined;
  const spelled = text.replaceAll(VERSION_SUFFIX, (_, digit: string, suffix: string) => {
    const read = readSuffix(suffix);
    variant ??= read.variant;
    return `${digit}-${read.identifiers}`;
  });
  if (variant !== undefined) {
    return { problem: `"${variant}" is not a prerelease and ranges match no variants: use a pattern such as *-full` };
  }
  const range = spelled.trim() === '' ? undefined : rangeOrUndefined(spelled);
  if (range === undefined) return { problem: 'it is not a semver range' };
  if (!intersects(range, EVERY_VERSION, OPTIONS)) return { problem: 'no version lies in the range' };
  return { range };
}

/**
 * A bound such as the 0.10.0 of `<0.10.0` below which prereleases of that very version lie in the range, which authors
 * tend to forget: 0.10.0-rc.3 is less than 0.10.0. Undefined where there is none.
 */
export function boundWithPrereleases(range: Range): string | undefined {
  for (const comparator of range.set.flat()) {
    if (comparator.operator === '<' && comparator.semver.prerelease.length === 0) return comparator.semver.version;
  }
  return undefined;
}

/** True where some version lies in both ranges. */
export function rangesIntersect(a: Range, b: Range): boolean {
  return intersects(a, b, OPTIONS);
}

interface Suffix {
  /** As semver separates them: `rc.3`. */
  readonly identifiers: string;
  /** The first part that does not belong to a prerelease. */
  readonly variant?: string;
}

/**
 * What follows the dash, its letters split from the digits behind them. Semver compares `rc10` and `rc9` as words, and
 * would put `rc10` first; as `rc.10` and `rc.9` they compare as numbers.
 */
function readSuffix(suffix: string): Suffix {
  const identifiers: string[] = [];
  for (const part of suffix.toLowerCase().split(/[.-]/)) {
    const [, word = '', digits = ''] = IDENTIFIER.exec(part) ?? [];
    if (word === '' && digits === '') return { identifiers: suffix, variant: part === '' ? suffix : part };
    if (word !== '' && !PRERELEASE_WORDS.has(word)) return { identifiers: suffix, variant: part };
    if (word !== '') identifiers.push(word);
    if (digits !== '') identifiers.push(digits.replace(/^0+(?=[0-9])/, ''));
  }
  return { identifiers: identifiers.join('.') };
}

function rangeOrUndefined(text: string): Range | undefined {
  try {
    return new Range(text, OPTIONS);
  } catch {
    return undefined;
  }
}
