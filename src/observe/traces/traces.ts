// Traces of reviews: which are recorded, and as what. Loaded only where they are asked for.
import { randomBytes } from 'node:crypto';
import type { ReviewEntry } from '../log.ts';
import { type ExportListener, type ExportTiming, SpanExporter } from './exporter.ts';
import { reviewSpans } from './review-spans.ts';
import { type Sampler, samplerOf } from './sampler.ts';
import type { TraceSettings } from './settings.ts';
import { traceParentOf } from './trace-context.ts';

/** How a review came, on the clock of `performance.now()`. */
export interface Received {
  /** The header `traceparent` of its request. */
  readonly traceparent: unknown;
  /** When the whole request was there. */
  readonly start: number;
  /** When the work on it began. */
  readonly began: number;
}

/** Of traces the part that reviews see. */
export interface Traces {
  /** Records an answered review, or not. Does not throw or take long. */
  reviewed(entry: ReviewEntry, received: Received): void;
  /** Sends what there is, and ends. */
  stop(): Promise<void>;
}

/** Records traces by these settings. */
export function createTraces(
  settings: TraceSettings,
  listener: ExportListener,
  timing?: Partial<ExportTiming>,
): Traces {
  const exporter = new SpanExporter(settings, listener, timing);
  const isSampled: Sampler = samplerOf(settings.sampler, settings.ratio);
  return {
    reviewed(entry, { traceparent, start, began }) {
      const parent = traceParentOf(traceparent);
      const traceId = parent?.traceId ?? randomBytes(16).toString('hex');
      if (!isSampled(parent, traceId)) return;
      const origin = originOfClock();
      const times = { traceId, parentSpanId: parent?.spanId, start: origin + start, began: origin + began };
      exporter.add(reviewSpans(entry, times, () => randomBytes(8).toString('hex')));
    },
    stop: () => exporter.stop(),
  };
}

/** More than what `Date.now()` cuts off. */
const MOST_DRIFT_MS = 2;

/** When the clock of `performance.now()` was 0: exactly, unless the machine's clock has been set since. */
function originOfClock(): number {
  const now = Date.now() - performance.now();
  return Math.abs(now - performance.timeOrigin) <= MOST_DRIFT_MS ? performance.timeOrigin : now;
}
