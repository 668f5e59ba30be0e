// Reviews by webhook, operation, kind and decision. Anyone can send any text for these: what is not known beforehand is
// counted as `other`, so that the number of series is bounded.
import type { Registry } from 'prom-client';
import type { Webhook } from '../../admission/review.ts';
import type { Decision } from '../../model/decision.ts';
import type { Subject } from '../../model/subject.ts';
import { METRICS } from './definitions.ts';
import { counter } from './instruments.ts';

/** Stands in a label for any value that was not known beforehand. */
export const OTHER = 'other';
const WEBHOOKS: readonly Webhook[] = ['mutate', 'validate'];
const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];
/** Those whose series are there before the first such review. */
const EXPECTED_OPERATIONS = ['CREATE', 'UPDATE'];
const DECISIONS: readonly (Decision['verdict'] | 'failed')[] = ['allowed', 'denied', 'skipped', 'failed'];

/** A kind that is counted under its own name. */
export interface KindName {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
}

/** The counts of reviews. */
export interface ReviewCounts {
  /** Counts a review; no decision means that a bug of ours kept us from one. */
  count(webhook: Webhook, subject: Subject, decision: Decision | undefined): void;
  /** From now on these kinds are counted under their own names, too; their series appear with their first review. */
  learn(kinds: Iterable<KindName>): void;
}

/** Counts reviews. The series of these kinds' creations and updates are there from the start. */
export function reviewCounts(registry: Registry, kinds: readonly KindName[]): ReviewCounts {
  const reviews = counter(registry, METRICS.reviews);
  const known = new Set(kinds.map(nameOf));
  // All decisions of a webhook, an operation and a kind appear with the first of them, so that a rate over any is complete.
  const expected = new Set<string>();

  function expect(webhook: Webhook, operation: string, kind: string): void {
    const row = `${webhook} ${operation} ${kind}`;
    if (expected.has(row)) return;
    expected.add(row);
    for (const decision of DECISIONS) reviews.inc({ webhook, operation, kind, decision }, 0);
  }

  for (const webhook of WEBHOOKS) {
    for (const operation of EXPECTED_OPERATIONS) for (const kind of known) expect(webhook, operation, kind);
  }
  return {
    count(webhook, subject, decision) {
      const operation = OPERATIONS.includes(subject.operation) ? subject.operation : OTHER;
      const name = nameOf(subject.kind);
      const kind = known.has(name) ? name : OTHER;
      expect(webhook, operation, kind);
      reviews.inc({ webhook, operation, kind, decision: decision?.verdict ?? 'failed' });
    },
    learn(more) {
      for (const kind of more) known.add(nameOf(kind));
    },
  };
}

function nameOf({ group, kind }: KindName): string {
  return group === '' ? kind : `${kind}.${group}`;
}
