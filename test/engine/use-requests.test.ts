// Which questions about capability classes have to be answered before a review is decided; and that nearly none have.
import { describe, expect, test } from 'vitest';
import type { Gate, UseRequest } from '../../src/engine/gate.ts';
import { useRequests } from '../../src/engine/grants/use-requests.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { CAPABILITIES_ANNOTATION } from '../../src/model/names.ts';
import type { Subject } from '../../src/model/subject.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

function classYaml(name: string, authorization = 'RBAC'): string {
  return `apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: ${name} }
spec:
  authorization: ${authorization}
  implementations:
    - name: one
      template: { spec: { containers: [{ name: ${name}-daemon, image: example.com/x:1 }] } }
`;
}

const LISTED = policyYaml('p', 'capabilities: [{ name: docker }, { name: nsjail }, { name: free }]');
const GATE = gateOf([classYaml('docker'), classYaml('nsjail'), classYaml('free', 'Policy'), LISTED]);
const CONTAINERS = [{ name: 'app', image: 'example.com/app:1' }];

function asking(names: unknown, more: JsonObject = {}): JsonObject {
  return { ...more, annotations: { [CAPABILITIES_ANNOTATION]: names } };
}

function pod(metadata: JsonObject, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', ...metadata },
    spec: { containers: CONTAINERS, ...spec },
  };
}

function deployment(metadata: JsonObject, template: JsonObject): JsonObject {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', ...metadata }, spec: { template } };
}

function sandbox(metadata: JsonObject, podTemplate: JsonObject): JsonObject {
  const apiVersion = 'agents.x-k8s.io/v1beta1';
  return { apiVersion, kind: 'Sandbox', metadata: { name: 's', ...metadata }, spec: { podTemplate } };
}

/** `class@service-account` of every question, in order. */
function asked(object: JsonObject, gate: Gate = GATE, overrides: Partial<Subject> = {}): string[] {
  return useRequests(subjectOf(object, overrides), gate).map(
    ({ className, serviceAccount }) => `${className}@${serviceAccount}`,
  );
}

test('a question has the user, the namespace and the service account', () => {
  const user = { username: 'alice', groups: ['dev'], uid: '7', extra: { a: ['b'] } };
  const object = pod(asking('docker'), { serviceAccountName: 'robot' });
  const questions = useRequests(subjectOf(object, { user, namespace: 'team' }), GATE);
  const expected: UseRequest[] = [{ className: 'docker', namespace: 'team', user, serviceAccount: 'robot' }];
  expect(questions).toEqual(expected);
  expect(questions[0]?.user).toBe(user);
});

describe('what an object asks for', () => {
  test.each([
    ['nothing', pod({}), []],
    ['nothing, in words', pod(asking(' ')), []],
    ['two, written as people do', pod(asking(' Docker, NSJAIL,docker')), ['docker@default', 'nsjail@default']],
    ['a class that is not there', pod(asking('podman,docker')), ['docker@default']],
    ['a class that the policy alone decides about', pod(asking('free')), []],
    ['something that is no text', pod(asking(['docker'])), []],
    ['too many to be read', pod(asking([...Array(17).keys(), 'docker'].join(','))), []],
    ['a name of every object', pod(asking('constructor,__proto__,toString')), []],
  ])('the classes that a pod asks for: %s', (_, object, expected) => {
    expect(asked(object)).toEqual(expected);
  });

  test.each([
    ['on the template', deployment({}, { metadata: asking('docker'), spec: {} }), ['docker@default']],
    ['on the Sandbox', sandbox(asking('docker'), { spec: {} }), ['docker@default']],
    ['on both', sandbox(asking('docker'), { metadata: asking('nsjail,docker') }), ['docker@default', 'nsjail@default']],
    ['on a template without a spec', deployment({}, { metadata: asking('docker') }), ['docker@default']],
  ])('the classes that a controller asks for %s', (_, object, expected) => {
    expect(asked(object)).toEqual(expected);
  });
});

describe('the service account', () => {
  test.each([
    ['by its old name, as a custom resource may have it', { serviceAccount: 'old' }, 'docker@old'],
    ['by both names: the new one counts', { serviceAccount: 'old', serviceAccountName: 'new' }, 'docker@new'],
    ['where the new one is empty', { serviceAccount: 'old', serviceAccountName: '' }, 'docker@old'],
    ['of no type', { serviceAccountName: 7 }, 'docker@default'],
  ])('the service account is found %s', (_, spec, expected) => {
    expect(asked(sandbox({}, { metadata: asking('docker'), spec }))).toEqual([expected]);
  });
});

function update(object: JsonObject, oldObject: JsonObject): string[] {
  return asked(object, GATE, { operation: 'UPDATE', oldObject });
}

