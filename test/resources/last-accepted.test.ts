// The last version that was accepted, as the status of an object keeps it: what a server that starts makes of it, and what is written.
import { describe, expect, test } from 'vitest';
import { type JsonObject, ownField } from '../../src/model/json.ts';
import { createPolicySet } from '../../src/policy/select.ts';
import { CAPABILITY_CLASS } from '../../src/resources/capability-class/index.ts';
import { OWN_KINDS } from '../../src/resources/index.ts';
import { ISOLATION_POLICY } from '../../src/resources/isolation-policy/index.ts';
import type { OwnKind } from '../../src/resources/kind.ts';
import { MOST_KEPT_BYTES } from '../../src/resources/last-accepted.ts';
import {
  objectsOf,
  openSnapshot,
  type Snapshot,
  type StoredObject,
  withObjects,
} from '../../src/resources/snapshot.ts';
import { statusFor } from '../../src/resources/status.ts';
import { WORKLOAD_KIND } from '../../src/resources/workload-kind/index.ts';

const NOON = '2026-11-22T12:00:00Z';
const EMPTY = openSnapshot(createPolicySet([]));
const RESTRICTED = { podSecurity: { level: 'restricted' } };
const BROKEN = { podSecurity: { level: 'very' } };

/** A spec of each kind that is accepted. */
const GOOD: ReadonlyMap<OwnKind, JsonObject> = new Map<OwnKind, JsonObject>([
  [ISOLATION_POLICY, RESTRICTED],
  [CAPABILITY_CLASS, { implementations: [{ name: 'one', grant: { env: [{ name: 'A', value: 'b' }] } }] }],
  [
    WORKLOAD_KIND,
    { group: 'example.dev', kind: 'Foo', plural: 'foos', versions: ['v1'], templates: ['/spec/template'] },
  ],
]);
const KEEPING = OWN_KINDS.filter((kind) => kind.keepsLastAccepted);

function objectOf(kind: OwnKind, spec: unknown, generation = 1, status?: unknown, uid = 'u-1'): StoredObject {
  const name = kind === WORKLOAD_KIND ? 'foo.example.dev' : 'one';
  const document = { apiVersion: 'sandgate.dev/v1alpha1', kind: kind.kind, metadata: { name }, spec };
  return { name, uid, generation, document, status };
}

/** What a server has in force that starts with these objects, and what it says of the first. */
function started(kind: OwnKind, ...objects: readonly StoredObject[]): Snapshot {
  return withObjects(EMPTY, kind, objects);
}

/** The status of the first object after it was written once. */
function written(snapshot: Snapshot, kind: OwnKind, existing?: unknown): JsonObject | undefined {
  const { verdicts, records } = objectsOf(snapshot, kind);
  const [verdict] = verdicts;
  return verdict && statusFor(verdict, existing, NOON, records.get(verdict.uid)?.inForce?.version);
}

function messageOf(snapshot: Snapshot, kind: OwnKind): string | undefined {
  return objectsOf(snapshot, kind).verdicts[0]?.message;
}

const API_VERSION = 'sandgate.dev/v1alpha1';

/** A status that keeps this spec. */
function keeping(spec: unknown, generation: unknown = 1, uid = 'u-1', apiVersion = API_VERSION): JsonObject {
  return { lastAccepted: { uid, generation, apiVersion, spec: JSON.stringify(spec) } };
}

test('each kind that keeps its last accepted version has an example here', () => {
  expect([...GOOD.keys()].map(({ kind }) => kind).toSorted()).toEqual(KEEPING.map(({ kind }) => kind).toSorted());
});

test.each(KEEPING.map((kind) => ({ kind, name: kind.kind })))(
  'a broken $name is in force in its last accepted version after a restart, by its status alone',
  ({ kind }) => {
    const good = GOOD.get(kind);
    const status = written(started(kind, objectOf(kind, good)), kind);
    expect(ownField(status, 'lastAccepted')).toEqual({
      uid: 'u-1',
      generation: 1,
      apiVersion: 'sandgate.dev/v1alpha1',
      spec: JSON.stringify(good),
    });
    const restarted = started(kind, objectOf(kind, { nonsense: true }, 2, status));
    expect(objectsOf(restarted, kind).inForce).toHaveLength(1);
    expect(messageOf(restarted, kind)).toMatch(/^generation 1 stays in force: /);
    // What is kept stays, however often it is broken and whoever writes the status.
    const again = written(restarted, kind, status);
    expect(ownField(again, 'lastAccepted')).toEqual(ownField(status, 'lastAccepted'));
    expect(written(restarted, kind, again)).toBeUndefined();
  },
);

test('an exception keeps nothing: what lets something in must not go on by mistake', () => {
  expect(OWN_KINDS.filter((kind) => !kind.keepsLastAccepted).map(({ kind }) => kind)).toEqual(['IsolationException']);
});

