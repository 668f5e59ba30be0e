// Objects that come out alike: the ConfigMaps of a repository that were skipped, the pods of one template that were refused. What
// is said of each of them again and again would hide what is said of others.
import { type Finding, phrase } from '../../model/finding.ts';
import type { Result } from './result.ts';

/** From this many on, skipped objects share a line. */
const MANY = 3;

/** A result, and those that come out like it. */
export type Shown = readonly [first: Result, ...others: readonly Result[]];

/**
 * The results in their order; together are those of one kind that were skipped for one reason and have no more to say, and
 * those of one kind about which the same is said.
 */
export function grouped(results: readonly Result[]): readonly Shown[] {
  const groups = new Map<unknown, Result[]>();
  const keys = results.map((result) => groupKey(result) ?? result);
  for (const [index, result] of results.entries()) {
    const group = groups.get(keys[index]);
    if (group) group.push(result);
    else groups.set(keys[index], [result]);
  }
  return results.flatMap((result, index): Shown[] => {
    const [first, ...others] = groups.get(keys[index]) ?? [];
    if (!first || (result.verdict === 'skipped' && others.length + 1 < MANY)) return [[result]];
    return first === result ? [[first, ...others]] : [];
  });
}

/** Undefined for objects that stand for themselves: those that were allowed and about which there is nothing to say. */
function groupKey({ verdict, deniedAt, object, skipReason, patch, findings, warnings }: Result): string | undefined {
  if (verdict !== 'skipped' && findings.length + warnings.length === 0) return undefined;
  const filledIn = patch.length > 0;
  const { apiVersion, kind } = object;
  return JSON.stringify([apiVersion, kind, verdict, deniedAt, skipReason, filledIn, findings.map(said), warnings]);
}

/** What is said of a finding, but for the lines in which its fields stand. */
function said(finding: Finding): unknown {
  const { policy, rule, check, action, fix, fields } = finding;
  return [policy, rule, check, action, fix, phrase(finding), fields.map(({ path }) => path)];
}
