// Asks the API server who may use a capability class, and keeps its answers for a moment. Where it does not answer, the class
// may not be used: only what was authorised is granted.
import type { UseAnswer, UseRequest } from '../../engine/gate.ts';
import { isObjectName } from '../../kubernetes/object-name.ts';
import { serviceAccountUser } from '../../kubernetes/service-account.ts';
import { reasonOf } from '../api/api-error.ts';
import type { ApiClient } from '../api/client.ts';
import { ACCESS_REVIEWS, type AccessQuestion, accessReview, answerOf, keyOf } from './access-review.ts';
import { AnswerCache } from './answer-cache.ts';
import { Semaphore } from './semaphore.ts';

/** How long an answer is good for: what RBAC gives or takes away takes effect within these. */
const UNKNOWN_MS = 1000;
const MOST_KEPT = 10_000;
/** Half of what the mutating webhook is given, for both questions together. */
const PATIENCE_MS = 1000;
/** Requests under way at a time. Each takes a millisecond or two. */
const MOST_ASKED = 32;

/** Creates a SubjectAccessReview; resolves with what the API server returned. */
export type CreateReview = (review: object, timeoutMs: number, signal: AbortSignal) => Promise<unknown>;

/** By the API server of a client. */
export function reviewsBy(client: Pick<ApiClient, 'json'>): CreateReview {
  return (question, timeoutMs, signal) => client.json({ path: ACCESS_REVIEWS, question, timeoutMs, signal });
}

/** How a question to the API server ended. */
export type AuthorizationOutcome = 'allowed' | 'denied' | 'failed';
export const AUTHORIZATION_OUTCOMES: readonly AuthorizationOutcome[] = ['allowed', 'denied', 'failed'];

/** Told of what happens. Nothing here may throw or take long. */
export interface AuthorizationEvents {
  /** The API server was asked; `problem` says why that failed. */
  onAsked(outcome: AuthorizationOutcome, durationMs: number, problem?: string): void;
  /** It did not have to be: the answer was there, or on its way. */
  onKnown(): void;
}

export interface AuthorizationOptions {
  readonly create: CreateReview;
  readonly events: AuthorizationEvents;
  /** A clock that never goes back, in milliseconds. */
  readonly now?: () => number;
  readonly patienceMs?: number;
  /** What differs from {@link KEPT}. */
  readonly kept?: Partial<KeptAnswers> | undefined;
}

/** For how long answers count, in milliseconds: as long after a change of RBAC somebody still has what was taken away, or has not yet what was given. */
export interface KeptAnswers {
  readonly allowedMs: number;
  readonly deniedMs: number;
}

/** What is kept where nobody says otherwise. */
export const KEPT: KeptAnswers = { allowedMs: 10_000, deniedMs: 5000 };

/** Answers who may use a class. */
export class Authorization {
  readonly #create: CreateReview;
  readonly #events: AuthorizationEvents;
  readonly #now: () => number;
  readonly #patienceMs: number;
  readonly #answers: AnswerCache;
  readonly #asked = new Map<string, Promise<UseAnswer>>();
  readonly #semaphore = new Semaphore(MOST_ASKED);

  constructor({
    create,
    events,
    now = () => performance.now(),
    patienceMs = PATIENCE_MS,
    kept = {},
  }: AuthorizationOptions) {
    this.#create = create;
    this.#events = events;
    this.#now = now;
    this.#patienceMs = patienceMs;
    const { allowedMs, deniedMs } = { ...KEPT, ...kept };
    const ms: Readonly<Record<UseAnswer, number>> = {
      allowed: allowedMs,
      denied: deniedMs,
      unknown: UNKNOWN_MS,
    };
    this.#answers = new AnswerCache({ now, ms, most: MOST_KEPT });
  }

  /**
   * Whether the user, or the service account, may use a class. The user is asked about first: pods that a controller makes
   * come with the controller's user, so that the service account has to be enough. Never rejects, and never takes longer
   * than a second.
   */
  async mayUse({ user, className, namespace, serviceAccount }: UseRequest): Promise<UseAnswer> {
    const deadline = this.#now() + this.#patienceMs;
    const isUnnamed = user.username === '' && user.groups.length === 0;
    const first = isUnnamed ? 'denied' : await this.#ask({ user, className, namespace }, deadline);
    // A name that is not valid for a service account could spell some other user: it is not asked about.
    if (first === 'allowed' || !isObjectName(serviceAccount) || !isObjectName(namespace)) return first;
    const account = serviceAccountUser(namespace, serviceAccount);
    const second = await this.#ask({ user: account, className, namespace }, deadline);
    return second === 'denied' ? first : second;
  }

  async #ask(question: AccessQuestion, deadline: number): Promise<UseAnswer> {
    const key = keyOf(question);
    if (key === undefined) {
      this.#events.onAsked('failed', 0, 'the groups and the extra of a user are too long to be sent');
      return 'unknown';
    }
    const known = this.#answers.get(key);
    if (known) {
      this.#events.onKnown();
      return known;
    }
    let asked = this.#asked.get(key);
    if (asked) {
      this.#events.onKnown();
    } else {
      asked = this.#send(question, key).finally(() => this.#asked.delete(key));
      this.#asked.set(key, asked);
    }
    return await orUnknown(asked, deadline - this.#now());
  }

  /** Never rejects. Goes on after those who asked stopped waiting: the answer is kept for whoever asks next. */
  async #send(question: AccessQuestion, key: string): Promise<UseAnswer> {
    const began = this.#now();
    const timeoutMs = this.#patienceMs;
    const signal = AbortSignal.timeout(timeoutMs);
    let answer: UseAnswer = 'unknown';
    try {
      const reviewed = await this.#semaphore.use(() => {
        // It may have waited for its turn for too long.
        signal.throwIfAborted();
        return this.#create(accessReview(question), timeoutMs, signal);
      });
      answer = answerOf(reviewed);
      this.#events.onAsked(answer, this.#now() - began);
    } catch (error) {
      const problem = signal.aborted ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error);
      this.#events.onAsked('failed', this.#now() - began, problem);
    }
    this.#answers.put(key, answer);
    return answer;
  }
}

async function orUnknown(asked: Promise<UseAnswer>, ms: number): Promise<UseAnswer> {
  const { promise: late, resolve } = Promise.withResolvers<UseAnswer>();
  const timer = setTimeout(() => resolve('unknown'), Math.max(0, ms));
  const answer = await Promise.race([asked, late]);
  clearTimeout(timer);
  return answer;
}
