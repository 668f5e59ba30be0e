// The last state of objects, as earlier events of the log have it: an update is judged beside what it replaces, and no event has
// that. Only the newest are kept, up to a size.
import type { JsonObject } from '../../model/json.ts';

/** In characters of the lines that the objects came in. */
const MOST = 24 * 1024 * 1024;

interface Known {
  readonly object: JsonObject;
  readonly size: number;
}

export class LastKnown {
  readonly #most: number;
  /** In the order in which they were seen. */
  readonly #byKey = new Map<string, Known>();
  #size = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  get(key: string): JsonObject | undefined {
    return this.#byKey.get(key)?.object;
  }

  put(key: string, object: JsonObject, size: number): void {
    this.delete(key);
    this.#byKey.set(key, { object, size });
    this.#size += size;
    for (const oldest of this.#byKey.keys()) {
      if (this.#size <= this.#most) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const known = this.#byKey.get(key);
    if (!known) return;
    this.#size -= known.size;
    this.#byKey.delete(key);
  }
}
