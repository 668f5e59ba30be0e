import { describe, expect, test } from 'vitest';
import { decodeReview } from '../../src/admission/decode.ts';
import type { JsonObject } from '../../src/model/json.ts';

const REQUEST: JsonObject = {
  uid: 'u-1',
  kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  subResource: 'scale',
  name: 'd',
  namespace: 'agents',
  operation: 'UPDATE',
  userInfo: { username: 'alice', uid: '7', groups: ['dev', 'system:authenticated'], extra: { a: ['b'] } },
  object: { metadata: { name: 'other' } },
  oldObject: { metadata: { name: 'old' } },
  dryRun: true,
  options: null,
};

function review(request: unknown = REQUEST): JsonObject {
  return { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request };
}

function without(key: string): JsonObject {
  return Object.fromEntries(Object.entries(REQUEST).filter(([name]) => name !== key));
}

describe('a review that says everything', () => {
  test('becomes a subject', () => {
    expect(decodeReview(review())).toEqual({
      ok: true,
      uid: 'u-1',
      subject: {
        kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
        resource: 'deployments',
        subresource: 'scale',
        name: 'd',
        generateName: undefined,
        namespace: 'agents',
        operation: 'UPDATE',
        user: { username: 'alice', uid: '7', groups: ['dev', 'system:authenticated'], extra: { a: ['b'] } },
        object: { metadata: { name: 'other' } },
        oldObject: { metadata: { name: 'old' } },
        dryRun: true,
      },
    });
  });

  test('objects are handed on, not copied', () => {
    const decoded = decodeReview(review());
    expect(decoded.ok && decoded.subject.object).toBe(REQUEST.object);
  });
});

describe('what may be absent', () => {
  const optional = ['subResource', 'name', 'namespace', 'userInfo', 'object', 'oldObject', 'dryRun', 'options'];
  test.each(optional)('%s may be absent', (key) => {
    expect(decodeReview(review(without(key)))).toMatchObject({ ok: true });
  });
  test.each(optional)('%s may be null', (key) => {
    expect(decodeReview(review({ ...REQUEST, [key]: null }))).toMatchObject({ ok: true });
  });
  test('a request without any of it is about nobody and nothing', () => {
    const { uid, kind, resource, operation } = REQUEST;
    expect(decodeReview(review({ uid, kind, resource, operation }))).toMatchObject({
      ok: true,
      subject: { subresource: '', namespace: '', user: { username: '', groups: [] }, dryRun: false },
    });
  });
});

describe('who asks', () => {
  test.each([
    ['no uid and no extra', { username: 'a' }, { username: 'a', groups: [] }],
    ['nulls and an empty uid', { uid: '', groups: null, extra: null }, { username: '', groups: [] }],
    ['an extra without keys', { extra: {} }, { username: '', groups: [], extra: {} }],
    ['a null list in it, as Go writes an empty one', { extra: { a: null, b: ['c'] } }, { extra: { a: [], b: ['c'] } }],
    ['keys with a dot and a slash', { extra: { 'a.io/b': ['c'] } }, { extra: { 'a.io/b': ['c'] } }],
  ])('the user is read from %s', (_, userInfo, user) => {
    const decoded = decodeReview(review({ ...REQUEST, userInfo }));
    expect(decoded.ok && decoded.subject.user).toEqual({ username: '', groups: [], ...user });
  });

  test('extra is handed on, not copied', () => {
    const extra = { a: ['b'], 'c.io/d': [] };
    const decoded = decodeReview(review({ ...REQUEST, userInfo: { extra } }));
    expect(decoded.ok && decoded.subject.user.extra).toBe(extra);
  });

  test.each([['["a"]'], ['null']])('a key named __proto__ is a key like any other: %s', (list) => {
    const userInfo: unknown = JSON.parse(`{"username":"a","extra":{"__proto__":${list}}}`);
    const decoded = decodeReview(review({ ...REQUEST, userInfo }));
    const extra = decoded.ok ? decoded.subject.user.extra : undefined;
    expect(Object.keys(extra ?? {})).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(extra)).toBe(Object.prototype);
  });
});

