// The objects of one of our own kinds, as the watch has them.
import { type JsonObject, ownField, stringField } from '../../model/json.ts';
import { keyOf, namesOf, type OwnKind } from '../../resources/kind.ts';
import { keptVersionOf } from '../../resources/last-accepted.ts';
import type { StoredObject } from '../../resources/snapshot.ts';
import type { Listing, Sink } from '../watch/sink.ts';

export interface StoredObjectsListener {
  /** A complete list is there. */
  onListed(): void;
  /** An object is new or gone, its spec changed, or its status keeps another version that is to be in force instead. */
  onChanged(): void;
  /** An object changed in nothing that anything depends on: its status, most likely. */
  onTouched(key: string): void;
}

/** Where the watch of one of our own kinds brings its objects. */
export class StoredObjects implements Sink {
  readonly #scope: OwnKind['scope'];
  readonly #listener: StoredObjectsListener;
  #objects = new Map<string, StoredObject>();
  #isListed = false;

  constructor({ scope }: Pick<OwnKind, 'scope'>, listener: StoredObjectsListener) {
    this.#scope = scope;
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
  get all(): readonly StoredObject[] {
    return [...this.#objects.values()];
  }

  /** The object as it was last seen. */
  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  begin(): Listing {
    const next = new Map<string, StoredObject>();
    return {
      add: (object) => {
        const stored = storedObject(object, this.#scope);
        if (stored) next.set(keyOf(stored), stored);
      },
      commit: () => {
        this.#objects = next;
        this.#isListed = true;
        this.#listener.onListed();
      },
    };
  }

  put(object: JsonObject): void {
    const stored = storedObject(object, this.#scope);
    if (!stored) return;
    const key = keyOf(stored);
    const known = this.#objects.get(key);
    this.#objects.set(key, stored);
    if (known && isSameVersion(known, stored)) {
      this.#listener.onTouched(key);
    } else {
      this.#listener.onChanged();
    }
  }

  remove(object: JsonObject): void {
    const stored = storedObject(object, this.#scope);
    if (stored && this.#objects.delete(keyOf(stored))) this.#listener.onChanged();
  }
}

/** True where neither the spec has changed nor what the status keeps of earlier versions. */
function isSameVersion(known: StoredObject, stored: StoredObject): boolean {
  if (known.uid !== stored.uid || known.generation !== stored.generation) return false;
  const [before, kept] = [keptVersionOf(known), keptVersionOf(stored)];
  return before?.generation === kept?.generation && before?.spec === kept?.spec;
}

/** Undefined for what has no name, and so is not an object of Kubernetes. */
function storedObject(document: JsonObject, scope: OwnKind['scope']): StoredObject | undefined {
  const { name, namespace } = namesOf(document);
  if (name === '') return undefined;
  const metadata = ownField(document, 'metadata');
  const generation = ownField(metadata, 'generation');
  return {
    name,
    ...(scope === 'Namespaced' && { namespace: namespace ?? '' }),
    uid: stringField(metadata, 'uid') ?? '',
    // Every API server sets it. An object without one counts as changed each time, so that no change is missed.
    generation: typeof generation === 'number' ? generation : Number.NaN,
    document,
    status: ownField(document, 'status'),
  };
}
