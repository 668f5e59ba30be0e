// The verdicts on the objects of one kind, by key, and which of them are news.
import { keyOf } from '../resources/kind.ts';
import type { Verdict } from '../resources/snapshot.ts';

export interface VerdictsListener {
  /** On an object that is new, or that there is something else to say of than before. */
  onNews(verdict: Verdict): void;
  /** The object is gone. */
  onGone(key: string): void;
}

/** Holds the verdicts of one kind, and tells of new ones. */
export class Verdicts {
  readonly #listener: VerdictsListener;
  #byKey: ReadonlyMap<string, Verdict> = new Map();

  constructor(listener: VerdictsListener) {
    this.#listener = listener;
  }

  get keys(): Iterable<string> {
    return this.#byKey.keys();
  }

  get(key: string): Verdict | undefined {
    return this.#byKey.get(key);
  }

  /** How many objects are not in force as written. */
  get refused(): number {
    return [...this.#byKey.values()].filter((verdict) => !verdict.accepted).length;
  }

  /** Takes the place of all that there were. */
  replace(verdicts: readonly Verdict[]): void {
    const former = this.#byKey;
    this.#byKey = new Map(verdicts.map((verdict) => [keyOf(verdict), verdict]));
    for (const key of former.keys()) if (!this.#byKey.has(key)) this.#listener.onGone(key);
    for (const [key, verdict] of this.#byKey) if (isNews(verdict, former.get(key))) this.#listener.onNews(verdict);
  }
}

/** Of a version that was accepted before and still is, only the warnings can differ: whether what it refers to is there. */
function isNews(verdict: Verdict, former: Verdict | undefined): boolean {
  // The same object as long as nothing changes.
  if (verdict === former) return false;
  const isSameVersion = former?.uid === verdict.uid && former.observedGeneration === verdict.observedGeneration;
  return !(isSameVersion && former.accepted && verdict.accepted);
}
