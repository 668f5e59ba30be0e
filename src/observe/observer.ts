// What the app tells of its doings, in one place: to the log, and to the metrics where there are any.
import { explainSelection } from '../engine/explain.ts';
import type { Gate } from '../engine/gate.ts';
import { type Log, logBadRequest, logReview, logSelection, type ReviewEntry } from './log.ts';
import type { Metrics } from './metrics.ts';
import { PhaseClock } from './phase-clock.ts';

/** Called by the app as things happen, after the client has its answer. */
export interface Observer {
  /** The clock to time the parts of a review with; undefined where nobody wants to know. */
  readonly clock: PhaseClock | undefined;
  /** A review was answered, by the policies of `gate`. */
  reviewed(entry: ReviewEntry, gate: Gate): void;
  /** A request to a webhook was no review, for a reason in words. */
  refused(problem: string): void;
  /** A request was turned away unread. */
  shed(reason: string): void;
  /** A bug of ours came up outside of a review; it is in the log already. */
  failed(): void;
  /** Asked when scraped: how many requests are being answered. */
  watchInFlight(count: () => number): void;
}

export function createObserver(log: Log, metrics?: Metrics): Observer {
  const explains = log.isLevelEnabled('debug');
  return {
    clock: metrics && new PhaseClock(),
    reviewed(entry, gate) {
      logReview(log, entry);
      metrics?.reviewed(entry);
      if (explains && entry.decision) logSelection(log, entry, explainSelection(entry.subject, gate));
    },
    refused(problem) {
      metrics?.badRequest();
      logBadRequest(log, problem);
    },
    shed: (reason) => metrics?.shed(reason),
    failed: () => metrics?.fault(),
    watchInFlight: (count) => metrics?.watchInFlight(count),
  };
}
