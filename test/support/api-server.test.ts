// The port of the API server is a judge in many tests: here it is judged itself.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { applyReply, type Outcome } from './api-server.ts';
import { applyPatch } from './json-patch.ts';

const POD = { metadata: { name: 'web' }, spec: { containers: [{ name: 'app' }] } };
const REQUEST = { request: { uid: 'u', object: POD } };

function base64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}

function replied(response: JsonObject, type: 'mutate' | 'validate' = 'mutate', request: unknown = REQUEST): Outcome {
  const reply = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid: 'u', ...response } };
  return applyReply({ name: 'w', type }, request, reply);
}

const PATCH = base64([{ op: 'add', path: '/spec/hostUsers', value: false }]);

describe('a reply that is not valid is an error', () => {
  test.each<[string, unknown]>([
    ['webhook response was absent', { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }],
    ['expected response.uid="u", got "v"', { response: { uid: 'v' } }],
    [
      'expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got admission.k8s.io/v1beta1, Kind=AdmissionReview',
      { apiVersion: 'admission.k8s.io/v1beta1', kind: 'AdmissionReview', response: { uid: 'u' } },
    ],
  ])('the API server refuses a reply: %s', (message, reply) => {
    expect(applyReply({ name: 'w', type: 'mutate' }, REQUEST, reply)).toMatchObject({
      result: 'error',
      code: 500,
      message,
    });
  });

  test.each<[string, 'mutate' | 'validate', JsonObject]>([
    ['webhook returned response.patch but not response.patchType', 'mutate', { patch: PATCH }],
    ['webhook returned response.patchType but not response.patch', 'mutate', { patchType: 'JSONPatch' }],
    ['unsupported patch type ""MergePatch""', 'mutate', { patch: PATCH, patchType: 'MergePatch' }],
    ['validating webhook may not return response.patch', 'validate', { patch: PATCH, patchType: 'JSONPatch' }],
    ['validating webhook may not return response.patchType', 'validate', { patchType: 'JSONPatch' }],
    ['response.allowed must be a boolean', 'validate', { allowed: 'yes' }],
  ])('the API server refuses a patch: %s', (message, type, response) => {
    expect(replied({ allowed: true, ...response }, type)).toMatchObject({ result: 'error', message });
  });
});

describe('a patch', () => {
  test('a patch is applied to a copy', () => {
    const outcome = replied({ allowed: true, patch: PATCH, patchType: 'JSONPatch' });
    expect(outcome).toMatchObject({ result: 'allowed', operations: 1, object: { spec: { hostUsers: false } } });
    expect(POD.spec).not.toHaveProperty('hostUsers');
  });
  test.each<[string, string]>([
    ['that is no base64', '%%%'],
    ['without padding', PATCH.replace(/=*$/, '').slice(0, -1)],
    ['that is no list', base64({ op: 'add' })],
    ['below what is missing', base64([{ op: 'add', path: '/spec/securityContext/runAsUser', value: 1 }])],
  ])('%s is an error even where the failure policy is Ignore', (_, patch) => {
    expect(replied({ allowed: true, patch, patchType: 'JSONPatch' })).toMatchObject({ result: 'error', code: 500 });
  });
  test('a patch in the answer to a deletion is an error', () => {
    const request = { request: { uid: 'u', object: null, oldObject: POD } };
    const outcome = replied({ allowed: true, patch: PATCH, patchType: 'JSONPatch' }, 'mutate', request);
    expect(outcome.message).toContain('attempted to modify the object, which is not supported for this operation');
  });
});

