// Reviews by webhook, operation, kind and decision. Anyone can send any word for these: what is not known beforehand is
// counted as `other`, so that the number of series is bounded.
import type { Webhook } from '../../admission/review.ts';
import type { Decision } from '../../model/decision.ts';
import type { Subject } from '../../model/subject.ts';
import type { Count, CountFamily } from './series.ts';

export const OTHER = 'other';
const WEBHOOKS: readonly Webhook[] = ['mutate', 'validate'];
const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];
type CountedDecision = Decision['verdict'] | 'failed';
type Row = Readonly<Record<CountedDecision, Count>>;

/** A kind that is counted under its own name. */
export interface KindName {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
}

/** Counts a review; no decision means that a bug of ours kept us from one. */
export type CountReview = (webhook: Webhook, subject: Subject, decision: Decision | undefined) => void;

/** A function that counts into `family`. The series of every kind's creations and updates are there from the start. */
export function reviewCounter(family: CountFamily, kinds: readonly KindName[]): CountReview {
  const kindNames = kinds.map(({ group, kind }) => (group === '' ? kind : `${kind}.${group}`));
  const kindsByGroup = new Map<string, Map<string, number>>();
  for (const [index, { group, kind }] of kinds.entries()) {
    const inGroup = kindsByGroup.get(group) ?? new Map<string, number>();
    kindsByGroup.set(group, inGroup.set(kind, index));
  }
  // A row for every combination of the labels but the last; each made when it is first needed.
  const rows: (Row | undefined)[] = [];

  function rowOf(webhook: number, operation: number, kind: number): Row {
    const index = (webhook * (OPERATIONS.length + 1) + operation) * (kinds.length + 1) + kind;
    const row = rows[index] ?? makeRow(WEBHOOKS[webhook], OPERATIONS[operation], kindNames[kind]);
    rows[index] = row;
    return row;
  }

  function makeRow(webhook = OTHER, operation = OTHER, kind = OTHER): Row {
    const series = (decision: CountedDecision): Count => family.series(webhook, operation, kind, decision);
    return {
      allowed: series('allowed'),
      denied: series('denied'),
      skipped: series('skipped'),
      failed: series('failed'),
    };
  }

  for (const webhook of WEBHOOKS.keys()) {
    for (const operation of ['CREATE', 'UPDATE'].map((word) => OPERATIONS.indexOf(word))) {
      for (const kind of kinds.keys()) rowOf(webhook, operation, kind);
    }
  }
  return (webhook, subject, decision) => {
    const operation = OPERATIONS.indexOf(subject.operation);
    const row = rowOf(
      WEBHOOKS.indexOf(webhook),
      operation === -1 ? OPERATIONS.length : operation,
      kindsByGroup.get(subject.kind.group)?.get(subject.kind.kind) ?? kinds.length,
    );
    row[decision?.verdict ?? 'failed'].value++;
  };
}
