// Lists of names and patterns, of which nearly no text is one.
import { compileGlob, isGlob } from './glob.ts';

type Matches = (text: string) => boolean;

/** Up to here comparing a text with each name costs less than looking it up, for which a text that has just arrived is hashed. */
const FEW = 4;

const OPEN = /^[*?]/;
const ASCII = 128;

/**
 * Makes what tells whether a text is one of these names, or matches one of the patterns among them. Most texts begin as none of
 * them does, and are dismissed by that.
 */
export function oneOf(patterns: readonly string[]): Matches {
  /** Those that say nothing about how a text begins. */
  const open = matchersOf(patterns.filter((pattern) => pattern === '' || OPEN.test(pattern)));
  const byBeginning = Map.groupBy(
    patterns.filter((pattern) => pattern !== '' && !OPEN.test(pattern)),
    (pattern) => pattern.charCodeAt(0),
  );
  const beginnings = new Map([...byBeginning].map(([code, those]) => [code, matchersOf(those)]));
  const ascii = Array.from({ length: ASCII }, (_, code) => beginnings.get(code));
  return (text) => {
    const code = text.charCodeAt(0);
    const beginning = code < ASCII ? ascii[code] : beginnings.get(code);
    if (beginning !== undefined) for (const matches of beginning) if (matches(text)) return true;
    for (const matches of open) if (matches(text)) return true;
    return false;
  };
}

function matchersOf(patterns: readonly string[]): readonly Matches[] {
  const names = patterns.filter((pattern) => !isGlob(pattern));
  const globs = patterns.filter(isGlob).map(compileGlob);
  return names.length === 0 ? globs : [matcherOfNames(names), ...globs];
}

function matcherOfNames(names: readonly string[]): Matches {
  if (names.length > FEW) {
    const set = new Set(names);
    return (text) => set.has(text);
  }
  return (text) => {
    for (const name of names) if (name === text) return true;
    return false;
  };
}
