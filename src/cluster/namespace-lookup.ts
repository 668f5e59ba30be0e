// The labels and annotations of a namespace that the watch does not have yet: pods follow their namespace within milliseconds. The API
// server is asked for that one, and the review waits for it; not for long, and not if it was asked a moment ago.

import { annotationsOfNamespaceObject, labelsOfNamespaceObject } from '../kubernetes/namespace.ts';
import type { StringMap } from '../kubernetes/pod.ts';
import { ownField, stringField } from '../model/json.ts';
import { ApiError, reasonOf } from './api/api-error.ts';
import type { ApiClient } from './api/client.ts';
import type { LookupOutcome } from './outcomes.ts';
import { NAMESPACES } from './watch/resource.ts';

/** For how long what was found are not asked for again. The watch normally brings them sooner. */
const KNOWN_MS = 5000;
/** For how long they are used after that: a review that did not have to wait for them must still find them when it is decided. */
const GRACE_MS = 5000;
/** For how long a namespace that was not found is not asked for again: it may have been created since. */
const UNKNOWN_MS = 1000;
const MOST_KEPT = 1000;
/** Namespaces asked for at a time, and reviews that wait for them. */
const MOST_ASKED = 50;
const MOST_WAITING = 500;
/** As long as a validating review waits, which waits longest. */
const TIMEOUT_MS = 1000;
const NOT_FOUND = 404;

interface Found {
  readonly labels: StringMap;
  readonly annotations: StringMap;
}

interface Kept {
  readonly found: Found | undefined;
  readonly until: number;
}

/** Looks up single namespaces, a bounded number at a time. */
export class NamespaceLookup {
  readonly #client: ApiClient;
  readonly #onOutcome: (outcome: LookupOutcome, problem?: string) => void;
  readonly #kept = new Map<string, Kept>();
  readonly #asked = new Map<string, Promise<void>>();
  #waiting = 0;
  #annotations: ReadonlySet<string> = new Set();

  constructor(client: ApiClient, onOutcome: (outcome: LookupOutcome, problem?: string) => void) {
    this.#client = client;
    this.#onOutcome = onOutcome;
  }

  /** What was found a moment ago. */
  labelsOf(namespace: string): StringMap | undefined {
    return this.#found(namespace)?.labels;
  }

  /** What was found a moment ago of the annotations that are asked for. */
  annotationsOf(namespace: string): StringMap | undefined {
    return this.#found(namespace)?.annotations;
  }

  /** Which annotations to keep from now on. What was found before may lack them, and is forgotten. */
  keepAnnotations(keys: ReadonlySet<string>): void {
    this.#annotations = keys;
    this.#kept.clear();
  }

  /** Resolves once the answer is there, or after `timeoutMs`. Undefined where it was asked a moment ago, or may not be now. */
  ask(namespace: string, timeoutMs: number): Promise<void> | undefined {
    const kept = this.#kept.get(namespace);
    if (kept && kept.until > performance.now()) return undefined;
    let asked = this.#asked.get(namespace);
    if (this.#waiting >= MOST_WAITING || (!asked && this.#asked.size >= MOST_ASKED)) {
      this.#onOutcome('refused');
      return undefined;
    }
    if (!asked) {
      asked = this.#find(namespace).finally(() => this.#asked.delete(namespace));
      this.#asked.set(namespace, asked);
    }
    return this.#wait(asked, timeoutMs);
  }

  /** The watch has it, or knows that it is gone. */
  forget(namespace: string): void {
    this.#kept.delete(namespace);
  }

  #found(namespace: string): Found | undefined {
    const kept = this.#kept.get(namespace);
    return kept && kept.until + GRACE_MS > performance.now() ? kept.found : undefined;
  }

  async #wait(asked: Promise<void>, timeoutMs: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#waiting++;
    await Promise.race([asked, late]);
    this.#waiting--;
    clearTimeout(timer);
  }

  /** Never rejects. */
  async #find(namespace: string): Promise<void> {
    const path = `${NAMESPACES.path}/${encodeURIComponent(namespace)}`;
    let found: Found | undefined;
    try {
      const object = await this.#client.json({ path, timeoutMs: TIMEOUT_MS, signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (stringField(ownField(object, 'metadata'), 'name') !== namespace)
        throw new ApiError('the answer is another object');
      found = {
        labels: labelsOfNamespaceObject(namespace, object),
        annotations: annotationsOfNamespaceObject(object, this.#annotations),
      };
      this.#onOutcome('found');
    } catch (error) {
      if (error instanceof ApiError && error.status === NOT_FOUND) this.#onOutcome('absent');
      else this.#onOutcome('failed', reasonOf(error));
    }
    this.#keep(namespace, { found, until: performance.now() + (found ? KNOWN_MS : UNKNOWN_MS) });
  }

  #keep(namespace: string, kept: Kept): void {
    // Last in the order of the map, whose first is thrown out where there are too many.
    this.#kept.delete(namespace);
    this.#kept.set(namespace, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) return;
      this.#kept.delete(oldest);
    }
  }
}
