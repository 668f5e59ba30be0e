// Events about what is refused: what they are about, what they say, and that whatever is refused they stay few. What a real API server
// makes of them is in test/cluster/live/denial-events.test.ts.
import { describe, expect, onTestFinished, test } from 'vitest';
import { ApiError } from '../../src/cluster/api/api-error.ts';
import type { ApiRequest } from '../../src/cluster/api/client.ts';
import { Budget } from '../../src/cluster/denials/budget.ts';
import { DenialEvents, type DenialOutcome, type DenialTiming } from '../../src/cluster/denials/denial-events.ts';
import { placeOf } from '../../src/cluster/denials/place.ts';
import { MOST_OF_NAMESPACE, MOST_RECORDS } from '../../src/cluster/denials/waiting-denials.ts';
import { validate } from '../../src/engine/validate.ts';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import type { Denial } from '../../src/observe/denials.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const OWNER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d9f', uid: 'u-rs', controller: true };
const GATE = gateOf(policyYaml('p', 'podSecurity: { level: baseline }'));

function pod(metadata: JsonObject = {}): JsonObject {
  const containers = [{ name: 'a', image: 'b', securityContext: { privileged: true } }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-1', ...metadata }, spec: { containers } };
}

function denialOf(metadata: JsonObject = {}, over: Partial<Subject> = {}, message = 'pods "web" is forbidden'): Denial {
  const subject = subjectOf(pod(metadata), { namespace: 'shop', ...over });
  return { subject, decision: validate(subject, GATE), message };
}

interface Written {
  readonly events: DenialEvents;
  readonly asked: readonly ApiRequest[];
  readonly outcomes: readonly (readonly [DenialOutcome, number])[];
  /** The events that were created. */
  readonly created: () => readonly JsonObject[];
}

/** Events that this function answers about; by default it takes them all. */
function started(timing: Partial<DenialTiming> = {}, answer?: (asked: ApiRequest) => void): Written {
  const asked: ApiRequest[] = [];
  const outcomes: (readonly [DenialOutcome, number])[] = [];
  const client = {
    async json(request: ApiRequest) {
      asked.push(request);
      answer?.(request);
      return { metadata: { name: `event-${asked.length}` } };
    },
  };
  const events = new DenialEvents(client, { gatherMs: 1, againMs: 1, ...timing });
  events.start({
    onOutcome: (outcome, denials) => void outcomes.push([outcome, denials]),
    onFault(fault) {
      throw fault;
    },
  });
  onTestFinished(() => events.stop());
  return { events, asked, outcomes, created: () => asked.map(({ create }) => create).filter(isJsonObject) };
}

describe('what an event is about', () => {
  test.each<{ what: string; metadata?: JsonObject; over?: Partial<Subject>; about: object | undefined }>([
    {
      what: 'a pod of a controller: the controller',
      metadata: { ownerReferences: [{ ...OWNER, controller: false, name: 'other' }, OWNER] },
      about: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d9f', uid: 'u-rs' },
    },
    { what: 'a pod of nobody: its namespace', about: { apiVersion: 'v1', kind: 'Namespace', name: 'shop' } },
    {
      what: 'a pod whose owner is none that can be named: its namespace',
      metadata: { ownerReferences: [{ ...OWNER, uid: 7 }] },
      about: { apiVersion: 'v1', kind: 'Namespace', name: 'shop' },
    },
    {
      what: 'a pod with owners that are not a list: its namespace',
      metadata: { ownerReferences: 'x' },
      about: { apiVersion: 'v1', kind: 'Namespace', name: 'shop' },
    },
    {
      what: 'an update: the object, whoever owns it',
      metadata: { ownerReferences: [OWNER], uid: 'u-pod' },
      over: { operation: 'UPDATE', name: 'web-1' },
      about: { apiVersion: 'v1', kind: 'Pod', name: 'web-1', uid: 'u-pod' },
    },
    {
      what: 'a connection: the pod',
      over: {
        operation: 'CONNECT',
        name: 'web-1',
        subresource: 'exec',
        kind: { group: '', version: 'v1', kind: 'PodExecOptions' },
        object: undefined,
      },
      about: { apiVersion: 'v1', kind: 'Pod', name: 'web-1' },
    },
    { what: 'an object of no namespace: nothing', over: { namespace: '' }, about: undefined },
  ])('it is, of $what', ({ metadata, over, about }) => {
    expect(placeOf(denialOf(metadata, over).subject)?.about).toEqual(about);
  });
});

test('one event tells of all refusals of one kind, and counts on', async () => {
  const { events, asked, outcomes, created } = started();
  for (let i = 0; i < 3; i++)
    events.denied(denialOf({ ownerReferences: [OWNER], name: `web-${i}` }, {}, `web-${i} refused`));
  await expect.poll(() => outcomes).toEqual([['told', 3]]);
  expect(created()).toMatchObject([
    {
      metadata: { namespace: 'shop', generateName: 'web-7d9f.' },
      involvedObject: { kind: 'ReplicaSet', name: 'web-7d9f', namespace: 'shop', uid: 'u-rs' },
      type: 'Warning',
      reason: 'PolicyViolation',
      message: 'web-2 refused',
      count: 3,
      source: { component: 'sandgate' },
    },
  ]);
  events.denied(denialOf({ ownerReferences: [OWNER], name: 'web-9' }, {}, 'web-9 refused'));
  await expect
    .poll(() => asked[1])
    .toMatchObject({
      path: '/api/v1/namespaces/shop/events/event-1',
      patch: { count: 4, message: 'web-9 refused' },
    });
  expect(asked).toHaveLength(2);
});

test('an event that the API server has forgotten is written anew, from one on', async () => {
  const { events, created } = started({}, ({ patch }) => {
    if (patch !== undefined) throw new ApiError('404 not found', 404);
  });
  events.denied(denialOf());
  await expect.poll(() => created().length).toBe(1);
  events.denied(denialOf());
  await expect.poll(() => created().map(({ count }) => count)).toEqual([1, 1]);
});

test('different checks at one place are different events', async () => {
  const { events, created } = started();
  events.denied(denialOf());
  const subject = subjectOf({ ...pod(), spec: { hostPID: true, containers: [] } }, { namespace: 'shop' });
  events.denied({ subject, decision: validate(subject, GATE), message: 'other' });
  await expect.poll(() => created().map(({ message }) => message)).toEqual(['pods "web" is forbidden', 'other']);
});

test('a message is on one line, and not longer than the API server takes', async () => {
  const { events, created } = started();
  events.denied(denialOf({}, {}, `a\nb ${'ü'.repeat(2000)}`));
  await expect.poll(() => created().length).toBe(1);
  const message = String(created()[0]?.message);
  expect(message).toMatch(/^a\\u000ab ü+…$/);
  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(1024);
});

test('an owner whose name no event can begin with is written about all the same', async () => {
  const { events, created } = started();
  events.denied(denialOf({ ownerReferences: [{ ...OWNER, name: 'System:Node' }] }));
  await expect.poll(() => created()).toMatchObject([{ metadata: { generateName: 'sandgate.' } }]);
});

/** A refusal of the pod of another owner. */
function other(index: number, namespace = 'shop'): Denial {
  return denialOf({ ownerReferences: [{ ...OWNER, uid: `u-${index}` }] }, { namespace });
}

describe('whatever is refused', () => {
  test('one namespace has a limit of its own, and another one has the same', async () => {
    const ofNamespace = { burst: 3, everyMs: 1e9 };
    const { events, created, outcomes } = started({ ofNamespace });
    for (let i = 0; i < 50; i++) events.denied(other(i));
    events.denied(other(0, 'quiet'));
    await expect.poll(() => created().length).toBe(4);
    expect(created().filter(({ metadata }) => ownField(metadata, 'namespace') === 'quiet')).toHaveLength(1);
    // What waits is bounded, and what has no room is counted.
    expect(outcomes.filter(([outcome]) => outcome === 'dropped')).toHaveLength(50 - MOST_OF_NAMESPACE);
  });

  test('there is a limit for all namespaces together', async () => {
    const { events, created } = started({ inAll: { burst: 5, everyMs: 1e9 } });
    for (let i = 0; i < 30; i++) events.denied(other(i, `n${i}`));
    await expect.poll(() => created().length).toBe(5);
    await new Promise((done) => setTimeout(done, 50));
    expect(created()).toHaveLength(5);
  });

  test('no more are remembered than there is room for', () => {
    const { events, outcomes } = started({ gatherMs: 1e6 });
    for (let i = 0; i < MOST_RECORDS + 7; i++) events.denied(other(i, `n${i}`));
    expect(outcomes).toEqual(Array.from({ length: 7 }, () => ['dropped', 1]));
  });

  test('what has been told makes room for what has not', async () => {
    const { events, outcomes } = started({ inAll: { burst: 1e9, everyMs: 1 } });
    for (let i = 0; i < MOST_RECORDS; i++) events.denied(other(i, `n${i}`));
    await expect.poll(() => outcomes.length).toBe(MOST_RECORDS);
    events.denied(other(1, 'new'));
    await expect.poll(() => outcomes.at(-1)).toEqual(['told', 1]);
    expect(outcomes.every(([outcome]) => outcome === 'told')).toBe(true);
  });

  test('an API server that refuses events is asked about each of them once', async () => {
    const { events, asked, outcomes } = started({}, () => {
      throw new ApiError('403 events is forbidden', 403);
    });
    events.denied(other(1));
    events.denied(other(1));
    await expect.poll(() => outcomes).toEqual([['failed', 2]]);
    await new Promise((done) => setTimeout(done, 50));
    expect(asked).toHaveLength(1);
  });
});

test('nothing is written before the start and after the stop', async () => {
  const asked: ApiRequest[] = [];
  const events = new DenialEvents({ json: async (request) => void asked.push(request) }, { gatherMs: 1 });
  events.denied(denialOf());
  events.start({ onOutcome: () => {}, onFault: () => {} });
  events.stop();
  events.denied(denialOf());
  await new Promise((done) => setTimeout(done, 30));
  expect(asked).toEqual([]);
});

test('a budget is spent at once, and comes back with time', () => {
  const budget = new Budget({ burst: 2, everyMs: 10 }, 0);
  expect([0, 0, 0, 9, 10, 11, 1000, 1000, 1000].map((now) => budget.take(now))).toEqual([
    true,
    true,
    false,
    false,
    true,
    false,
    true,
    true,
    false,
  ]);
});