describe('the name', () => {
  test.each([
    ['of the request', { name: 'a', object: { metadata: { name: 'b' } } }, 'a'],
    ['of the object where the request has none', { name: '', object: { metadata: { name: 'b' } } }, 'b'],
    ['of the old object on a deletion', { name: '', object: null, oldObject: { metadata: { name: 'c' } } }, 'c'],
    ['absent while generateName stands', { name: '', object: { metadata: { generateName: 'g-' } } }, undefined],
    ['absent where the object has none', { name: '', object: {}, oldObject: null }, undefined],
    ['absent where it is not a string', { name: '', object: { metadata: { name: 3 } } }, undefined],
  ])('the name is that %s', (_, fields, name) => {
    const decoded = decodeReview(review({ ...REQUEST, ...fields }));
    expect(decoded.ok && decoded.subject.name).toBe(name);
  });

  test('generateName is kept', () => {
    const decoded = decodeReview(review({ ...REQUEST, name: '', object: { metadata: { generateName: 'g-' } } }));
    expect(decoded.ok && decoded.subject.generateName).toBe('g-');
  });
});

describe('what is no review', () => {
  const inherited = Object.create({ kind: 'AdmissionReview' }) as unknown;
  test.each([
    [undefined, 'expected an AdmissionReview, got nothing'],
    [null, 'expected an AdmissionReview, got null'],
    [[], 'expected an AdmissionReview, got a list'],
    ['text', 'expected an AdmissionReview, got "text"'],
    [{}, 'kind: expected AdmissionReview, got nothing'],
    [inherited, 'kind: expected AdmissionReview, got nothing'],
    [{ kind: 'Pod' }, 'kind: expected AdmissionReview, got "Pod"'],
    [{ kind: 'x\n'.repeat(99) }, `kind: expected AdmissionReview, got "${'x\\u000a'.repeat(11)}x\\…"`],
    [{ kind: 'AdmissionReview' }, 'apiVersion: expected admission.k8s.io/v1, got nothing'],
    [{ kind: 'AdmissionReview', apiVersion: 'v1' }, 'apiVersion: expected admission.k8s.io/v1, got "v1"'],
    [
      { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1beta1', request: REQUEST },
      "apiVersion: expected admission.k8s.io/v1, got admission.k8s.io/v1beta1: list v1 in the webhook's admissionReviewVersions",
    ],
    [{ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' }, 'request: expected an object, got nothing'],
    [review([]), 'request: expected an object, got a list'],
    [review({}), 'request.uid: expected a string, got nothing'],
  ])('a body that is not a review is refused (row %#)', (body, problem) => {
    expect(decodeReview(body)).toEqual({ ok: false, problem });
  });

  test.each([
    ['uid', 7, 'a string, got a number'],
    ['kind', 'Pod', 'an object, got "Pod"'],
    ['kind', null, 'an object, got null'],
    ['resource', undefined, 'an object, got nothing'],
    ['operation', ['CREATE'], 'a string, got a list'],
    ['subResource', {}, 'a string or nothing, got an object'],
    ['name', 1, 'a string or nothing, got a number'],
    ['namespace', true, 'a string or nothing, got a boolean'],
    ['userInfo', 'alice', 'an object or null, got "alice"'],
    ['object', [], 'an object or null, got a list'],
    ['oldObject', 'x', 'an object or null, got "x"'],
    ['dryRun', 'yes', 'true, false or nothing, got "yes"'],
  ])('a review whose %s is %j is refused by name', (key, value, words) => {
    const problem = `request.${key}: expected ${words}`;
    expect(decodeReview(review({ ...REQUEST, [key]: value }))).toEqual({ ok: false, problem });
  });

  test.each([
    ['kind', { group: '', version: 'v1' }, 'request.kind.kind: expected a string, got nothing'],
    ['kind', { version: 'v1', kind: 'Pod' }, 'request.kind.group: expected a string, got nothing'],
    [
      'resource',
      { group: '', version: 'v1', resource: 1 },
      'request.resource.resource: expected a string, got a number',
    ],
    ['userInfo', { username: {} }, 'request.userInfo.username: expected a string or nothing, got an object'],
    ['userInfo', { groups: ['a', 1] }, 'request.userInfo.groups: expected a list of strings or nothing, got a list'],
    ['userInfo', { uid: 7 }, 'request.userInfo.uid: expected a string or nothing, got a number'],
    ...[[], 'a', { a: 'b' }, { a: ['b'], c: [1] }, { a: { b: 'c' } }].map((extra): [string, JsonObject, string] => {
      const found = typeof extra === 'string' ? '"a"' : Array.isArray(extra) ? 'a list' : 'an object';
      const problem = `request.userInfo.extra: expected lists of strings by name, or nothing, got ${found}`;
      return ['userInfo', { extra }, problem];
    }),
  ])('inside %s: %j', (key, value, problem) => {
    expect(decodeReview(review({ ...REQUEST, [key]: value }))).toEqual({ ok: false, problem });
  });
});
