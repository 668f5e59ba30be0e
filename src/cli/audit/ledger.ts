// What an audit keeps of the objects that it has judged: one result for each controller and each object that stands alone. Every
// pod is judged as it runs. What is said of a pod goes without saying where it is said of its controller; otherwise the pods of one
// controller that come out alike share a result. So an owner reference, which anybody can write, hides nothing.

import type { Gap } from '../../library/offline/gaps/gaps.ts';
import type { InputObject } from '../../library/offline/objects.ts';
import { ownField, stringField } from '../../model/json.ts';
import { checkKey, type PodCounts, type Result } from '../../report/shapes/result.ts';
import { compact, findingKey, isSaidBy, SharedFindings } from './compact.ts';
import { controllerOf, type Owned, type Owner, Owners } from './owners.ts';

/** Pods of one controller that came out alike. */
interface Alike {
  readonly result: Result;
  pods: number;
}

interface Kept extends Owned {
  readonly result: Result;
  /** True for one that makes no pods: a ReplicaSet of an old revision. */
  readonly isIdle: boolean;
  /** Those of its pods that go without saying. */
  running: number;
  denied: number;
  readonly byCheck: Map<string, number>;
}

/** How pods are reported. */
export interface LedgerOptions {
  /** True where each pod has a result of its own. */
  readonly eachPod: boolean;
}

/** Gathers results. Its size grows with how many objects there are and what is found in them, not with how large they are. */
export class Ledger {
  readonly #eachPod: boolean;
  readonly #order: (Kept | Result)[] = [];
  readonly #owners = new Owners<Kept>();
  /** By controller, and then by what is said. */
  readonly #pods = new Map<string, { readonly owner: Owner; readonly groups: Map<string, Alike> }>();
  readonly #gaps = new Map<string, { readonly gap: Gap; count: number }>();
  readonly #findings = new SharedFindings();
  #judged = 0;

  constructor({ eachPod }: LedgerOptions) {
    this.#eachPod = eachPod;
  }

  /** How many objects were added. */
  get count(): number {
    return this.#judged;
  }

  add({ kind, value }: InputObject, result: Result, gaps: readonly Gap[]): void {
    this.#judged++;
    for (const gap of gaps) this.#addGap(gap);
    const unchecked = gaps.filter(({ isNote }) => !isNote).map(({ message }) => message);
    const own = unchecked.filter((message) => !result.warnings.includes(message));
    const findings = this.#findings.of(result.findings);
    const kept: Result = { ...compact(result), findings, ...(own.length > 0 && { unchecked: own }) };
    const owner = controllerOf(value, result.object.namespace);
    if (kind.group === '' && kind.kind === 'Pod') this.#addPod(kept, owner);
    else this.#addOther(value, kept, owner);
  }

  #addPod(result: Result, owner: Owner | undefined): void {
    const isAlone = !owner || this.#eachPod;
    if (isAlone) {
      this.#order.push({ ...result, ...(owner && { owner: owner.ref }), pods: podCounts(result, 1) });
      return;
    }
    const key = JSON.stringify([owner.ref, owner.uid]);
    const pods = this.#pods.get(key) ?? { owner, groups: new Map<string, Alike>() };
    this.#pods.set(key, pods);
    const said = saidOf(result);
    const alike = pods.groups.get(said);
    if (alike) alike.pods++;
    else pods.groups.set(said, { result, pods: 1 });
  }

  #addOther(value: InputObject['value'], result: Result, owner: Owner | undefined): void {
    const uid = stringField(ownField(value, 'metadata'), 'uid') ?? '';
    const isIdle = ownField(ownField(value, 'spec'), 'replicas') === 0;
    const kept: Kept = { ref: result.object, uid, owner, result, isIdle, running: 0, denied: 0, byCheck: new Map() };
    this.#owners.add(kept);
    this.#order.push(kept);
  }

  #addGap(gap: Gap): void {
    const key = gap.isNoted || gap.isNote ? gap.line : gap.message;
    const known = this.#gaps.get(key);
    if (known) known.count++;
    else this.#gaps.set(key, { gap, count: 1 });
  }

  /** The results, in the order of the objects; what is said of pods comes after all objects. */
  results(): readonly Result[] {
    const found: Result[] = [];
    for (const { owner, groups } of this.#pods.values()) {
      const top = this.#owners.topOf(owner);
      for (const { result, pods } of groups.values()) {
        if (top && isSaidBy(result, top.result)) addTo(top, result, pods);
        else found.push({ ...result, owner: top?.ref ?? owner.ref, pods: podCounts(result, pods) });
      }
    }
    const all = this.#order.flatMap((one): readonly Result[] => {
      if (!('ref' in one)) return [one];
      if (this.#goesWithoutSaying(one)) return [];
      // What holds no pod template makes no pods.
      if (one.result.verdict === 'skipped' && one.running === 0) return [one.result];
      const { running, denied, byCheck } = one;
      return [{ ...one.result, pods: { running, denied, byCheck } }];
    });
    return [...all, ...mergedByOwner(found)];
  }

  /** What is not judged, the same thing once. */
  gaps(): readonly Gap[] {
    return [...this.#gaps.values()].map(({ gap, count }) => {
      const more = count === 1 || gap.isNoted || gap.isNote ? '' : ` (and the same of ${count - 1} more)`;
      return { ...gap, line: gap.line + more };
    });
  }

  /** True for the ReplicaSet of a Deployment, the Job of a CronJob and the like. */
  #goesWithoutSaying({ owner, result, isIdle }: Kept): boolean {
    const top = this.#owners.topOf(owner);
    if (!top || this.#eachPod) return false;
    return isIdle || isSaidBy(result, top.result);
  }
}

function podCounts({ verdict }: Result, running: number): PodCounts {
  return { running, denied: verdict === 'denied' ? running : 0 };
}

function addTo(top: Kept, { verdict, findings }: Result, pods: number): void {
  top.running += pods;
  if (verdict === 'denied') top.denied += pods;
  for (const key of new Set(findings.map(checkKey))) top.byCheck.set(key, (top.byCheck.get(key) ?? 0) + pods);
}

/** Pods of several ReplicaSets of one Deployment that come out alike are one result. */
function mergedByOwner(results: readonly Result[]): readonly Result[] {
  const merged = new Map<string, Result>();
  for (const result of results) {
    const key = JSON.stringify([result.owner, saidOf(result)]);
    const known = merged.get(key);
    const pods = (known?.pods?.running ?? 0) + (result.pods?.running ?? 0);
    merged.set(key, { ...(known ?? result), pods: podCounts(result, pods) });
  }
  return [...merged.values()];
}

function saidOf({ verdict, skipReason, findings, warnings, unchecked = [] }: Result): string {
  return JSON.stringify([verdict, skipReason, findings.map(findingKey), warnings, unchecked]);
}
