// A cache of responses without their uid, as objects and as JSON. Pods made from one template are answered alike again and
// again, and writing an answer costs more than deciding it.
import type { PatchOperation } from '../engine/diff.ts';
import type { Finding } from '../model/finding.ts';
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

/** All that an answer depends on: the key of the cache. */
export interface Basis {
  /** Verdict and policies. */
  readonly about: string;
  /** Who is answered, where the answer names them; empty where it does not. */
  readonly names: readonly string[];
  readonly patch: readonly PatchOperation[];
  readonly findings: readonly Finding[];
  /** The decision's own warnings. */
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
}

interface Remembered {
  /** Not copied: no object that was decided on is changed. `size` bounds what it keeps in memory. */
  readonly basis: Basis;
  readonly encoded: Encoded;
  readonly size: number;
}

/** Longer ones belong to objects of many containers, which are rare; one with Docker in it has 5,000. */
const LONGEST_REMEMBERED = 16_384;
const CHARACTERS_PER_FIELD = 100;
const CHARACTERS_PER_ENTRY = 10;
/** With the same `about`. They are compared one after the other, those that come often first. */
const MOST_ALIKE = 32;
/** The sum of all sizes, in characters; some ten megabytes. */
const MOST_REMEMBERED = 2_000_000;
const remembered = new Map<string, Remembered[]>();
let total = 0;

/** The answer on this basis: the remembered one, or what `encode` makes. */
export function answerOnce(basis: Basis, encode: () => Encoded): Encoded {
  const alike = remembered.get(basis.about) ?? [];
  for (const [index, known] of alike.entries()) {
    if (!isSame(known.basis, basis)) continue;
    moveForward(alike, index);
    return known.encoded;
  }
  const encoded = encode();
  const size = Math.max(encoded.text.length, sizeOfBasis(basis));
  if (size <= LONGEST_REMEMBERED) remember(alike, basis, encoded, size);
  return encoded;
}

/** About how many characters the basis holds, but for the patch, which the answer holds too; a message can have been cut. */
function sizeOfBasis({ names, findings, warnings, errors }: Basis): number {
  let length = 0;
  for (const texts of [names, warnings, errors]) for (const text of texts) length += text.length;
  for (const { detail, fields } of findings) {
    length += detail.length + fields.length * CHARACTERS_PER_FIELD;
    for (const { value } of fields) length += sizeOfValue(value);
  }
  return length;
}

/** About how many characters a value holds, counted no further than what is remembered. Without recursion. */
function sizeOfValue(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let size = 0;
  const pending: unknown[] = [value];
  while (pending.length > 0 && size <= LONGEST_REMEMBERED) {
    const one = pending.pop();
    if (typeof one === 'string') size += one.length;
    if (typeof one !== 'object' || one === null) continue;
    // Its keys alone at first: it can have a million members.
    const count = Array.isArray(one) ? one.length : Object.keys(one).length;
    size += count * CHARACTERS_PER_ENTRY;
    if (size > LONGEST_REMEMBERED) break;
    for (const [key, member] of Object.entries(one)) {
      size += key.length;
      pending.push(member);
    }
  }
  return size;
}

/** What differs most often, and costs least to compare, comes first. */
function isSame(known: Basis, basis: Basis): boolean {
  return (
    areSame(known.names, basis.names) &&
    areSame(known.warnings, basis.warnings) &&
    areSame(known.errors, basis.errors) &&
    areSame(known.patch, basis.patch) &&
    areSame(known.findings, basis.findings)
  );
}

function areSame(known: readonly unknown[], list: readonly unknown[]): boolean {
  return known.length === list.length && (list.length === 0 || sameJson(known, list));
}

function moveForward(alike: Remembered[], index: number): void {
  const [before, known] = [alike[index - 1], alike[index]];
  if (before && known) [alike[index - 1], alike[index]] = [known, before];
}

function remember(alike: Remembered[], basis: Basis, encoded: Encoded, size: number): void {
  if (alike.length === MOST_ALIKE) total -= alike.pop()?.size ?? 0;
  total += size;
  if (total > MOST_REMEMBERED) {
    remembered.clear();
    alike.length = 0;
    total = size;
  }
  alike.push({ basis, encoded, size });
  remembered.set(basis.about, alike);
}
