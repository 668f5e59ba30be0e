// What a workload asks for: the names of capability classes in its annotation.
import { ownField } from '../model/json.ts';
import { CAPABILITIES_ANNOTATION } from '../model/names.ts';
import { quoteShort } from './quote.ts';

/** The names asked for, and what is wrong with the way they were asked for. */
export interface Requested {
  /** Trimmed, lower case, each once, in the order they were written. */
  readonly names: readonly string[];
  /** Begins with a code for machines: `capability_required: …`. */
  readonly problem: string | undefined;
}

/** More than any pod needs: each costs a look-up. */
const MOST_NAMES = 16;
/** Sixteen names of 63 characters, with room for blanks. */
const MOST_CHARACTERS = 2048;

const NOTHING: Requested = Object.freeze({ names: Object.freeze([]), problem: undefined });

/**
 * Reads the annotation `sandgate.dev/capabilities`. An annotation without a word in it asks for nothing.
 * @param annotations those of a pod template or of the object around it, of whatever type
 */
export function requestedClasses(annotations: unknown): Requested {
  const text = ownField(annotations, CAPABILITIES_ANNOTATION);
  if (text === undefined || text === null) return NOTHING;
  if (typeof text !== 'string') return { names: [], problem: 'capability_required: the annotation is not text' };
  if (text.length > MOST_CHARACTERS) {
    return { names: [], problem: `too_many_capabilities: more than ${MOST_CHARACTERS} characters` };
  }
  if (text.trim() === '') return NOTHING;
  const parts = text.split(',').map((part) => asciiLowerCase(part.trim()));
  const names = [...new Set(parts)].filter((name) => name !== '');
  if (names.length < new Set(parts).size) {
    return { names, problem: `capability_required: a name is empty in ${quoteShort(text)}` };
  }
  if (names.length <= MOST_NAMES) return { names, problem: undefined };
  return { names: [], problem: `too_many_capabilities: ${names.length} are asked for, at most ${MOST_NAMES} can be` };
}

/** What two annotations ask for together, as on a Sandbox and on its pod template. */
export function bothRequested(a: Requested, b: Requested): Requested {
  if (b === NOTHING) return a;
  if (a === NOTHING) return b;
  return { names: [...new Set([...a.names, ...b.names])], problem: a.problem ?? b.problem };
}

/** `toLowerCase` turns the Kelvin sign into a k: a name that only looks like one of ours must not become it. */
function asciiLowerCase(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
