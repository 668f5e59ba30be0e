// What a response says beside whose it is, and the text of it. Pods of one template are answered alike again and again, and
// putting an answer into words costs more than finding it: what was said is remembered.
import type { AdmissionResponse } from './review.ts';

/** A response to any review that is decided alike. */
export type Answer = Omit<AdmissionResponse, 'uid'>;

export interface Encoded {
  readonly answer: Answer;
  /** The JSON of the answer. */
  readonly text: string;
  /** The length of the patch before base64; 0 where there is none. */
  readonly patchBytes: number;
}

/** Longer ones belong to objects of many containers, which are rare; one with Docker in it has 5,000. */
const LONGEST_REMEMBERED = 16_384;
/** Of all that is remembered, in characters of keys; with all that is said for them, some ten megabytes. */
const MOST_REMEMBERED = 2_000_000;
const remembered = new Map<string, Encoded>();
let total = 0;

/** What was said for this key, or else is said now. The key must hold all that the answer depends on. */
export function answerOnce(key: string, say: () => Encoded): Encoded {
  const known = remembered.get(key);
  if (known) return known;
  const encoded = say();
  if (key.length <= LONGEST_REMEMBERED) remember(key, encoded);
  return encoded;
}

/** Of a Map the first key is the oldest; that a hot one goes now and then does not matter. */
function remember(key: string, encoded: Encoded): void {
  for (const oldest of remembered.keys()) {
    if (total + key.length <= MOST_REMEMBERED) break;
    remembered.delete(oldest);
    total -= oldest.length;
  }
  remembered.set(key, encoded);
  total += key.length;
}
