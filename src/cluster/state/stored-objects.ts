// The objects of one of our kinds, as the watch has them.
import { type JsonObject, ownField, stringField } from '../../model/json.ts';
import type { PolicyObject } from '../../resources/snapshot.ts';
import { type Listing, nameOf, type Sink } from '../watch/sink.ts';

export interface StoredObjectsListener {
  /** A complete list is there. */
  onListed(): void;
  /** An object is new or gone, or its spec changed. */
  onChanged(): void;
  /** An object changed in nothing that anything depends on: its status, most likely. */
  onTouched(name: string): void;
}

export class StoredObjects implements Sink {
  readonly #listener: StoredObjectsListener;
  #objects = new Map<string, PolicyObject>();
  #isListed = false;

  constructor(listener: StoredObjectsListener) {
    this.#listener = listener;
  }

  get count(): number {
    return this.#objects.size;
  }

  /** True from the first complete list on. */
  get isListed(): boolean {
    return this.#isListed;
  }

  /** All there are. */
  get all(): readonly PolicyObject[] {
    return [...this.#objects.values()];
  }

  /** The object as it was last seen. */
  get(name: string): PolicyObject | undefined {
    return this.#objects.get(name);
  }

  begin(): Listing {
    const next = new Map<string, PolicyObject>();
    return {
      add: (object) => {
        const stored = storedObject(object);
        if (stored) next.set(stored.name, stored);
      },
      commit: () => {
        this.#objects = next;
        this.#isListed = true;
        this.#listener.onListed();
      },
    };
  }

  put(object: JsonObject): void {
    const stored = storedObject(object);
    if (!stored) return;
    const known = this.#objects.get(stored.name);
    this.#objects.set(stored.name, stored);
    if (known && known.uid === stored.uid && known.generation === stored.generation) {
      this.#listener.onTouched(stored.name);
    } else {
      this.#listener.onChanged();
    }
  }

  remove(object: JsonObject): void {
    const name = nameOf(object);
    if (name !== undefined && this.#objects.delete(name)) this.#listener.onChanged();
  }
}

/** Undefined for what is no object of Kubernetes. */
function storedObject(document: JsonObject): PolicyObject | undefined {
  const name = nameOf(document);
  if (name === undefined) return undefined;
  const metadata = ownField(document, 'metadata');
  const generation = ownField(metadata, 'generation');
  return {
    name,
    uid: stringField(metadata, 'uid') ?? '',
    // An object without one is of no API server that we know; taken as new each time, it is at least never missed.
    generation: typeof generation === 'number' ? generation : Number.NaN,
    document,
    status: ownField(document, 'status'),
  };
}
