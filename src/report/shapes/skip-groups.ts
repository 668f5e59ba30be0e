// Objects that were skipped alike, such as the ConfigMaps of a repository: many lines about them would hide the others.
import type { Result } from './result.ts';

/** From this many on they share a line. */
const MANY = 3;

/** A result with a line of its own, or several that share one. */
export type Shown = readonly [first: Result, ...others: readonly Result[]];

/** The results in their order; those of one kind that were skipped for one reason, and have no more to say, together. */
export function grouped(results: readonly Result[]): readonly Shown[] {
  const groups = new Map<unknown, Result[]>();
  for (const result of results) {
    const key = groupKey(result) ?? result;
    const group = groups.get(key);
    if (group) group.push(result);
    else groups.set(key, [result]);
  }
  return results.flatMap((result): Shown[] => {
    const group = groups.get(groupKey(result)) ?? [];
    const [first, ...others] = group;
    if (!first || group.length < MANY) return [[result]];
    return first === result ? [[first, ...others]] : [];
  });
}

function groupKey({ verdict, object, skipReason, findings, warnings }: Result): string | undefined {
  if (verdict !== 'skipped' || findings.length + warnings.length > 0) return undefined;
  return JSON.stringify([object.apiVersion, object.kind, skipReason]);
}