describe('an update', () => {
  test('is asked about once, where nothing of this changes', () => {
    expect(update(pod(asking('docker')), pod(asking('docker')))).toEqual(['docker@default']);
  });

  test('is asked about with what the stored object asked for, too', () => {
    expect(update(pod({}), pod(asking('docker')))).toEqual(['docker@default']);
    const was = deployment({}, { metadata: asking('docker'), spec: { serviceAccountName: 'was' } });
    const is = deployment({}, { metadata: asking('docker'), spec: { serviceAccountName: 'is' } });
    expect(update(is, was)).toEqual(['docker@is', 'docker@was']);
  });
});

describe('what is not looked at', () => {
  test.each([
    ['a deletion', { operation: 'DELETE', object: undefined, oldObject: pod(asking('docker')) }],
    ['a status', { operation: 'UPDATE', subresource: 'status' }],
    ['a connection', { operation: 'CONNECT', subresource: 'exec' }],
    ['a kind without a template', { kind: { group: '', version: 'v1', kind: 'ConfigMap' } }],
  ])('nothing is asked about %s', (_, overrides) => {
    expect(asked(pod(asking('docker')), GATE, overrides)).toEqual([]);
  });

  test('anything, where there are no classes', () => {
    const gate = gateOf(policyYaml('p', 'podSecurity: { level: baseline }'));
    expect(asked(pod(asking('docker')), gate)).toEqual([]);
  });

  test('a kind that is ignored', () => {
    expect(asked(pod(asking('docker')), { ...GATE, enforcement: () => 'Ignore' })).toEqual([]);
  });
});

function always(match: string): Gate {
  return gateOf(
    [
      classYaml('docker'),
      classYaml('free', 'Policy'),
      policyYaml(
        'always',
        `match: ${match}\ncapabilities: [{ name: docker, assign: Always }, { name: free, assign: Always }]`,
      ),
    ],
    { known: { tier: 'a' } },
  );
}

describe('what a policy gives unasked', () => {
  test.each([
    ['to everything', '{}', {}, 'known', ['docker@default']],
    [
      'by a label it has',
      '{ objectSelector: { matchLabels: { a: b } } }',
      { labels: { a: 'b' } },
      'known',
      ['docker@default'],
    ],
    ['by a label it has not', '{ objectSelector: { matchLabels: { a: b } } }', { labels: { a: 'c' } }, 'known', []],
    [
      'by a label that is no text',
      '{ objectSelector: { matchLabels: { a: "1" } } }',
      { labels: { a: 1 } },
      'known',
      ['docker@default'],
    ],
    [
      'by the labels of its namespace',
      '{ namespaceSelector: { matchLabels: { tier: a } } }',
      {},
      'known',
      ['docker@default'],
    ],
    ['by labels its namespace has not', '{ namespaceSelector: { matchLabels: { tier: b } } }', {}, 'known', []],
    [
      'by labels nobody knows yet',
      '{ namespaceSelector: { matchLabels: { tier: b } } }',
      {},
      'unknown',
      ['docker@default'],
    ],
  ])('a class is given unasked %s', (_, match, metadata, namespace, expected) => {
    expect(asked(pod(metadata), always(match), { namespace })).toEqual(expected);
  });

  test('a class is given unasked to the pods of a controller', () => {
    const gate = always('{ kinds: [Pod] }');
    const object = deployment({}, { metadata: {}, spec: { serviceAccountName: 'robot' } });
    expect(asked(object, gate, { namespace: 'known' })).toEqual(['docker@robot']);
    expect(asked(object, gate, { namespace: 'unknown' })).toEqual(['docker@robot']);
  });

  test('once, where the object asks for it, too', () => {
    expect(asked(pod(asking('docker')), always('{}'))).toEqual(['docker@default']);
  });
});

test('no review costs more than some look-ups, whatever there is to ask', () => {
  const names = [...Array(200).keys()].map((index) => `class-${index}`);
  const policies = [0, 50, 100, 150].map((start) => {
    const refs = names.slice(start, start + 50).map((name) => `{ name: ${name}, assign: Always }`);
    return policyYaml(`p-${start}`, `capabilities: [${refs.join(', ')}]`);
  });
  const gate = gateOf([...names.map((name) => classYaml(name)), ...policies]);
  const was = deployment({}, { metadata: {}, spec: { serviceAccountName: 'was' } });
  const is = deployment({}, { metadata: {}, spec: { serviceAccountName: 'is' } });
  const questions = asked(is, gate, { operation: 'UPDATE', oldObject: was });
  expect(new Set(questions).size).toBe(256);
  expect(questions).toHaveLength(256);
});
