// The last version of an object that was accepted, kept in the status of the object: a server that starts while the newest version
// is not accepted knows it from there. Why there: docs/decisions/0013-last-accepted-version-in-status.md.
import { byteLength } from '../model/bytes.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../model/json.ts';
import type { StoredObject } from './record.ts';

/** Its field of a status. */
export const LAST_ACCEPTED = 'lastAccepted';

/**
 * A longer spec is not kept. The object holds it twice then, and an annotation of kubectl can be 256 KiB more, which is to stay below
 * the 1.5 MiB that etcd stores.
 */
export const MOST_KEPT_BYTES = 512 * 1024;

/** A version that was accepted. */
export class AcceptedVersion {
  readonly uid: string;
  readonly generation: number;
  readonly #apiVersion: string;
  readonly #spec: unknown;
  #text: string | undefined;

  constructor({ uid, generation, document }: Pick<StoredObject, 'uid' | 'generation' | 'document'>) {
    this.uid = uid;
    this.generation = generation;
    this.#apiVersion = stringField(document, 'apiVersion') ?? '';
    this.#spec = ownField(document, 'spec');
  }

  /**
   * What is written into the field of a status: null, which deletes it, where the version is not to be kept; undefined where the field
   * is to stay as it is.
   * @param generation that of the object
   */
  over(existing: unknown, generation: number): JsonObject | null | undefined {
    const kept = keptIn(existing, this.uid);
    // Another replica has seen more of the object. What claims to be newer than the object itself was written by nobody of ours.
    if (kept && kept.generation > this.generation && kept.generation <= generation) return undefined;
    this.#text ??= JSON.stringify(this.#spec) ?? '';
    const text = this.#text;
    const { uid, generation: accepted } = this;
    if (kept && kept.generation === accepted && kept.apiVersion === this.#apiVersion && kept.spec === text) {
      // One text instead of two that are equal.
      this.#text = kept.spec;
      return undefined;
    }
    if (byteLength(text) > MOST_KEPT_BYTES) return existing === undefined ? undefined : null;
    return { uid, generation: accepted, apiVersion: this.#apiVersion, spec: text };
  }
}

/** A version as a status keeps it. */
export interface KeptVersion {
  readonly generation: number;
  readonly apiVersion: string;
  /** The JSON of it. A text is stored as it was written: no definition of the kind prunes it, and no patch merges it. */
  readonly spec: string;
}

/**
 * The version that the status of an object keeps, where it can be of use: an earlier one of this object. Whatever else stands there,
 * such as what a backup wrote into an object that was made again, is nothing.
 */
export function keptVersionOf({ uid, generation, status }: StoredObject): KeptVersion | undefined {
  const kept = keptIn(ownField(status, LAST_ACCEPTED), uid);
  return kept && kept.generation < generation ? kept : undefined;
}

/** The object as it was in that version; undefined where that is not JSON. */
export function objectInVersion(
  object: StoredObject,
  { generation, apiVersion, spec }: KeptVersion,
): StoredObject | undefined {
  try {
    const document = { ...object.document, apiVersion, spec: JSON.parse(spec) as unknown };
    return { ...object, generation, document };
  } catch {
    return undefined;
  }
}

function keptIn(field: unknown, uid: string): KeptVersion | undefined {
  if (!isJsonObject(field) || stringField(field, 'uid') !== uid) return undefined;
  const generation = ownField(field, 'generation');
  const apiVersion = stringField(field, 'apiVersion');
  const spec = stringField(field, 'spec');
  if (typeof generation !== 'number' || !Number.isSafeInteger(generation)) return undefined;
  return apiVersion === undefined || spec === undefined ? undefined : { generation, apiVersion, spec };
}
