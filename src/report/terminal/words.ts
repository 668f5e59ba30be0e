// Words that several formats share.
import { SKIPS } from '../../model/decision.ts';
import type { Result } from '../shapes/result.ts';

/** Why an object was skipped. */
export function skipWords({ skipReason }: Result): string {
  return skipReason ? SKIPS[skipReason] : 'skipped';
}

/** Everything that was warned about beside findings, also what the verdict does not cover. */
export function warningsOf({ warnings, unchecked = [] }: Result): readonly string[] {
  return [...warnings, ...unchecked];
}
