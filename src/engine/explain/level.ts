// Which level of the Pod Security Standards a pod meets, and what keeps it from the stricter ones.
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence } from '../../model/finding.ts';
import { evaluate, LEVELS, type Level, NEWEST_MINOR, type StandardFailure } from '../../pod-security/standard.ts';

/** What the Standards say of a pod. */
export interface ExplainedLevel {
  /** The strictest level that it meets. */
  readonly level: Level;
  /** The newest version that is known, by which it was judged: `v1.37`. */
  readonly version: string;
  /** What keeps it from stricter levels; of each fault the laxest level that it keeps it from. */
  readonly missed: readonly MissedLevel[];
}

/** A check that a pod fails. */
export interface MissedLevel extends Sentence {
  readonly level: Level;
  readonly check: string;
  readonly fix: string;
  /** Inside the template. */
  readonly paths: readonly string[];
}

/** Judges the whole pod, whatever it was granted, by each level. */
export function explainLevel(pod: PodView): ExplainedLevel {
  const failures = LEVELS.map((level) => ({ level, found: evaluate(level, 'latest', pod) }));
  const met = failures.findLast(({ found }) => found.length === 0);
  const seen = new Set<string>();
  const missed = failures.flatMap(({ level, found }) =>
    found.flatMap((failure) => {
      const one = missedBy(level, failure);
      // A check of the restricted level can take the place of one of the baseline level and find the same.
      const key = JSON.stringify([one.paths, one.reason]);
      if (seen.has(failure.check.id) || seen.has(key)) return [];
      seen.add(failure.check.id).add(key);
      return [one];
    }),
  );
  return { level: met?.level ?? 'privileged', version: `v1.${NEWEST_MINOR}`, missed };
}

function missedBy(level: Level, { check, violations }: StandardFailure): MissedLevel {
  const { id, fix, fixFor, describe } = check;
  const { reason, detail } = describe(violations);
  return {
    level,
    check: id,
    reason,
    detail,
    fix: fixFor?.(violations) ?? fix,
    paths: violations.map(({ path }) => path),
  };
}
