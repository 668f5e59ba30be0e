// POST /mutate and POST /validate: from the bytes of a review to its answer. Without a promise, unless something has to be
// found out first, which is rare.
import { decodeReview } from '../../admission/decode.ts';
import { type AnsweredReview, decideReview } from '../../admission/handle.ts';
import type { Prepare } from '../../admission/prepare.ts';
import type { Webhook } from '../../admission/review.ts';
import type { Gate } from '../../engine/gate.ts';
import type { Subject } from '../../model/subject.ts';
import type { Log } from '../../observe/log.ts';
import type { Observer } from '../../observe/observer.ts';
import type { PhaseTimes } from '../../observe/phase-clock.ts';
import { inTurns, type Turns } from '../load/in-turns.ts';
import type { Overload } from '../load/overload.ts';
import { inNextPoll } from '../load/poll-phase.ts';
import { parseBody } from './body.ts';
import { logFault } from './faults.ts';
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

/** A request, on its way through. */
interface Asked {
  readonly webhook: Webhook;
  readonly request: Request;
  readonly reply: Reply;
  /** When all of it was here. */
  readonly start: number;
  /** Where all is found out that had to be. */
  readonly gate?: Gate;
  /** Once it is decided. */
  answer?: Answer | undefined;
}

interface Answer {
  readonly handled: AnsweredReview;
  readonly phases: PhaseTimes | undefined;
  readonly gate: Gate;
  /** From the whole request to the answer, once that is sent. */
  durationMs: number;
}

export interface ReviewDesk {
  /** Takes a request, which is answered soon. Never throws. */
  readonly handIn: (webhook: Webhook, request: Request, reply: Reply) => void;
  /** Answers what has been handed in at once. */
  readonly answerNow: () => void;
}

/** Where reviews are answered, those that come together together. */
export function reviewDesk(route: ReviewRoute): ReviewDesk {
  const { onFault } = route;

  function caught(step: (asked: Asked) => void): (asked: Asked) => void {
    return (asked) => {
      try {
        step(asked);
      } catch (fault) {
        // What was decided is not what is said now, and must not be logged as such.
        asked.answer = undefined;
        onFault(fault, asked.request, asked.reply);
      }
    };
  }

  const turns = inTurns<Asked>({
    steps: [caught((asked) => judge(asked, route, turns)), caught(send), (asked) => tell(asked, route)],
    bytes: ({ request }) => (Buffer.isBuffer(request.body) ? request.body.length : 0),
  });
  return {
    handIn(webhook, request, reply) {
      turns.handIn({ webhook, request, reply, start: performance.now() });
      if (isPipelined(reply)) turns.workNow();
    },
    answerNow: turns.workNow,
  };
}

/**
 * True where an earlier request of the same connection has no answer yet. Node then keeps the answers for later, and stops
 * reading once there are many, at which it can lose the connection as in `inNextPoll`: so none is left to wait.
 */
function isPipelined(reply: Reply): boolean {
  return reply.raw.socket === null;
}

/** Decides a review, or puts that off while something has to be found out. */
function judge(asked: Asked, route: ReviewRoute, turns: Turns<Asked>): void {
  const { getGate, prepare, observer, overload } = route;
  const { webhook, request, reply } = asked;
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
  const gate = asked.gate ?? getGate();
  const pending = asked.gate ? undefined : prepare?.(review.subject, gate, webhook);
  if (pending) {
    // While it waits it takes room like one that is arriving; where there is none, it is decided by what is known.
    const hasRoom = overload.hold(request.raw, reply.raw);
    handInLater(pending, asked, route, turns);
    if (hasRoom) return;
  }
  decide(asked, review, gate, route);
}

/**
 * Hands a review in again once all is known, unless it is answered by then. Only the bytes are kept until then: as an object
 * it takes ten times the memory, and of large ones a dozen at a time would be more than the heap has.
 */
function handInLater(
  pending: Promise<Gate>,
  asked: Asked,
  { overload, onFault }: ReviewRoute,
  turns: Turns<Asked>,
): void {
  const { webhook, request, reply, start } = asked;
  pending
    .then((gate) => {
      overload.received(request.raw);
      inNextPoll(() => {
        if (!reply.sent) turns.handIn({ webhook, request, reply, start, gate });
      });
    })
    .catch((fault: unknown) => {
      overload.received(request.raw);
      onFault(fault, request, reply);
    });
}

function decide(asked: Asked, review: { uid: string; subject: Subject }, gate: Gate, { observer }: ReviewRoute): void {
  const { clock } = observer;
  const handled = decideReview(review.uid, review.subject, asked.webhook, gate, clock?.mark);
  clock?.mark('encode');
  asked.answer = { handled, phases: clock?.times, gate, durationMs: 0 };
}

function send({ answer, reply, start }: Asked): void {
  if (!answer) return;
  sendText(reply, 200, answer.handled.text);
  answer.durationMs = performance.now() - start;
}

function tell({ answer, webhook }: Asked, { observer, log }: ReviewRoute): void {
  if (!answer) return;
  const { handled, phases, gate, durationMs } = answer;
  try {
    observer.reviewed({ ...handled, webhook, durationMs, phases }, gate);
  } catch (fault) {
    logFault(log, fault, 'failed to log a review', { uid: handled.uid });
  }
}
