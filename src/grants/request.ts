// The classes that a workload asks for: the names in its annotation.
import { ownField } from '../model/json.ts';
import { CAPABILITIES_ANNOTATION } from '../model/names.ts';
import { quoteShort } from './quote.ts';

/** The names in an annotation, and what is wrong with it. */
export interface Requested {
  /** Trimmed, lower case, each once, in the order they were written. */
  readonly names: readonly string[];
  /** Begins with a code for machines: `capability_required: …`. Undefined where the annotation is fine. */
  readonly problem: string | undefined;
}

/** More than any pod needs. Each name may cost a look-up in the API server. */
const MOST_NAMES = 16;
/** Sixteen names of 63 characters, with room for spaces. */
const MOST_CHARACTERS = 2048;

const NOTHING: Requested = Object.freeze({ names: Object.freeze([]), problem: undefined });

/**
 * Reads the annotation `sandgate.dev/capabilities`. A blank annotation asks for nothing.
 * @param annotations those of a pod template or of the object around it, of whatever type
 */
export function requestedClasses(annotations: unknown): Requested {
  const text = ownField(annotations, CAPABILITIES_ANNOTATION);
  if (text === undefined || text === null) return NOTHING;
  if (typeof text !== 'string') return { names: [], problem: 'capability_required: the annotation is not a string' };
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
  return {
    names: [],
    problem: `too_many_capabilities: ${names.length} classes are requested, at most ${MOST_NAMES} can be`,
  };
}

/** What two annotations ask for together, as on a Sandbox and on its pod template. */
export function bothRequested(a: Requested, b: Requested): Requested {
  if (b === NOTHING) return a;
  if (a === NOTHING) return b;
  return { names: [...new Set([...a.names, ...b.names])], problem: a.problem ?? b.problem };
}

/** ASCII only: `toLowerCase` turns the Kelvin sign (U+212A) into a `k`, and a look-alike name must not become a real one. */
function asciiLowerCase(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
