// JSON that is not an AdmissionReview, and AdmissionReviews of unknown kinds.
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, ownField } from '../../../src/model/json.ts';
import { BARE_POD, UNSAFE_POD } from '../../../src/server/development/examples.ts';
import { hostileServer } from '../../support/hostile-server.ts';
import { withRequest } from '../../support/reviews.ts';

const server = hostileServer();

function without(review: JsonObject, field: string): JsonObject {
  const request = ownField(review, 'request');
  const kept = isJsonObject(request) ? Object.entries(request).filter(([key]) => key !== field) : [];
  return { ...review, request: Object.fromEntries(kept) };
}

async function refusal(body: unknown): Promise<unknown> {
  const answers = await Promise.all(['/mutate', '/validate'].map((path) => server.send(path, JSON.stringify(body))));
  const [first, second] = answers.map((answer) => [answer.status, ownField(answer.body, 'message')]);
  expect(first).toEqual(second);
  return first;
}

describe('refused, with the field by name', () => {
  test.each<[string, unknown, string]>([
    ['an empty object', {}, 'kind: expected AdmissionReview, got nothing'],
    ['another kind', { ...BARE_POD, kind: 'TokenReview' }, 'kind: expected AdmissionReview, got "TokenReview"'],
    ['a kind that is a list', { ...BARE_POD, kind: ['AdmissionReview'] }, 'kind: expected AdmissionReview, got a list'],
    ['another case', { ...BARE_POD, kind: 'admissionreview' }, 'kind: expected AdmissionReview, got "admissionreview"'],
    [
      'v1beta1',
      { ...BARE_POD, apiVersion: 'admission.k8s.io/v1beta1' },
      `apiVersion: expected admission.k8s.io/v1, got admission.k8s.io/v1beta1: list v1 in the webhook's admissionReviewVersions`,
    ],
    [
      'v2',
      { ...BARE_POD, apiVersion: 'admission.k8s.io/v2' },
      'apiVersion: expected admission.k8s.io/v1, got "admission.k8s.io/v2"',
    ],
    ['no request', { ...BARE_POD, request: undefined }, 'request: expected an object, got nothing'],
    ['a null request', { ...BARE_POD, request: null }, 'request: expected an object, got null'],
    [
      'an answer',
      { ...BARE_POD, request: undefined, response: { uid: 'u', allowed: true } },
      'request: expected an object, got nothing',
    ],
    ['no uid', without(BARE_POD, 'uid'), 'request.uid: expected a string, got nothing'],
    ['a number for a uid', withRequest(BARE_POD, { uid: 7 }), 'request.uid: expected a string, got a number'],
    ['no kind', without(BARE_POD, 'kind'), 'request.kind: expected an object, got nothing'],
    [
      'half a kind',
      withRequest(BARE_POD, { kind: { kind: 'Pod' } }),
      'request.kind.group: expected a string, got nothing',
    ],
    ['no resource', without(BARE_POD, 'resource'), 'request.resource: expected an object, got nothing'],
    ['no operation', without(BARE_POD, 'operation'), 'request.operation: expected a string, got nothing'],
    [
      'a list for an object',
      withRequest(BARE_POD, { object: [] }),
      'request.object: expected an object or null, got a list',
    ],
    [
      'text for an old object',
      withRequest(BARE_POD, { oldObject: 'x' }),
      'request.oldObject: expected an object or null, got "x"',
    ],
    [
      'a word for dryRun',
      withRequest(BARE_POD, { dryRun: 'yes' }),
      'request.dryRun: expected true, false or nothing, got "yes"',
    ],
    [
      'a name for a user',
      withRequest(BARE_POD, { userInfo: 'me' }),
      'request.userInfo: expected an object or null, got "me"',
    ],
    [
      'a group that is a number',
      withRequest(BARE_POD, { userInfo: { groups: [1] } }),
      'request.userInfo.groups: expected a list of strings or nothing, got a list',
    ],
    [
      'a subresource that is none',
      withRequest(BARE_POD, { subResource: {} }),
      'request.subResource: expected a string or nothing, got an object',
    ],
  ])('an envelope is refused by the name of the field: %s', async (_, body, message) => {
    expect(await refusal(body)).toEqual([400, message]);
  });

  test('what is quoted is one short line', async () => {
    const hostile = { ...BARE_POD, kind: `\u001b[31m\n${'x'.repeat(1_000_000)}` };
    const message = `kind: expected AdmissionReview, got "\\u001b[31m\\u000a${'x'.repeat(80 - 16)}`;
    const [status, text] = [await refusal(hostile)].flat();
    expect(status).toBe(400);
    expect(String(text).slice(0, 100)).toBe(message.slice(0, 100));
    expect(String(text).length).toBeLessThan(160);
  });
});

describe('nothing there to judge', () => {
  test.each<[string, JsonObject]>([
    ['no object', withRequest(BARE_POD, { object: null })],
    ['an empty object', withRequest(BARE_POD, { object: {} })],
    [
      'no name, no namespace, no user',
      ['name', 'namespace', 'userInfo', 'dryRun', 'oldObject'].reduce(without, BARE_POD),
    ],
    ['an empty uid', withRequest(BARE_POD, { uid: '' })],
    [
      'fields nobody knows',
      withRequest({ ...BARE_POD, response: {}, items: [] }, { cluster: 'x', options: { a: [[]] } }),
    ],
  ])('%s is answered', async (_, review) => {
    const text = JSON.stringify(review);
    expect((await server.review('mutate', text)).result).toBe('allowed');
    await server.review('validate', text);
  });
});

describe('words we do not know', () => {
  test.each<[string, JsonObject]>([
    ['an operation', { operation: 'RENAME' }],
    ['an operation in lower case', { operation: 'create' }],
    ['an empty operation', { operation: '' }],
    ['a version of a kind we know', { kind: { group: '', version: 'v7', kind: 'Pod' } }],
    ['a subresource of pods', { subResource: 'clone' }],
  ])('%s is judged, for that is the safe side', async (_, fields) => {
    const text = JSON.stringify(withRequest(UNSAFE_POD, fields));
    expect((await server.review('validate', text)).result).toBe('denied');
    await server.review('mutate', text);
  });

  test.each<[string, JsonObject]>([
    ['a kind', { kind: { group: '', version: 'v1', kind: 'Pood' } }],
    ['a group', { kind: { group: 'example.com', version: 'v1', kind: 'Pod' } }],
    ['a kind of another case', { kind: { group: '', version: 'v1', kind: 'pod' } }],
    ['a kind called constructor', { kind: { group: '', version: '__proto__', kind: 'constructor' } }],
    ['an empty kind', { kind: { group: '', version: '', kind: '' } }],
  ])('%s has no pod template that we know', async (_, fields) => {
    const text = JSON.stringify(withRequest(UNSAFE_POD, fields));
    for (const webhook of ['mutate', 'validate'] as const) {
      const outcome = await server.review(webhook, text);
      expect(outcome).toMatchObject({ result: 'allowed', operations: 0 });
      expect(outcome.audit[`${webhook}/exempt`]).toBe('kind-not-handled');
    }
  });
});
