// Users by a range in an annotation of the namespace, through the whole engine.
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import type { StringMap } from '../../src/kubernetes/pod.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { acceptPolicy } from '../../src/resources/isolation-policy/accept.ts';
import { decide, decideUpdate, gateOfSpec, inEveryKind, offline } from '../support/decide.ts';

const KEY = 'openshift.io/sa.scc.uid-range';
const POLICY = gateOfSpec(`identity: { users: { fromNamespaceAnnotation: ${KEY} } }`);

/** The gate of a namespace with these annotations; undefined where they are not known. */
function inNamespace(annotations: StringMap | undefined, gate: Gate = POLICY): Gate {
  return { ...gate, surroundings: { ...gate.surroundings, namespaceAnnotations: () => annotations } };
}

function pod(runAsUser: number | undefined, more: JsonObject = {}): JsonObject {
  const securityContext = runAsUser === undefined ? {} : { runAsUser };
  const metadata = { name: 'p', namespace: 'agents' };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...more, containers: [{ name: 'a', securityContext }] } };
}

const RANGE = inNamespace({ [KEY]: '1000650000/10000' });

test.each([
  [1000650000, 'allowed'],
  [1000659999, 'allowed'],
  [1000649999, 'denied'],
  [1000660000, 'denied'],
  [0, 'denied'],
  [undefined, 'denied'],
] as const)('user %s in a namespace with the range 1000650000/10000 is %s, in every kind', (user, verdict) => {
  for (const [kind, object] of inEveryKind(pod(user)))
    expect(decide(offline(RANGE), object).verdict, kind).toBe(verdict);
});

test.each([
  ['5/1', 5, 5],
  ['5-5', 5, 5],
  ['5-7', 5, 7],
  ['0/1', 0, 0],
  ['4294967293-4294967294', 4294967293, 4294967294],
])('the annotation %s means the users from %i to %i', (text, first, last) => {
  const gate = inNamespace({ [KEY]: text });
  const verdicts = [first - 1, first, last, last + 1].map((user) => decide(gate, pod(user)).verdict);
  expect(verdicts).toEqual(['denied', 'allowed', 'allowed', 'denied']);
});

describe.each([
  ['that is not set', {}],
  ['that is empty', { [KEY]: '' }],
  ['of no users', { [KEY]: '1000/0' }],
  ['that ends before it begins', { [KEY]: '2000-1000' }],
  ['beyond all users', { [KEY]: '1000-4294967295' }],
  ['with more behind it', { [KEY]: '1000/10,2000/10' }],
  ['with a space before it', { [KEY]: ' 1000/10' }],
  ['with a line break behind it', { [KEY]: '1000/10\n' }],
  ['with a sign', { [KEY]: '+1000/10' }],
  ['with a negative number', { [KEY]: '-5-1000' }],
  ['in digits of another script', { [KEY]: '١٠٠٠/10' }],
  ['without an end', { [KEY]: '1000' }],
  ['that is not known', undefined],
] as const)('an annotation %s', (_, annotations) => {
  const gate = inNamespace(annotations);

  test('lets nobody in, in any kind, and is the one thing that is said', () => {
    for (const [kind, object] of inEveryKind(pod(1000))) {
      const { verdict, said } = decide(offline(gate), object);
      expect([verdict, said.length], kind).toEqual(['denied', 1]);
      expect(said[0]).toMatch(
        /^Deny namespaceUsers: users of the namespace \(annotation "openshift\.io\/sa\.scc\.uid-range" is /,
      );
    }
  });
});

test('a Deployment in a namespace without a range is warned about, and its pods are refused', () => {
  const [, deployment = {}] = inEveryKind(pod(1000)).find(([kind]) => kind === 'Deployment') ?? [];
  const { verdict, said } = decide(inNamespace({}), deployment);
  expect([verdict, said]).toEqual([
    'allowed',
    ['Warn namespaceUsers: users of the namespace (annotation "openshift.io/sa.scc.uid-range" is not set)'],
  ]);
});

test('pods for Windows have no such user, and pass', () => {
  expect(decide(inNamespace({}), pod(undefined, { os: { name: 'windows' } })).verdict).toBe('allowed');
});

test('where the policy only warns of a missing range, the users are refused all the same', () => {
  const lax = gateOfSpec(`identity: { users: { fromNamespaceAnnotation: ${KEY} } }
checks: { namespaceUsers: { validationActions: [Warn] } }`);
  const { verdict, said } = decide(inNamespace({}, lax), pod(1000));
  expect(verdict).toBe('denied');
  expect(said).toEqual([
    'Warn namespaceUsers: users of the namespace (annotation "openshift.io/sa.scc.uid-range" is not set)',
    'Deny userRange: user out of range (container "a" sets runAsUser 1000; allowed are those of the namespace, whose annotation "openshift.io/sa.scc.uid-range" is not set)',
  ]);
});

test('a pod that runs is not refused a label because its namespace has lost its range', () => {
  const before = pod(1000650000);
  const after = { ...before, metadata: { name: 'p', namespace: 'agents', labels: { a: 'b' } } };
  expect(decideUpdate(inNamespace({}), before, after).verdict).toBe('allowed');
});

test('an ephemeral container is held to the range of the namespace', () => {
  const before = pod(1000650000);
  const spec = { containers: [{ name: 'a', securityContext: { runAsUser: 1000650000 } }] };
  const debugged = (runAsUser: number): JsonObject => ({
    ...before,
    spec: { ...spec, ephemeralContainers: [{ name: 'e', securityContext: { runAsUser } }] },
  });
  const verdicts = [1000650001, 1000].map(
    (user) =>
      decide(RANGE, debugged(user), { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject: before })
        .verdict,
  );
  expect(verdicts).toEqual(['allowed', 'denied']);
});

/** What is said of a policy with these parameters. */
function problems(identity: JsonObject): readonly string[] {
  const document = { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy', metadata: { name: 'p' } };
  const { errors, warnings } = acceptPolicy({ ...document, spec: { identity } }, 'p');
  return [...errors, ...warnings].map(({ keys, message }) => `${keys.slice(2).join('.')}: ${message}`);
}

test('an annotation beside min and max is refused, and a user that the policy gives is doubted', () => {
  expect(problems({ users: { min: 1, fromNamespaceAnnotation: KEY } })).toEqual([
    'users.fromNamespaceAnnotation: expected either this, or min and max',
  ]);
  expect(problems({ runAsUser: 1000, users: { fromNamespaceAnnotation: KEY } })).toEqual([
    'runAsUser: given in every namespace, and refused in those whose range does not include 1000',
  ]);
});
