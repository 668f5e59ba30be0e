// One case: a recorded review, edited, and what must hold for the answers to it.
import fc from 'fast-check';
import type { Webhook } from '../../src/admission/review.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../src/model/json.ts';
import { applyReply, type Outcome } from '../support/api-server.ts';
import type { RawConnection } from '../support/raw-connection.ts';
import { objectOf, parseObject, recordedNames, recordedReview, withRequest } from '../support/reviews.ts';
import { applyEdits, type Edit, edit, textOf } from './edits.ts';

export interface FuzzCase {
  /** Of a recorded review. */
  readonly name: string;
  readonly webhook: Webhook;
  readonly edits: readonly Edit[];
}

/** Something an answer must hold, or an error in words. */
export type Demand = (outcome: Outcome, webhook: Webhook) => void;

/** The longest that an API server waits. */
const ANSWER_MS = 30_000;

const REVIEWS = new Map(recordedNames().map((name) => [name, withoutManagedFields(recordedReview(name))]));

export const fuzzCase: fc.Arbitrary<FuzzCase> = fc.record({
  name: fc.constantFrom(...REVIEWS.keys()),
  webhook: fc.constantFrom<Webhook[]>('mutate', 'validate'),
  edits: fc.array(edit, { minLength: 1, maxLength: 6, size: 'max' }),
});

/** The body that a case sends. */
export function bodyOf({ name, edits }: FuzzCase): string {
  return textOf(applyEdits(REVIEWS.get(name) ?? {}, edits));
}

/** They make up half of a recorded object, and nobody reads them. */
function withoutManagedFields(review: JsonObject): JsonObject {
  return parseObject(JSON.stringify(review, (key, value: unknown) => (key === 'managedFields' ? undefined : value)));
}

/** Sends a case; throws where an answer is not one that the API server takes. Returns the number of requests made. */
export async function tryCase(one: FuzzCase, connection: RawConnection, demand: Demand): Promise<number> {
  const body = bodyOf(one);
  const first = await answerTo(one.webhook, body, connection);
  if (first === undefined) return 1;
  check(first, one.webhook, demand);
  if (one.webhook === 'validate' || first.operations === 0) return 1;
  // Filled in once, it is filled in; and validation, which sees it next, misses nothing.
  const filled = withRequest(parseObject(body), { object: first.object });
  const text = textOf(filled);
  const second = await answerTo('mutate', text, connection);
  if (second?.operations !== 0) throw new Error(`filled in twice: ${JSON.stringify(second)}`);
  const judged = await answerTo('validate', text, connection);
  if (judged === undefined) throw new Error('a filled-in object is no review any more');
  check(judged, 'validate', demand);
  if (/filledIn/.test(judged.message)) throw new Error(`filled in, and then missed: ${judged.message}`);
  return 3;
}

/** What the API server makes of the answer; undefined where the body was refused as no review. */
async function answerTo(webhook: Webhook, body: string, connection: RawConnection): Promise<Outcome | undefined> {
  const answer = await inTime(connection.post(`/${webhook}?timeout=10s`, body));
  const reply: unknown = JSON.parse(answer.text);
  if (answer.status === 400) {
    const message = stringField(reply, 'message');
    if (message === undefined || message.length > 400) throw new Error(`refused without a word: ${answer.text}`);
    // No API server sends such a thing.
    if (isReview(body)) throw new Error(`a review was refused: ${message}`);
    return undefined;
  }
  if (answer.status !== 200) throw new Error(`status ${answer.status}: ${answer.text}`);
  const review: unknown = JSON.parse(body);
  return applyReply({ name: webhook, type: webhook }, review, reply);
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const { promise: never, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer')), ANSWER_MS);
  try {
    return await Promise.race([answer, never]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a body has what every review of an API server has. */
function isReview(body: string): boolean {
  if (body === '') return false;
  const review: unknown = JSON.parse(body);
  const request = ownField(review, 'request');
  const user = ownField(request, 'userInfo');
  const groups = ownField(user, 'groups') ?? [];
  return (
    ownField(review, 'kind') === 'AdmissionReview' &&
    ownField(review, 'apiVersion') === 'admission.k8s.io/v1' &&
    ['uid', 'operation'].every((key) => stringField(request, key) !== undefined) &&
    ['group', 'version', 'kind'].every((key) => stringField(ownField(request, 'kind'), key) !== undefined) &&
    ['group', 'version', 'resource'].every((key) => stringField(ownField(request, 'resource'), key) !== undefined) &&
    ['name', 'namespace', 'subResource'].every((key) => typeof (ownField(request, key) ?? '') === 'string') &&
    typeof (ownField(request, 'dryRun') ?? false) === 'boolean' &&
    isObjectOrNull(objectOf({ request })) &&
    isObjectOrNull(ownField(request, 'oldObject')) &&
    isObjectOrNull(user) &&
    typeof (ownField(user, 'username') ?? '') === 'string' &&
    Array.isArray(groups) &&
    groups.every((group) => typeof group === 'string') &&
    typeof (ownField(user, 'uid') ?? '') === 'string' &&
    isStringLists(ownField(user, 'extra') ?? {})
  );
}

function isObjectOrNull(value: unknown): boolean {
  return value === undefined || value === null || isJsonObject(value);
}

function check(outcome: Outcome, webhook: Webhook, demand: Demand): void {
  if (outcome.result === 'error') throw new Error(`the API server takes no such answer: ${outcome.message}`);
  const lost = [...outcome.lostWarnings, ...outcome.lostAnnotations];
  if (lost.length > 0) throw new Error(`lost on the way: ${JSON.stringify(lost)}`);
  const texts = [outcome.message, ...outcome.warnings, ...Object.values(outcome.audit)];
  for (const text of texts) {
    if (/\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/u.test(text)) throw new Error(`not one line: ${JSON.stringify(text)}`);
    if (text.length > 9000) throw new Error(`${text.length} characters: ${text.slice(0, 200)}`);
    if (/internal error|which is a bug/.test(text)) throw new Error(`a fault of ours: ${text}`);
  }
  demand(outcome, webhook);
}

function isStringLists(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  return Object.values(value).every(
    (list) => list === null || (Array.isArray(list) && list.every((member) => typeof member === 'string')),
  );
}
