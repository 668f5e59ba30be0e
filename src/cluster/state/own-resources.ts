// The objects of our own kinds in the cluster, and with the resources of files what is in force. A new set takes the place of
// the old one in one step, and is made before: a review is judged by one of the two.
import type { OwnKind } from '../../resources/kind.ts';
import { type Snapshot, withAwaitedKinds, withObjects } from '../../resources/snapshot.ts';
import { StoredObjects } from './stored-objects.ts';

/** Changes are gathered for this long after the first of them, and taken in together. */
const GATHER_MS = 50;
/** After a set that took long to make, the wait is this many times as long: about a tenth of the time goes into making sets... */
const SPARE = 10;
/** ...but it is never longer than this. */
const MOST_MS = 500;

export interface OwnResourcesListener {
  /** Another set of policies is in force, or the verdict on an object has changed. */
  onSnapshot(snapshot: Snapshot, before: Snapshot): void;
  /** An object changed in nothing that anything depends on: its status, most likely. */
  onTouched(kind: OwnKind, key: string): void;
  /** A bug of ours: the former set stays in force. */
  onFault(fault: unknown): void;
}

/** Holds the objects of all our own kinds, and makes a snapshot of every change. */
export class OwnResources {
  /** Where the watch of each kind brings its objects. */
  readonly objects: ReadonlyMap<OwnKind, StoredObjects>;
  readonly #listener: OwnResourcesListener;
  #snapshot: Snapshot;
  #timer: NodeJS.Timeout | undefined;
  #tookMs = 0;

  /** @param open the snapshot to begin with: what files say is in force whatever the cluster holds */
  constructor(kinds: readonly OwnKind[], open: Snapshot, listener: OwnResourcesListener) {
    this.#snapshot = open;
    this.#listener = listener;
    // A list is taken in at once: the server counts as ready once the first one is in force.
    const changes = { onListed: () => this.#apply(), onChanged: () => this.#applySoon() };
    this.objects = new Map(
      kinds.map((kind) => [
        kind,
        new StoredObjects(kind, { ...changes, onTouched: (key) => listener.onTouched(kind, key) }),
      ]),
    );
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Takes in of which kinds the API server is not told yet. */
  useAwaitedKinds(kinds: ReadonlySet<string>): void {
    const before = this.#snapshot;
    this.#snapshot = withAwaitedKinds(before, kinds);
    this.#listener.onSnapshot(this.#snapshot, before);
  }

  /** Drops the changes that were not taken in yet. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #applySoon(): void {
    this.#timer ??= setTimeout(
      () => {
        try {
          this.#apply();
        } catch (fault) {
          this.#listener.onFault(fault);
        }
      },
      Math.min(MOST_MS, Math.max(GATHER_MS, this.#tookMs * SPARE)),
    );
  }

  #apply(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const start = performance.now();
    const before = this.#snapshot;
    let next = before;
    for (const [kind, objects] of this.objects) {
      // Only a whole list can tell which objects there are not.
      if (objects.isListed) next = withObjects(next, kind, objects.all);
    }
    this.#snapshot = next;
    this.#tookMs = performance.now() - start;
    this.#listener.onSnapshot(next, before);
  }
}
