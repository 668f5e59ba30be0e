// Where each value of a template comes from, from the template as it was sent and every change that was made to it since.
import jsonpatch from 'fast-json-patch';
import { pathOfTokens } from '../../kubernetes/field-path.ts';
import { isJsonObject, type JsonObject, ownField } from '../../model/json.ts';
import { patchBetween } from '../diff.ts';

/** Where a value comes from. */
export type Origin =
  | { readonly from: 'manifest' }
  /** Copied from the object around the template, such as the annotation of a Sandbox. */
  | { readonly from: 'object' }
  | { readonly from: 'policy'; readonly policy: string; readonly fillIn: string }
  | { readonly from: 'capability'; readonly capability: string; readonly implementation: string };

/** A value, or everything below a place, that has one origin. */
export interface OriginAt {
  /** As field paths are written, inside the template. */
  readonly path: string;
  readonly keys: readonly string[];
  readonly value: unknown;
  readonly origin: Origin;
  /** What the manifest has there, where that was replaced. */
  readonly replaced?: unknown;
}

const MANIFEST: Origin = { from: 'manifest' };
const OBJECT: Origin = { from: 'object' };

/** A JSON value in which a number stands for every leaf: the index of its origin. */
type Mirror = number | { [key: string]: Mirror } | Mirror[];

/** The origins of the values of one template, while it is filled in. */
export class Origins {
  readonly #origins: Origin[] = [MANIFEST];
  /** By the JSON pointer of what was replaced. */
  readonly #replaced = new Map<string, unknown>();
  #mirror: Mirror;
  #current: JsonObject;

  /** @param sent the template as it stands in the manifest */
  constructor(sent: JsonObject) {
    this.#mirror = mirrorOf(sent, 0);
    this.#current = sent;
  }

  /** The template was changed by `origin`. */
  change(before: JsonObject, after: JsonObject, origin: Origin): void {
    this.end(before);
    this.#apply(before, after, origin);
    this.#current = after;
  }

  /** The template as it is now: what has changed since the last change that was told is of the object around it. */
  end(end: JsonObject): void {
    this.#apply(this.#current, end, OBJECT);
    this.#current = end;
  }

  /**
   * Every value that is not of the manifest, where it stands in the end: field by field, and entries of lists as a whole where all of
   * an entry has one origin.
   */
  added(): readonly OriginAt[] {
    const found: OriginAt[] = [];
    this.#collect(this.#mirror, this.#current, [], false, found);
    return found;
  }

  /** The origin of what stands at these keys in the end; undefined where several have a part in it, or nothing stands there. */
  at(keys: readonly (string | number)[]): Origin | undefined {
    let mirror: Mirror | undefined = this.#mirror;
    for (const key of keys) {
      if (mirror === undefined || typeof mirror === 'number') break;
      mirror = Array.isArray(mirror) ? mirror[Number(key)] : ownMember(mirror, String(key));
    }
    const only = mirror === undefined ? undefined : onlyOrigin(mirror);
    return only === undefined ? undefined : this.#origins[only];
  }

  #apply(before: JsonObject, after: JsonObject, origin: Origin): void {
    const patch = patchBetween(before, after);
    if (patch.length === 0) return;
    const index = this.#origins.push(origin) - 1;
    for (const operation of patch) {
      if (operation.op === 'replace' && !this.#replaced.has(operation.path)) {
        this.#replaced.set(operation.path, jsonpatch.getValueByPointer(before, operation.path));
      }
      const mirrored = 'value' in operation ? { ...operation, value: mirrorOf(operation.value, index) } : operation;
      this.#mirror = jsonpatch.applyOperation(this.#mirror, mirrored, false, true).newDocument;
    }
  }

  #collect(mirror: Mirror, value: unknown, keys: readonly string[], isEntry: boolean, found: OriginAt[]): void {
    const only = onlyOrigin(mirror);
    if (only === 0) return;
    const origin = only === undefined ? undefined : this.#origins[only];
    if (origin && (isEntry || typeof mirror === 'number' || isListOfScalars(mirror))) {
      const pointer = keys.map((key) => `/${jsonpatch.escapePathComponent(key)}`).join('');
      const replaced = this.#replaced.get(pointer);
      found.push({ path: pathOfTokens(keys), keys, value, origin, ...(replaced !== undefined && { replaced }) });
      return;
    }
    if (typeof mirror === 'number') return;
    const isList = Array.isArray(mirror);
    for (const [key, member] of Object.entries(mirror)) {
      this.#collect(member, memberOf(value, key), [...keys, key], isList, found);
    }
  }
}

function ownMember(mirror: { readonly [key: string]: Mirror }, key: string): Mirror | undefined {
  return Object.hasOwn(mirror, key) ? mirror[key] : undefined;
}

function memberOf(value: unknown, key: string): unknown {
  return Array.isArray(value) ? (value as readonly unknown[])[Number(key)] : ownField(value, key);
}

function isListOfScalars(mirror: Mirror): boolean {
  return Array.isArray(mirror) && mirror.every((member) => typeof member === 'number');
}

function mirrorOf(value: unknown, index: number): Mirror {
  if (Array.isArray(value)) return value.map((member: unknown) => mirrorOf(member, index));
  if (!isJsonObject(value)) return index;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries.map(([key, member]) => [key, mirrorOf(member, index)]));
}

/** The one origin of all that is below; undefined where there are several, or nothing is below. */
function onlyOrigin(mirror: Mirror): number | undefined {
  if (typeof mirror === 'number') return mirror;
  let only: number | undefined;
  for (const member of Object.values(mirror)) {
    const below = onlyOrigin(member);
    // An empty list or object is of whoever has what is beside it.
    if (below === undefined && !isEmpty(member)) return undefined;
    if (below === undefined) continue;
    if (only !== undefined && only !== below) return undefined;
    only = below;
  }
  return only;
}

function isEmpty(mirror: Mirror): boolean {
  return typeof mirror !== 'number' && Object.keys(mirror).length === 0;
}
