// POST /mutate and POST /validate: from the bytes of a review to its answer. Without a promise, unless something has to be
// looked up first, which is rare.
import type { Server } from 'node:https';
import { decodeReview } from '../../admission/decode.ts';
import { type AnsweredReview, decideReview } from '../../admission/handle.ts';
import type { Prepare } from '../../admission/prepare.ts';
import type { Webhook } from '../../admission/review.ts';
import { atMoment, type Gate } from '../../engine/gate.ts';
import type { Subject } from '../../model/subject.ts';
import type { Log } from '../../observe/log.ts';
import type { Observer } from '../../observe/observer.ts';
import type { PhaseTimes } from '../../observe/phase-clock.ts';
import type { Overload } from '../load/overload.ts';
import { createTurnBatch, type TurnBatch } from '../load/turn-batch.ts';
import { parseBody } from './body.ts';
import { logFault } from './faults.ts';
import { type Reply, type Request, refuse, sendText } from './reply.ts';

/** What answering reviews takes. */
export interface ReviewRoute {
  /** The gate of the moment. */
  readonly getGate: () => Gate;
  /** What has to be looked up before a review is decided. */
  readonly prepare: Prepare | undefined;
  readonly log: Log;
  readonly observer: Observer;
  readonly overload: Overload;
  /** Answers after a bug of ours. */
  readonly onFault: (fault: unknown, request: Request, reply: Reply) => void;
}

/** A request on its way to an answer. */
interface PendingReview {
  readonly webhook: Webhook;
  readonly request: Request;
  readonly reply: Reply;
  /** When all of it had arrived, as `performance.now()` has it. */
  readonly start: number;
  /** The gate to decide by, once what had to be looked up is known. */
  readonly gate?: Gate;
  /** Present once it is decided. */
  answer?: Answer | undefined;
}

interface Answer {
  readonly handled: AnsweredReview;
  readonly phases: PhaseTimes | undefined;
  /** When the work on it began, where its parts are timed. */
  readonly began: number;
  readonly gate: Gate;
  /** From the whole request to the answer, once that is sent. */
  durationMs: number;
}

/** Takes a request, which is answered soon after. Never throws. */
export type HandleReview = (webhook: Webhook, request: Request, reply: Reply) => void;

/** Makes what answers the reviews that a server receives. */
export function createReviewHandler(server: Server, route: ReviewRoute): HandleReview {
  const batch: TurnBatch<PendingReview> = createTurnBatch(server, {
    steps: [
      (pending) => guard(pending, route, () => judge(pending, route, batch)),
      (pending) => guard(pending, route, () => send(pending)),
      (pending) => record(pending, route),
    ],
    bytes: ({ request }) => (Buffer.isBuffer(request.body) ? request.body.length : 0),
    response: ({ reply }) => reply.raw,
  });
  return (webhook, request, reply) => batch.add({ webhook, request, reply, start: performance.now() });
}

/** Does one step of a review. A bug of ours in it is answered and logged, and leaves the other reviews alone. */
function guard(pending: PendingReview, { onFault }: ReviewRoute, step: () => void): void {
  try {
    step();
  } catch (fault) {
    // What was decided is not what is answered now, and must not be logged as such.
    pending.answer = undefined;
    onFault(fault, pending.request, pending.reply);
  }
}

/** Decides a review, or puts that off while something has to be looked up. */
function judge(pending: PendingReview, route: ReviewRoute, batch: TurnBatch<PendingReview>): void {
  const { getGate, prepare, observer, overload } = route;
  const { webhook, request, reply } = pending;
  observer.clock?.start(performance.now());
  const parsed = parseBody(request.body);
  if (!parsed.ok) {
    refuse(reply, parsed.problem, observer);
    return;
  }
  const review = decodeReview(parsed.value);
  observer.clock?.mark('decode');
  if (!review.ok) {
    refuse(reply, review.problem, observer);
    return;
  }
  const gate = atMoment(pending.gate ?? getGate(), Date.now);
  const lookup = pending.gate ? undefined : prepare?.(review.subject, gate, webhook);
  if (lookup) {
    // While it waits it takes room as a request that is arriving does. Where there is no room, it is decided by what is known.
    const hasRoom = overload.hold(request.raw, reply.raw);
    judgeAfter(lookup, pending, route, batch);
    if (hasRoom) return;
  }
  decide(pending, review, gate, route);
}

/**
 * Judges a review again once what it needs is known, unless it has an answer by then. Only its bytes are kept until then: the
 * parsed object takes ten times the memory, and a dozen large ones at a time would be more than the heap has.
 */
function judgeAfter(
  lookup: Promise<Gate>,
  pending: PendingReview,
  { overload, onFault }: ReviewRoute,
  batch: TurnBatch<PendingReview>,
): void {
  const { webhook, request, reply, start } = pending;
  lookup
    .then((gate) => {
      overload.received(request.raw);
      if (!reply.sent) batch.addLater({ webhook, request, reply, start, gate });
    })
    .catch((fault: unknown) => {
      overload.received(request.raw);
      onFault(fault, request, reply);
    });
}

function decide(
  pending: PendingReview,
  review: { readonly uid: string; readonly subject: Subject },
  gate: Gate,
  { observer: { clock } }: ReviewRoute,
): void {
  const handled = decideReview(review.uid, review.subject, pending.webhook, gate, clock?.mark);
  clock?.mark('encode');
  pending.answer = { handled, phases: clock?.times, began: clock?.began ?? 0, gate, durationMs: 0 };
}

function send({ answer, reply, start }: PendingReview): void {
  if (!answer) return;
  sendText(reply, 200, answer.handled.text);
  answer.durationMs = performance.now() - start;
}

/** Logs and counts an answered review. */
function record({ answer, webhook, request, start }: PendingReview, { observer, log }: ReviewRoute): void {
  if (!answer) return;
  const { handled, phases, began, gate, durationMs } = answer;
  try {
    const received = observer.isTracing ? { traceparent: request.headers.traceparent, start, began } : undefined;
    observer.reviewed({ ...handled, webhook, durationMs, phases }, gate, received);
  } catch (fault) {
    logFault(log, fault, 'failed to log a review', { uid: handled.uid });
  }
}
