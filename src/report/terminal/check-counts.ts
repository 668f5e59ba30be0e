// How many objects violate which check: what to begin with where there are many.
import type { Result } from '../shapes/result.ts';

/** `denied: privileged 2, hostPorts 1`, and the same for warnings; nothing where only one object has findings. */
export function checkCounts(results: readonly Result[]): readonly string[] {
  if (results.filter(({ findings }) => findings.length > 0).length < 2) return [];
  return [...countLine('denied', countOf(results, 'Deny')), ...countLine('warned', countOf(results, 'Warn'))];
}

function countOf(results: readonly Result[], action: 'Deny' | 'Warn'): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { findings } of results) {
    const checks = new Set(findings.filter((finding) => finding.action === action).map(({ check }) => check));
    for (const check of checks) counts.set(check, (counts.get(check) ?? 0) + 1);
  }
  return counts;
}

/** The checks that most objects violate come first. */
function countLine(word: string, counts: ReadonlyMap<string, number>): readonly string[] {
  if (counts.size === 0) return [];
  const sorted = [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return [`${word}: ${sorted.map(([check, count]) => `${check} ${count}`).join(', ')}`];
}
