// POST /validate-policy: what is wrong with an object of one of our own kinds is said to whoever writes it, before it is
// stored.
import type { OwnSurroundings } from '../../admission/own-kinds.ts';
import { reviewPolicy } from '../../admission/policy-review.ts';
import { type Log, logPolicyReview } from '../../observe/log.ts';
import type { Observer } from '../../observe/observer.ts';
import { parseBody } from './body.ts';
import { type Reply, type Request, refuse, sendJson } from './reply.ts';

/** What the route works with. */
export interface PolicyRoute {
  /** What there is already, at the moment. */
  readonly getSurroundings: () => OwnSurroundings;
  readonly log: Log;
  readonly observer: Observer;
  /** Answers after a bug of ours. */
  readonly onFault: (fault: unknown, request: Request, reply: Reply) => void;
}

/** Answers a review of an object of one of our own kinds. Never throws. */
export function answerPolicyReview(request: Request, reply: Reply, route: PolicyRoute): void {
  try {
    answer(request, reply, route);
  } catch (fault) {
    route.onFault(fault, request, reply);
  }
}

function answer(request: Request, reply: Reply, { getSurroundings, log, observer }: PolicyRoute): void {
  const parsed = parseBody(request.body);
  if (!parsed.ok) {
    refuse(reply, parsed.problem, observer);
    return;
  }
  const handled = reviewPolicy(parsed.value, getSurroundings());
  if (handled.status === 400) {
    refuse(reply, handled.reply.message, observer);
    return;
  }
  sendJson(reply, 200, handled.reply);
  logPolicyReview(log, handled);
  if (handled.fault !== undefined) observer.failed();
}