describe('operations', () => {
  const document = { list: [1, 2], map: { a: null, 'x/y~z': 1 }, none: null };
  test.each<[string, JsonObject, unknown]>([
    ['insert', { op: 'add', path: '/list/1', value: 9 }, { ...document, list: [1, 9, 2] }],
    ['append', { op: 'add', path: '/list/-', value: 9 }, { ...document, list: [1, 2, 9] }],
    ['add at the end', { op: 'add', path: '/list/2', value: 9 }, { ...document, list: [1, 2, 9] }],
    ['add over', { op: 'add', path: '/map/a', value: 2 }, { ...document, map: { ...document.map, a: 2 } }],
    ['escapes', { op: 'replace', path: '/map/x~1y~0z', value: 2 }, { ...document, map: { a: null, 'x/y~z': 2 } }],
    ['remove', { op: 'remove', path: '/list/0' }, { ...document, list: [2] }],
    ['move', { op: 'move', from: '/list/0', path: '/none' }, { ...document, list: [2], none: 1 }],
    ['copy', { op: 'copy', from: '/list', path: '/none' }, { ...document, none: [1, 2] }],
    ['test', { op: 'test', path: '/list', value: [1, 2] }, document],
  ])('an operation is applied: %s', (_, operation, result) => {
    expect(applyPatch(document, [operation])).toEqual(result);
  });

  test.each<[string, JsonObject]>([
    ['replace what is missing', { op: 'replace', path: '/map/b', value: 1 }],
    ['remove what is missing', { op: 'remove', path: '/map/b' }],
    ['remove past the end', { op: 'remove', path: '/list/2' }],
    ['add past the end', { op: 'add', path: '/list/3', value: 1 }],
    ['add at no index', { op: 'add', path: '/list/x', value: 1 }],
    ['add at a padded index', { op: 'add', path: '/list/01', value: 1 }],
    ['add below null', { op: 'add', path: '/none/a', value: 1 }],
    ['add below a scalar', { op: 'add', path: '/list/0/a', value: 1 }],
    ['replace everything', { op: 'replace', path: '', value: {} }],
    ['a failing test', { op: 'test', path: '/list', value: [2, 1] }],
    ['an unknown operation', { op: 'merge', path: '/map', value: {} }],
    ['without a value', { op: 'add', path: '/map/b' }],
    ['without a path', { op: 'add', value: 1 }],
  ])('an operation fails: %s', (_, operation) => {
    expect(() => applyPatch(document, [operation])).toThrow(/./);
  });

  test('__proto__ is a key like any other', () => {
    const hostile: unknown = JSON.parse('{"__proto__": {"a": 1}}');
    const patched = applyPatch(hostile, [{ op: 'add', path: '/__proto__/b', value: 2 }]);
    expect(JSON.stringify(patched)).toBe('{"__proto__":{"a":1,"b":2}}');
  });
});

describe('a denial', () => {
  test.each<[string, unknown, string, number]>([
    ['with a message', { code: 403, message: 'no' }, 'admission webhook "w" denied the request: no', 403],
    ['with a reason only', { code: 422, reason: 'Because' }, 'admission webhook "w" denied the request: Because', 422],
    [
      'with a code that means success',
      { code: 200 },
      'admission webhook "w" denied the request without explanation',
      400,
    ],
    ['without a status', undefined, 'admission webhook "w" denied the request without explanation', 400],
  ])('a denial is passed on %s', (_, status, message, code) => {
    expect(replied({ allowed: false, status })).toMatchObject({ result: 'denied', message, code });
  });
});

test('warnings with control characters and annotations with bad keys are lost', () => {
  const auditAnnotations = { ok: 'a', 'not/ok': 'b', '-not': 'c', 'not-': 'd', ['k'.repeat(64)]: 'e' };
  const outcome = replied({ allowed: true, warnings: ['fine', 'fine', 'not\nfine', ''], auditAnnotations });
  expect(outcome.warnings).toEqual(['fine']);
  expect(outcome.lostWarnings).toEqual(['not\nfine']);
  expect(outcome.audit).toEqual({ 'w/ok': 'a' });
  expect(outcome.lostAnnotations).toEqual(['not/ok', '-not', 'not-', 'k'.repeat(64)]);
});
