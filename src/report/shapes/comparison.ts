// What a change of policies changes for the objects or requests of the input.
import { type Finding, phrase } from '../../model/finding.ts';
import { sameJson } from '../../model/json.ts';
import type { Result } from './result.ts';
import type { Unread } from './unread.ts';

/** How an outcome can change, and what people read. The order is that of reports. */
export const CHANGES = {
  newlyDenied: 'newly denied',
  newlyAllowed: 'newly allowed',
  newlyWarned: 'newly warned about',
  deniedFurther: 'denied for further reasons',
  filledInDifferently: 'filled in differently',
  noLongerJudged: 'judged by no policy any more',
} as const;
export type Change = keyof typeof CHANGES;

/** Objects or requests with one change. */
export interface Changed {
  /** By the old policies. */
  readonly from: Result;
  /** By the new ones. */
  readonly to: Result;
  /** At least one. */
  readonly changes: readonly Change[];
  /** How many objects or requests it stands for. */
  readonly count: number;
}

/** All that differs. */
export interface Comparison {
  readonly changed: readonly Changed[];
  /** What is counted. */
  readonly unit: 'objects' | 'requests';
  /** How many were judged by both. */
  readonly judged: number;
  readonly counts: Readonly<Record<Change, number>>;
  readonly unread: readonly Unread[];
}

/** What differs between two results about one object; nothing where they come to the same. */
export function changesBetween(from: Result, to: Result): readonly Change[] {
  const found: Change[] = [];
  const wasDenied = from.verdict === 'denied';
  const isDenied = to.verdict === 'denied';
  if (isDenied && !wasDenied) found.push('newlyDenied');
  if (wasDenied && !isDenied) found.push('newlyAllowed');
  if (newFindings(from, to, 'Warn').length > 0) found.push('newlyWarned');
  if (wasDenied && isDenied && newFindings(from, to, 'Deny').length > 0) found.push('deniedFurther');
  if (!sameJson(from.patch, to.patch)) found.push('filledInDifferently');
  if (from.verdict === 'allowed' && to.verdict === 'skipped') found.push('noLongerJudged');
  return found;
}

/**
 * Findings with an action that the other side does not have. The names of policies do not matter: a policy may be split in two. A
 * warning about what was denied before is not new.
 */
export function newFindings(from: Result, to: Result, action: 'Deny' | 'Warn'): readonly Finding[] {
  const known = new Set(from.findings.filter((one) => one.action === action || one.action === 'Deny').map(whatIsFound));
  return to.findings.filter(
    (one) => one.action === action && one.excepted === undefined && !known.has(whatIsFound(one)),
  );
}

function whatIsFound(finding: Finding): string {
  return JSON.stringify([finding.check, phrase(finding)]);
}
