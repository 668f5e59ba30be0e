// POST /mutate and POST /validate: from the bytes of a review to its answer. In one go and without a promise, unless
// something has to be found out first, which is rare.
import { decodeReview } from '../admission/decode.ts';
import { decideReview } from '../admission/handle.ts';
import type { Prepare } from '../admission/prepare.ts';
import type { Webhook } from '../admission/review.ts';
import type { Gate } from '../engine/gate.ts';
import type { Subject } from '../model/subject.ts';
import type { Log } from '../observe/log.ts';
import type { Observer } from '../observe/observer.ts';
import { parseBody } from './body.ts';
import { logFault } from './faults.ts';
import type { Overload } from './overload.ts';
import { type Reply, type Request, refuse, sendText } from './reply.ts';

export interface ReviewRoute {
  readonly getGate: () => Gate;
  readonly prepare: Prepare | undefined;
  readonly log: Log;
  readonly observer: Observer;
  readonly overload: Overload;
  /** Answers after a bug of ours. */
  readonly onFault: (fault: unknown, request: Request, reply: Reply) => void;
}

/** A review, on its way through. */
interface Asked {
  readonly uid: string;
  readonly subject: Subject;
  readonly webhook: Webhook;
  /** When we began with it. */
  readonly start: number;
}

/** Answers a review, at once or soon. Never throws. */
export function answerReview(webhook: Webhook, request: Request, reply: Reply, route: ReviewRoute): void {
  try {
    answer(webhook, request, reply, route);
  } catch (fault) {
    route.onFault(fault, request, reply);
  }
}

function answer(webhook: Webhook, request: Request, reply: Reply, route: ReviewRoute): void {
  const { getGate, prepare, observer, overload } = route;
  const { clock } = observer;
  const start = performance.now();
  clock?.start(start);
  const parsed = parseBody(request.body);
  if (!parsed.ok) {
    refuse(reply, parsed.problem, observer);
    return;
  }
  const review = decodeReview(parsed.value);
  clock?.mark('decode');
  if (!review.ok) {
    refuse(reply, review.problem, observer);
    return;
  }
  const gate = getGate();
  const asked: Asked = { uid: review.uid, subject: review.subject, webhook, start };
  const pending = prepare?.(review.subject, gate, webhook);
  if (!pending) {
    decide(asked, gate, reply, route);
    return;
  }
  // While it waits it takes room like one that is arriving; where there is none, it is decided by what is known.
  const hasRoom = overload.hold(request.raw, reply.raw);
  if (!hasRoom) decide(asked, gate, reply, route);
  answerLater(pending, { webhook, start }, request, reply, route);
}

/**
 * Answers once all is known, unless that has been done. Only the bytes are kept until then: as an object a review takes ten
 * times the memory, and of large ones a dozen at a time would be more than the heap has.
 */
function answerLater(
  pending: Promise<Gate>,
  { webhook, start }: Pick<Asked, 'webhook' | 'start'>,
  request: Request,
  reply: Reply,
  route: ReviewRoute,
): void {
  const { overload, observer, onFault } = route;
  pending
    .then((prepared) => {
      if (reply.sent) return;
      overload.received(request.raw);
      // The clock is for one review at a time, and others have had it meanwhile.
      observer.clock?.start(performance.now());
      const parsed = parseBody(request.body);
      const review = decodeReview(parsed.ok ? parsed.value : undefined);
      if (!review.ok) throw new Error(`what was a review is none any more: ${review.problem}`);
      decide({ uid: review.uid, subject: review.subject, webhook, start }, prepared, reply, route);
    })
    .catch((fault: unknown) => {
      overload.received(request.raw);
      onFault(fault, request, reply);
    });
}

function decide({ uid, subject, webhook, start }: Asked, gate: Gate, reply: Reply, route: ReviewRoute): void {
  const { observer, log } = route;
  const { clock } = observer;
  const handled = decideReview(uid, subject, webhook, gate, clock?.mark);
  const text = JSON.stringify(handled.reply);
  clock?.mark('encode');
  sendText(reply, 200, text);
  try {
    observer.reviewed({ ...handled, webhook, durationMs: performance.now() - start, phases: clock?.times }, gate);
  } catch (fault) {
    logFault(log, fault, 'failed to log a review', { uid });
  }
}
