// POST /uninstall: the deletion of the ConfigMap by which an uninstall is announced. It is always let in, once what stays behind says so.
import { decodeReview } from '../../admission/decode.ts';
import { REVIEW_API_VERSION, REVIEW_KIND } from '../../admission/review.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Log } from '../../observe/log.ts';
import type { Observer } from '../../observe/observer.ts';
import { parseBody } from './body.ts';
import { type Reply, type Request, refuse, sendJson } from './reply.ts';

/** What the route works with. */
export interface UninstallRoute {
  /** Never rejects. */
  readonly withdraw: NonNullable<Cluster['withdraw']>;
  readonly log: Log;
  readonly observer: Observer;
}

/** The handler. However many ask at once, it is done once. */
export function answerUninstall({ withdraw, log, observer }: UninstallRoute) {
  let underWay: Promise<void> | undefined;
  async function doOnce(): Promise<void> {
    const done = await withdraw();
    if (done !== undefined) log.info(done, 'uninstall announced');
    underWay = undefined;
  }

  return async (request: Request, reply: Reply): Promise<void> => {
    const parsed = parseBody(request.body);
    const review = parsed.ok ? decodeReview(parsed.value) : parsed;
    if (!review.ok) {
      refuse(reply, review.problem, observer);
      return;
    }
    const { uid, subject } = review;
    if (subject.operation === 'DELETE' && !subject.dryRun) {
      underWay ??= doOnce();
      await underWay;
    }
    sendJson(reply, 200, { apiVersion: REVIEW_API_VERSION, kind: REVIEW_KIND, response: { uid, allowed: true } });
  };
}
