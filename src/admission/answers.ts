// What a response says beside whose it is, and the text of it. Pods of one template are answered alike again and again, and
// putting an answer into words costs more than finding it: what was said is remembered.
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

/** All that an answer depends on. */
export interface Basis {
  /** Verdict and policies. */
  readonly about: string;
  /** Who is answered, where the answer names them; empty where it does not. */
  readonly names: readonly string[];
  readonly patch: readonly PatchOperation[];
  readonly findings: readonly Finding[];
  /** The sentences it is to pass on. */
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
}

interface Said {
  /** As it came: nothing that is decided on is ever changed. No longer than the answer, so that not much is kept by it. */
  readonly basis: Basis;
  readonly encoded: Encoded;
  readonly size: number;
}

/** Longer ones belong to objects of many containers, which are rare; one with Docker in it has 5,000. */
const LONGEST_REMEMBERED = 16_384;
const CHARACTERS_PER_FIELD = 100;
/** Of those that are about the same. Looked through one by one, those that come often first. */
const MOST_ALIKE = 32;
/** Of all that is remembered, in characters; some ten megabytes. */
const MOST_REMEMBERED = 2_000_000;
const remembered = new Map<string, Said[]>();
let total = 0;

/** What was said on this basis, or else is said now. */
export function answerOnce(basis: Basis, say: () => Encoded): Encoded {
  const alike = remembered.get(basis.about) ?? [];
  for (const [index, said] of alike.entries()) {
    if (!isSame(said.basis, basis)) continue;
    moveForward(alike, index);
    return said.encoded;
  }
  const encoded = say();
  const size = Math.max(encoded.text.length, wordsIn(basis));
  if (size <= LONGEST_REMEMBERED) remember(alike, basis, encoded, size);
  return encoded;
}

/** About how long all that is said in it is, but for the patch: a message can be short because most of it was left out. */
function wordsIn({ names, findings, warnings, errors }: Basis): number {
  let length = 0;
  for (const texts of [names, warnings, errors]) for (const text of texts) length += text.length;
  for (const { detail, fields } of findings) length += detail.length + fields.length * CHARACTERS_PER_FIELD;
  return length;
}

function isSame(known: Basis, basis: Basis): boolean {
  return (
    areSame(known.names, basis.names) &&
    areSame(known.patch, basis.patch) &&
    areSame(known.findings, basis.findings) &&
    areSame(known.warnings, basis.warnings) &&
    areSame(known.errors, basis.errors)
  );
}

function areSame(known: readonly unknown[], list: readonly unknown[]): boolean {
  return known.length === list.length && (list.length === 0 || sameJson(known, list));
}

function moveForward(alike: Said[], index: number): void {
  const [before, said] = [alike[index - 1], alike[index]];
  if (before && said) [alike[index - 1], alike[index]] = [said, before];
}

function remember(alike: Said[], basis: Basis, encoded: Encoded, size: number): void {
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