describe('nothing is in force', () => {
  test.each<{ what: string; status: unknown }>([
    { what: 'no version is kept', status: { conditions: [] } },
    { what: 'it is that of an object of this name that was there before', status: keeping(RESTRICTED, 1, 'u-0') },
    { what: 'it says that it is of this generation, which is not accepted', status: keeping(RESTRICTED, 4) },
    { what: 'it says that it is of a generation to come', status: keeping(RESTRICTED, 9) },
    { what: 'it is not accepted either, such as by an older release', status: keeping(BROKEN) },
    { what: 'it is no JSON', status: { lastAccepted: { uid: 'u-1', generation: 1, apiVersion: 'v1', spec: '{' } } },
    { what: 'its API version is another', status: keeping(RESTRICTED, 1, 'u-1', 'v9') },
    { what: 'its generation is no number', status: keeping(RESTRICTED, '1') },
    { what: 'it is a list', status: { lastAccepted: [] } },
  ])('of a broken policy where $what', ({ status }) => {
    const snapshot = started(ISOLATION_POLICY, objectOf(ISOLATION_POLICY, BROKEN, 4, status));
    expect(snapshot.policies.policies).toEqual([]);
    expect(messageOf(snapshot, ISOLATION_POLICY)).toMatch(/^not in force: /);
  });
});

test('an object that is accepted is judged by what it says, whatever its status keeps', () => {
  const snapshot = started(
    ISOLATION_POLICY,
    objectOf(ISOLATION_POLICY, RESTRICTED, 4, keeping({ harden: 'baseline' }, 3)),
  );
  expect(snapshot.policies.policies[0]?.podSecurity).toMatchObject({ level: 'restricted' });
  expect(messageOf(snapshot, ISOLATION_POLICY)).toBe('in force');
});

function priorityIn({ policies }: Snapshot): unknown {
  return policies.policies[0]?.priority;
}

describe('replicas that have seen different versions', () => {
  const seen = started(ISOLATION_POLICY, objectOf(ISOLATION_POLICY, { priority: 1 }, 1));

  test('agree on the newest of them, also where it is written while the newest of all is broken', () => {
    const broken = withObjects(seen, ISOLATION_POLICY, [objectOf(ISOLATION_POLICY, BROKEN, 3)]);
    expect(priorityIn(broken)).toBe(1);
    const told = [objectOf(ISOLATION_POLICY, BROKEN, 3, keeping({ priority: 2 }, 2))];
    const agreed = withObjects(broken, ISOLATION_POLICY, told);
    expect(priorityIn(agreed)).toBe(2);
    expect(messageOf(agreed, ISOLATION_POLICY)).toMatch(/^generation 2 stays in force: /);
    expect(withObjects(agreed, ISOLATION_POLICY, told)).toBe(agreed);
  });

  test('do not go back to an older one, nor overwrite a newer one', () => {
    const broken = withObjects(seen, ISOLATION_POLICY, [
      objectOf(ISOLATION_POLICY, BROKEN, 3, keeping({ priority: 0 }, 0)),
    ]);
    expect(priorityIn(broken)).toBe(1);
    const newer = keeping({ fromALaterRelease: true }, 2);
    const other = withObjects(seen, ISOLATION_POLICY, [objectOf(ISOLATION_POLICY, BROKEN, 3, newer)]);
    expect(priorityIn(other)).toBe(1);
    expect(written(other, ISOLATION_POLICY, newer)).toMatchObject(newer);
    // Looked at once: the same snapshot comes back.
    expect(withObjects(other, ISOLATION_POLICY, [objectOf(ISOLATION_POLICY, BROKEN, 3, newer)])).toBe(other);
  });

  test('put right what somebody else wrote there', () => {
    const first = started(ISOLATION_POLICY, objectOf(ISOLATION_POLICY, RESTRICTED, 5));
    for (const forged of [keeping({ priority: 9 }, 5), keeping({ priority: 9 }, 7), keeping(RESTRICTED, 5, 'u-9')]) {
      expect(written(first, ISOLATION_POLICY, forged)).toMatchObject(keeping(RESTRICTED, 5));
    }
  });
});

test('a spec that is too long to be stored twice is not kept, nor is the one before it', () => {
  const values = Array.from({ length: 1000 }, (_, index) => `${index}`.padStart(60, 'v'));
  const matchExpressions = Array.from({ length: 10 }, (_, index) => ({ key: `k${index}`, operator: 'In', values }));
  const spec = { match: { namespaceSelector: { matchExpressions } }, ...RESTRICTED };
  expect(JSON.stringify(spec).length).toBeGreaterThan(MOST_KEPT_BYTES);
  const snapshot = started(ISOLATION_POLICY, objectOf(ISOLATION_POLICY, spec, 2));
  expect(messageOf(snapshot, ISOLATION_POLICY)).toMatch(/^in force/);
  expect(written(snapshot, ISOLATION_POLICY, keeping(RESTRICTED, 1))).toMatchObject({ lastAccepted: null });
  const status = written(snapshot, ISOLATION_POLICY);
  expect(status).not.toHaveProperty('lastAccepted');
  expect(written(snapshot, ISOLATION_POLICY, status)).toBeUndefined();
});
