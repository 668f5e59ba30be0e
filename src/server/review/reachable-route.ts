// POST /reachable: by it the API server is asked whether it reaches us. It judges nothing.
import { decodeReview } from '../../admission/decode.ts';
import { REVIEW_API_VERSION, REVIEW_KIND } from '../../admission/review.ts';
import { ownField } from '../../model/json.ts';
import { REACHABLE_LABEL } from '../../model/names.ts';
import { VERSION } from '../../model/version.ts';
import type { Observer } from '../../observe/observer.ts';
import { parseBody } from './body.ts';
import { type Reply, type Request, refuse, sendJson } from './reply.ts';

/**
 * Refuses an object that asks, since the sender of an object that is let in cannot tell whether a webhook was asked about it. Lets every
 * other object in: a registration of this path for more than it is for stops nobody.
 */
export function answerReachable(request: Request, reply: Reply, observer: Observer): void {
  const parsed = parseBody(request.body);
  const review = parsed.ok ? decodeReview(parsed.value) : parsed;
  if (!review.ok) {
    refuse(reply, review.problem, observer);
    return;
  }
  const { uid, subject } = review;
  const labels = ownField(ownField(subject.object, 'metadata'), 'labels');
  const isAsked = ownField(labels, REACHABLE_LABEL) !== undefined;
  const status = { code: 403, reason: 'Forbidden', message: `Sandgate ${VERSION} is reachable` };
  const response = isAsked ? { uid, allowed: false, status } : { uid, allowed: true };
  sendJson(reply, 200, { apiVersion: REVIEW_API_VERSION, kind: REVIEW_KIND, response });
}
