// An Authorization against the fake API server, which answers SubjectAccessReviews by a list of who may what.
import { ACCESS_REVIEWS } from '../../../src/cluster/authorization/access-review.ts';
import { Authorization, type KeptAnswers, reviewsBy } from '../../../src/cluster/authorization/authorization.ts';
import type { UseRequest } from '../../../src/engine/gate.ts';
import { ownField, stringField } from '../../../src/model/json.ts';
import { type Asked, FakeApiServer, sendJson } from '../fake-api-server.ts';

export interface AskedServer {
  readonly api: FakeApiServer;
  readonly authorization: Authorization;
  /** `user class@namespace`, for those who may. */
  readonly allowed: Set<string>;
  /** `allowed alice docker@agents`, `failed: why`, `known`, in order. */
  readonly told: string[];
  /** Of every review that came: `alice docker@agents`. */
  readonly reviews: () => readonly string[];
  /** Moves the clock of the cache. */
  readonly pass: (ms: number) => void;
}

export const ALICE: UseRequest = {
  className: 'docker',
  namespace: 'agents',
  user: { username: 'alice', groups: ['dev'] },
  serviceAccount: 'robot',
};
export const ROBOT = 'system:serviceaccount:agents:robot';

/** @param kept for how long answers count; as by default where it is left out */
export async function askedServer(patienceMs = 10_000, kept?: KeptAnswers): Promise<AskedServer> {
  const api = await FakeApiServer.start();
  const allowed = new Set<string>();
  const told: string[] = [];
  let passed = 0;
  api.instead(isReview, (response, asked) => {
    sendJson(response, 201, { status: { allowed: allowed.has(describe(asked)) } });
  });
  const authorization = new Authorization({
    create: reviewsBy(api.client()),
    events: {
      onAsked: (outcome, _ms, problem) => void told.push(problem === undefined ? outcome : `${outcome}: ${problem}`),
      onKnown: () => void told.push('known'),
    },
    now: () => performance.now() + passed,
    patienceMs,
    kept,
  });
  return {
    api,
    authorization,
    allowed,
    told,
    reviews: () => api.asked.filter(isReview).map(describe),
    pass(ms) {
      passed += ms;
    },
  };
}

export function isReview(asked: Asked): boolean {
  return asked.method === 'POST' && asked.path === ACCESS_REVIEWS;
}

function describe({ body }: Asked): string {
  const spec = ownField(body, 'spec');
  const attributes = ownField(spec, 'resourceAttributes');
  const [name, namespace] = [stringField(attributes, 'name'), stringField(attributes, 'namespace')];
  return `${stringField(spec, 'user')} ${name}@${namespace}`;
}
