// The IsolationPolicies and CapabilityClasses of the cluster, and with the files below them the policies in force. A new set
// takes the place of the old one in one step, and is made before: a review is judged by one of the two.
import type { PolicySet } from '../../policy/policy.ts';
import { openBook, type PolicyBook, withClasses, withObjects } from '../../resources/snapshot.ts';
import { StoredObjects } from './stored-objects.ts';

/** Changes that come together are taken in together; the first of them waits for this long. */
const GATHER_MS = 50;
/** However fast they change, only about a tenth of the time goes into making sets of policies... */
const SPARE = 10;
/** ...as long as a change does not wait for longer than this for the one before it. */
const MOST_MS = 500;

export interface PoliciesListener {
  /** Another set of policies is in force, or the verdict on an object has changed. */
  onBook(book: PolicyBook, before: PolicyBook): void;
  /** A policy changed in nothing that anything depends on: its status, most likely. */
  onTouched(name: string): void;
  /** The same of a class. */
  onClassTouched(name: string): void;
  /** A bug of ours: the former set stays in force. */
  onFault(fault: unknown): void;
}

export class Policies {
  /** Where the watch of IsolationPolicies brings them. */
  readonly objects: StoredObjects;
  /** Where the watch of CapabilityClasses brings them. */
  readonly classes: StoredObjects;
  readonly #listener: PoliciesListener;
  #book: PolicyBook;
  #timer: NodeJS.Timeout | undefined;
  #tookMs = 0;

  constructor(floor: PolicySet, listener: PoliciesListener) {
    this.#book = openBook(floor);
    this.#listener = listener;
    // A list at once: from the first one on, what is in it has to be in force.
    const changes = { onListed: () => this.#apply(), onChanged: () => this.#applySoon() };
    this.objects = new StoredObjects({ ...changes, onTouched: (name) => listener.onTouched(name) });
    this.classes = new StoredObjects({ ...changes, onTouched: (name) => listener.onClassTouched(name) });
  }

  get book(): PolicyBook {
    return this.#book;
  }

  /** What has not been taken in yet is not any more. */
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
    const before = this.#book;
    // Which classes there are not, only a whole list of them can tell.
    const classed = this.classes.isListed ? withClasses(before, this.classes.all) : before;
    this.#book = withObjects(classed, this.objects.all);
    this.#tookMs = performance.now() - start;
    this.#listener.onBook(this.#book, before);
  }
}
