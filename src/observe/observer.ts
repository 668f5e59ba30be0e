// Passes what happens in the app on to the log, and to the metrics where there are any.
import { explainSelection } from '../engine/explain/logged-selection.ts';
import type { Gate } from '../engine/gate.ts';
import { denialIn, type OnDenial } from './denials.ts';
import { type Log, logBadRequest, logReview, logSelection, type ReviewEntry } from './log.ts';
import type { Metrics } from './metrics.ts';
import { PhaseClock } from './phase-clock.ts';
import type { Received, Traces } from './traces/traces.ts';

/** Called by the app as things happen, after the client has its answer. */
export interface Observer {
  /** The clock that times the parts of a review; undefined where they are not measured. */
  readonly clock: PhaseClock | undefined;
  /** True where `reviewed` is to be told how the review came. */
  readonly isTracing: boolean;
  /** A review was answered, by the policies of `gate`. */
  reviewed(entry: ReviewEntry, gate: Gate, received?: Received): void;
  /** A request to a webhook was not a review, for the reason given. */
  refused(problem: string): void;
  /** A request was refused unread. */
  shed(reason: string): void;
  /** A bug of ours occurred outside of a review; it is already logged. */
  failed(): void;
  /** Adds a source for how many requests are being answered; it is called when metrics are scraped. */
  watchInFlight(count: () => number): void;
  /** The source for the longest delay of the event loop since its previous call, in seconds; called when metrics are scraped. */
  watchEventLoop(takeLongest: () => number): void;
}

/** Who else is told of reviews. */
export interface Listeners {
  readonly onDenial?: OnDenial | undefined;
  readonly traces?: Pick<Traces, 'reviewed'> | undefined;
}

/** An observer that logs, and counts where there are metrics. */
export function createObserver(log: Log, metrics?: Metrics, { onDenial, traces }: Listeners = {}): Observer {
  const explains = log.isLevelEnabled('debug');
  return {
    clock: metrics || traces ? new PhaseClock() : undefined,
    isTracing: traces !== undefined,
    reviewed(entry, gate, received) {
      logReview(log, entry);
      metrics?.reviewed(entry);
      if (onDenial) {
        const denial = denialIn(entry.subject, entry.decision, entry.reply);
        if (denial) onDenial(denial);
      }
      if (traces && received) traces.reviewed(entry, received);
      if (explains && entry.decision) logSelection(log, entry, explainSelection(entry.subject, gate));
    },
    refused(problem) {
      metrics?.badRequest();
      logBadRequest(log, problem);
    },
    shed: (reason) => metrics?.shed(reason),
    failed: () => metrics?.fault(),
    watchInFlight: (count) => metrics?.watchInFlight(count),
    watchEventLoop: (takeLongest) => metrics?.watchEventLoop(takeLongest),
  };
}
