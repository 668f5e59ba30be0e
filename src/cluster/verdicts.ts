// The verdicts on the objects of one kind, by name, and which of them are news.
import type { PolicyVerdict } from '../resources/snapshot.ts';

export interface VerdictsListener {
  /** On an object that is new, or that there is something else to say of than before. */
  onNews(verdict: PolicyVerdict): void;
  /** The object is gone. */
  onGone(name: string): void;
}

export class Verdicts {
  readonly #listener: VerdictsListener;
  #byName: ReadonlyMap<string, PolicyVerdict> = new Map();

  constructor(listener: VerdictsListener) {
    this.#listener = listener;
  }

  get all(): Iterable<PolicyVerdict> {
    return this.#byName.values();
  }

  get(name: string): PolicyVerdict | undefined {
    return this.#byName.get(name);
  }

  /** How many objects are not in force as written. */
  get refused(): number {
    return [...this.#byName.values()].filter((verdict) => !verdict.accepted).length;
  }

  /** Takes the place of all that there were. */
  replace(verdicts: readonly PolicyVerdict[]): void {
    const former = this.#byName;
    this.#byName = new Map(verdicts.map((verdict) => [verdict.name, verdict]));
    for (const name of former.keys()) if (!this.#byName.has(name)) this.#listener.onGone(name);
    for (const [name, verdict] of this.#byName) if (isNews(verdict, former.get(name))) this.#listener.onNews(verdict);
  }
}

/** Of a version that was accepted before and still is, only the doubts can be others: whether what it names is there. */
function isNews(verdict: PolicyVerdict, former: PolicyVerdict | undefined): boolean {
  // The same object as long as nothing changes.
  if (verdict === former) return false;
  const isSameVersion = former?.uid === verdict.uid && former.observedGeneration === verdict.observedGeneration;
  return !(isSameVersion && former.accepted && verdict.accepted);
}
