// A patch as it is sent, and as words for the audit log. Pods of one template get the same patch again and again, and
// putting it into words costs more than making it: what was said of a patch is remembered.
import type { PatchOperation } from '../engine/diff.ts';
import { injectedFields } from './injected.ts';

export interface PatchText {
  /** Base64 of the JSON. */
  readonly encoded: string;
  /** The length of the JSON in bytes. */
  readonly bytes: number;
  /** `spec.securityContext.runAsUser=1000, …`. */
  readonly fields: string;
}

/** Longer ones belong to objects of many containers, which are rare; one with Docker in it has 5,000. */
const LONGEST_REMEMBERED = 16_384;
/** Of all that is remembered, in characters of JSON; with the base64 of it, some ten megabytes. */
const MOST_REMEMBERED = 4_000_000;
const remembered = new Map<string, PatchText>();
let total = 0;

/** The patch as text, or undefined for an empty one: the API server takes that for no patch at all. */
export function patchText(patch: readonly PatchOperation[]): PatchText | undefined {
  if (patch.length === 0) return undefined;
  const json = JSON.stringify(patch);
  const known = remembered.get(json);
  if (known) return known;
  const bytes = Buffer.from(json);
  const text = { encoded: bytes.toString('base64'), bytes: bytes.length, fields: injectedFields(patch) };
  if (json.length <= LONGEST_REMEMBERED) remember(json, text);
  return text;
}

/** Of a Map the first key is the oldest; that a hot one goes now and then does not matter. */
function remember(json: string, text: PatchText): void {
  for (const oldest of remembered.keys()) {
    if (total + json.length <= MOST_REMEMBERED) break;
    remembered.delete(oldest);
    total -= oldest.length;
  }
  remembered.set(json, text);
  total += json.length;
}
