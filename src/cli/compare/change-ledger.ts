// What a comparison keeps: objects that change alike share an entry, where they are of one controller or one object of many requests.
import { type Change, type Changed, changesBetween } from '../../report/shapes/comparison.ts';
import type { Result } from '../../report/shapes/result.ts';
import { findingKey, keptPlaces, SharedFindings } from '../audit/compact.ts';
import type { Owner } from '../audit/owners.ts';

interface Kept {
  readonly from: Result;
  readonly to: Result;
  readonly changes: readonly Change[];
  count: number;
}

/** Compares results in pairs. Its size grows with what changes. */
export class ChangeLedger {
  readonly #kept = new Map<string, Kept>();
  readonly #findings = new SharedFindings();
  readonly #counts: Record<Change, number> = zeros();
  #judged = 0;

  /** How many pairs were judged by at least one of the two. */
  get judged(): number {
    return this.#judged;
  }

  get counts(): Readonly<Record<Change, number>> {
    return this.#counts;
  }

  get changed(): readonly Changed[] {
    return [...this.#kept.values()];
  }

  /** @param name what the object is called among those of its controller; of requests, with the operation */
  add(from: Result, to: Result, owner: Owner | undefined, name: string): void {
    if (from.verdict === 'skipped' && to.verdict === 'skipped') return;
    this.#judged++;
    const changes = changesBetween(from, to);
    if (changes.length === 0) return;
    for (const change of changes) this.#counts[change]++;
    const { apiVersion, kind, namespace } = to.object;
    const key = JSON.stringify([apiVersion, kind, namespace, owner?.ref ?? name, changes, saidOf(from), saidOf(to)]);
    const known = this.#kept.get(key);
    if (known) known.count++;
    else this.#kept.set(key, { from: this.#small(from, owner), to: this.#small(to, owner), changes, count: 1 });
  }

  /** Without the object; what is filled in stays. */
  #small(result: Result, owner: Owner | undefined): Result {
    const findings = this.#findings.of(result.findings);
    return { ...result, findings, ...(owner && { owner: owner.ref }), placeOf: keptPlaces(result) };
  }
}

function zeros(): Record<Change, number> {
  return {
    newlyDenied: 0,
    newlyAllowed: 0,
    newlyWarned: 0,
    deniedFurther: 0,
    filledInDifferently: 0,
    noLongerJudged: 0,
  };
}

function saidOf({ verdict, findings, patch }: Result): string {
  return JSON.stringify([verdict, findings.map(findingKey), patch]);
}
