// What a response says beside whose it is, and the text of it. Pods of one template are answered alike again and again, and
// putting an answer into words costs more than finding it: what was said is remembered.
import type { PatchOperation } from '../engine/diff.ts';
import { sameJson } from '../model/json.ts';
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

interface Said {
  readonly patch: unknown;
  readonly encoded: Encoded;
}

/** Longer ones belong to objects of many containers, which are rare; one with Docker in it has 5,000. */
const LONGEST_REMEMBERED = 16_384;
/** Of those that differ in the patch alone. Looked through one by one, those that come often first. */
const MOST_ALIKE = 32;
/** Of all that is remembered, in characters of answers; some ten megabytes. */
const MOST_REMEMBERED = 2_000_000;
const remembered = new Map<string, Said[]>();
let total = 0;

/**
 * What was said of this patch, or else is said now.
 * @param about all that the answer depends on beside the patch
 */
export function answerOnce(about: string, patch: readonly PatchOperation[], say: () => Encoded): Encoded {
  const alike = remembered.get(about) ?? [];
  for (const [index, said] of alike.entries()) {
    if (!sameJson(said.patch, patch)) continue;
    moveForward(alike, index);
    return said.encoded;
  }
  const encoded = say();
  // A copy: nothing is to be kept of an object that is long gone.
  const copy: unknown = encoded.text.length <= LONGEST_REMEMBERED ? JSON.parse(JSON.stringify(patch)) : undefined;
  if (copy) remember(about, alike, { patch: copy, encoded });
  return encoded;
}

function moveForward(alike: Said[], index: number): void {
  const [before, said] = [alike[index - 1], alike[index]];
  if (before && said) [alike[index - 1], alike[index]] = [said, before];
}

function remember(about: string, alike: Said[], said: Said): void {
  if (alike.length === MOST_ALIKE) total -= alike.pop()?.encoded.text.length ?? 0;
  total += said.encoded.text.length;
  if (total > MOST_REMEMBERED) {
    remembered.clear();
    alike.length = 0;
    total = said.encoded.text.length;
  }
  alike.push(said);
  remembered.set(about, alike);
}
