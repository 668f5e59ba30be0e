// An audit by namespace, owner, policy and check: what there is to do, and where.
import type { Action } from '../../model/finding.ts';
import { shownFindings } from '../terminal/finding-lines.ts';
import { checkKey, type ObjectRef, type Result, refKey } from './result.ts';

/** What one check of one policy finds in the objects of one owner. */
export interface AuditGroup {
  readonly namespace: string;
  /** The controller of the pods, or the object itself where it has none. */
  readonly owner: Pick<ObjectRef, 'apiVersion' | 'kind' | 'name'>;
  readonly policy: string;
  readonly check: string;
  readonly action: Action;
  /** How many results say so. */
  readonly objects: number;
  /** How many running pods it is said of. */
  readonly pods: number;
}

/** Every combination that there is, in the order of the results. What an exception covers is not among them. */
export function auditGroups(results: readonly Result[]): readonly AuditGroup[] {
  const groups = new Map<string, AuditGroup>();
  for (const result of results) {
    const ref = result.owner ?? result.object;
    for (const [key, { policy, check, action }] of checksOf(result)) {
      const whole = JSON.stringify([refKey(ref), key]);
      const known = groups.get(whole);
      const { apiVersion, kind, namespace, name } = ref;
      groups.set(whole, {
        namespace,
        owner: { apiVersion, kind, name },
        policy,
        check,
        action,
        objects: (known?.objects ?? 0) + 1,
        pods: (known?.pods ?? 0) + podsWith(key, result),
      });
    }
  }
  return [...groups.values()];
}

/** What one check of one policy finds in all of them. */
export interface CheckTotal {
  readonly policy: string;
  readonly check: string;
  readonly action: Action;
  readonly objects: number;
  readonly pods: number;
  readonly namespaces: number;
}

/** The groups by policy and check alone: refusals first, and of these what most objects violate. */
export function checkTotals(groups: readonly AuditGroup[]): readonly CheckTotal[] {
  const byCheck = Map.groupBy(groups, ({ policy, check, action }) => JSON.stringify([policy, check, action]));
  const totals = [...byCheck.values()].flatMap((list): readonly CheckTotal[] => {
    const [first] = list;
    if (!first) return [];
    const { policy, check, action } = first;
    const sum = (key: 'objects' | 'pods'): number => list.reduce((total, group) => total + group[key], 0);
    const namespaces = new Set(list.map(({ namespace }) => namespace)).size;
    return [{ policy, check, action, objects: sum('objects'), pods: sum('pods'), namespaces }];
  });
  const rank: Readonly<Record<Action, number>> = { Deny: 0, Warn: 1, Audit: 2 };
  return totals.toSorted((a, b) => rank[a.action] - rank[b.action] || b.objects - a.objects);
}

function checksOf({ findings }: Result): ReadonlyMap<string, Pick<AuditGroup, 'policy' | 'check' | 'action'>> {
  const shown = shownFindings(findings).filter(({ excepted }) => excepted === undefined);
  return new Map(
    shown.map((finding) => {
      const { policy, rule, check, action } = finding;
      // Findings about the shape of an object belong to no policy.
      return [checkKey(finding), { policy: policy === '' ? rule : policy, check, action }];
    }),
  );
}

function podsWith(key: string, { pods }: Result): number {
  if (!pods) return 0;
  return pods.byCheck ? (pods.byCheck.get(key) ?? 0) : pods.running;
}
