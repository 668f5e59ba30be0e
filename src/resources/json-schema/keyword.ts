// What a keyword of JSON Schema is here.
import type { Visit } from './visit.ts';

/**
 * Holds the value of a visit against what stands under the keyword, and reports what is wrong. Most keywords say nothing
 * of a value of another type than theirs.
 */
export type Keyword = (visit: Visit, expected: unknown) => void;

/** Keywords by name. */
export type Keywords = Readonly<Record<string, Keyword>>;
