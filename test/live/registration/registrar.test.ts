// When and what a server registers, against an API server that does what a test wants. What a real one does is in
// test/cluster/chart.
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, ownField } from '../../../src/model/json.ts';
import { type FakeApiServer, fails } from '../fake-api-server.ts';
import {
  annotated,
  annotationsIn,
  bundlesIn,
  EVENTS,
  isQuestion,
  isWrite,
  MUTATING,
  makeCa,
  namesIn,
  ROLES,
  register,
  soon,
  startApi,
  textWith,
  tlsOf,
  unreachable,
  VALIDATING,
  webhooksIn,
} from './configurations.ts';

const REACHABLE = 'reachable.validate.sandgate.dev';

async function untilRegistered(api: FakeApiServer): Promise<void> {
  await soon(() =>
    [...namesIn(api.get(MUTATING, 'sandgate')), ...namesIn(api.get(VALIDATING, 'sandgate'))].toSorted(),
  ).toEqual(['enforce.example.com', 'fill.example.com', REACHABLE]);
}

/** Resolves after the registrar has looked this many times more. */
async function afterLooks(api: FakeApiServer, count: number): Promise<void> {
  const looks = (): number => api.asked.filter(({ path }) => path === `${VALIDATING}/sandgate`).length;
  const before = looks();
  await soon(looks).toBeGreaterThanOrEqual(before + count);
}

function writesTo(api: FakeApiServer): number {
  return api.asked.filter(isWrite).length;
}

/** Resolves once all is registered, and said to be. */
async function registered(): Promise<{ api: FakeApiServer; told: readonly string[] }> {
  const api = await startApi();
  const { told } = await register(api);
  await untilRegistered(api);
  await soon(() => told).toEqual(['registered']);
  return { api, told };
}

describe('before anything is registered', () => {
  test('nothing is asked of the API server until reviews can be answered', async () => {
    const api = await startApi();
    let isReady = false;
    const { registrar } = await register(api, { isReady: () => isReady });
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(api.asked).toEqual([]);
    expect(registrar.condition.problem()).toContain('not known yet');
    isReady = true;
    await untilRegistered(api);
    expect(registrar.condition.problem()).toBeUndefined();
  });

  test('only the webhook that judges nothing is there while the API server does not reach us, and we are ready all the same', async () => {
    const api = await startApi();
    const rule = api.instead(
      isQuestion,
      unreachable('Post "https://sandgate.sandgate.svc:443/reachable": i/o timeout'),
    );
    const { registrar, told } = await register(api);
    await soon(() => told).toEqual([
      'waiting: the API server does not reach sandgate.sandgate.svc: Post "https://sandgate.sandgate.svc:443/reachable": i/o timeout',
    ]);
    expect(namesIn(api.get(VALIDATING, 'sandgate'))).toEqual([REACHABLE]);
    expect(api.get(MUTATING, 'sandgate')).toBeUndefined();
    expect([registrar.state, registrar.condition.problem()]).toEqual(['waiting', undefined]);
    rule.end();
    await untilRegistered(api);
    await soon(() => told.at(-1)).toBe('registered');
  });

  test('an API server that does not know of the webhook yet is asked until it does', async () => {
    const api = await startApi();
    api.instead(isQuestion, (response) => response.writeHead(201).end('{}'), 3);
    await register(api);
    await untilRegistered(api);
    expect(api.asked.filter(isQuestion).length).toBe(4);
  });

  test.each([
    {
      what: 'a certificate that would not be accepted',
      tls: async () => tlsOf(await makeCa(), 'it is for somebody else'),
    },
    { what: 'a CA that nobody names', tls: async () => tlsOf(undefined) },
    { what: 'an empty CA', tls: async () => tlsOf('') },
    {
      what: 'a text that is not a CA',
      tls: async () => tlsOf('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
    },
  ])('$what is said, and nothing is written', async ({ tls }) => {
    const api = await startApi();
    const { told } = await register(api, { tls: await tls() });
    await soon(() => told.length).toBe(1);
    expect(told[0]).toMatch(
      /^waiting: (it is for somebody else|nobody says which CA signed the certificate|there is no CA in the file beside the certificate)/,
    );
    expect(writesTo(api)).toBe(0);
  });

  test('a file with the webhooks whose caBundle is not a CA registers nothing, whatever came with the certificate', async () => {
    const api = await startApi();
    const { told } = await register(api, { text: textWith({ caBundle: 'AAAA' }) });
    await soon(() => told[0]).toMatch(/^waiting: there is no CA in the caBundle in the file with the webhooks/);
    expect(writesTo(api)).toBe(0);
  });

  test('without the right to ask, nothing but that question is registered', async () => {
    const api = await startApi();
    api.instead(isQuestion, fails(403, 'events is forbidden: User "sandgate" cannot create resource "events"'));
    const { told } = await register(api);
    await soon(() => told[0]).toBe('waiting: 403 events is forbidden: User "sandgate" cannot create resource "events"');
    expect(namesIn(api.get(VALIDATING, 'sandgate'))).toEqual([REACHABLE]);
  });

  test('without their owner nothing is registered: nobody would take it away again', async () => {
    const api = await startApi();
    api.remove(ROLES, 'sandgate');
    const { told } = await register(api);
    await soon(() => told[0]).toMatch(/^waiting: the ClusterRole "sandgate" is gone/);
    expect(writesTo(api)).toBe(0);
  });
});

describe('what is registered', () => {
  test('is what the file has, with the CA, the uid of the owner, and a mark; what fills in goes first', async () => {
    const api = await startApi();
    const ca = await makeCa();
    await register(api, { tls: tlsOf(ca) });
    await untilRegistered(api);
    for (const path of [MUTATING, VALIDATING]) {
      const configuration = api.get(path, 'sandgate');
      expect(bundlesIn(configuration)).toEqual(new Set([ca]));
      expect(ownField(ownField(configuration, 'metadata'), 'ownerReferences')).toEqual([
        { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'sandgate', uid: 'role-1' },
      ]);
      expect(annotationsIn(configuration)['sandgate.dev/registered-from']).toMatch(/^[0-9a-f]{16}$/);
    }
    const applied = api.asked.filter(isWrite).map(({ path, query }) => [path, query.get('fieldManager')]);
    expect(applied).toEqual([
      [`${VALIDATING}/sandgate`, 'sandgate-reachable'],
      [`${MUTATING}/sandgate`, 'sandgate'],
      [`${VALIDATING}/sandgate`, 'sandgate'],
    ]);
  });

  test('names the CA of the file where that has one, whatever came with the certificate', async () => {
    const api = await startApi();
    const ca = await makeCa('of the file');
    const text = textWith({ caBundle: Buffer.from(ca).toString('base64') });
    await register(api, { text, tls: tlsOf(await makeCa('of the Secret')) });
    await untilRegistered(api);
    expect(bundlesIn(api.get(MUTATING, 'sandgate'))).toEqual(new Set([ca]));
  });

  test('is not written again while all is as it should be, by one replica or by two', async () => {
    const api = await startApi();
    const tls = tlsOf(await makeCa());
    await register(api, { tls });
    await untilRegistered(api);
    const before = writesTo(api);
    const { told } = await register(api, { tls });
    await afterLooks(api, 6);
    expect([writesTo(api), told]).toEqual([before, ['registered']]);
  });

  test('is told about in an event on the Deployment, and so is what keeps it from being registered', async () => {
    const api = await startApi();
    const rule = api.instead(isQuestion, unreachable('connection refused'));
    const { told } = await register(api);
    const events = (): readonly unknown[] =>
      api.asked
        .filter(({ path, method, query }) => path === EVENTS && method === 'POST' && !query.has('dryRun'))
        .map(({ body }) => [ownField(body, 'reason'), ownField(ownField(body, 'involvedObject'), 'uid')]);
    await soon(() => told.length).toBeGreaterThan(0);
    await soon(events).toEqual([['WebhooksNotRegistered', 'deployment-1']]);
    // However often it is tried, it is said once.
    await afterLooks(api, 5);
    expect([events().length, told.length]).toEqual([1, 1]);
    rule.end();
    await soon(() => events().at(-1)).toEqual(['WebhooksRegistered', 'deployment-1']);
  });
});

describe('what others do', () => {
  test('a field that somebody changes is set right, and who else writes is named', async () => {
    const { api, told } = await registered();
    const before = api.get(VALIDATING, 'sandgate') ?? {};
    const webhooks = webhooksIn(before).map((webhook) => ({ ...webhook, failurePolicy: 'Ignore' }));
    const { metadata } = annotated(before, {});
    const managedFields = [{ manager: 'kubectl-edit' }];
    api.put(VALIDATING, {
      ...before,
      metadata: { ...(isJsonObject(metadata) ? metadata : {}), managedFields },
      webhooks,
    });
    await soon(() => webhooksIn(api.get(VALIDATING, 'sandgate'))[0]?.failurePolicy).toBe('Fail');
    expect(told).toContain('drift: webhooks[enforce.example.com].failurePolicy kubectl-edit');
  });

  test('what somebody adds is left alone', async () => {
    const { api, told } = await registered();
    const before = api.get(VALIDATING, 'sandgate') ?? {};
    const [first, ...others] = webhooksIn(before);
    api.put(VALIDATING, { ...before, webhooks: [{ ...first, objectSelector: {} }, ...others, { name: 'theirs' }] });
    const writes = writesTo(api);
    await afterLooks(api, 4);
    expect([writesTo(api), told]).toEqual([writes, ['registered']]);
  });

  test.each<[string, JsonObject]>([
    ['objectSelector', { objectSelector: { matchLabels: { judged: 'yes' } } }],
    ['objectSelector', { objectSelector: { matchExpressions: [{ key: 'free', operator: 'DoesNotExist' }] } }],
    ['namespaceSelector', { namespaceSelector: { matchLabels: { judged: 'yes' } } }],
    ['matchConditions', { matchConditions: [{ name: 'never', expression: 'false' }] }],
  ])('a %s by which somebody has less sent to us is taken off again', async (field, added) => {
    const { api, told } = await registered();
    const before = api.get(VALIDATING, 'sandgate') ?? {};
    const [first = {}, ...others] = webhooksIn(before);
    api.put(VALIDATING, { ...before, webhooks: [{ ...first, ...added }, ...others, { name: 'theirs', ...added }] });
    await soon(() => told).toContain(`drift: webhooks[enforce.example.com].${field} `);
    const selects = (name: string): unknown => {
      const webhook = webhooksIn(api.get(VALIDATING, 'sandgate')).find((one) => one.name === name) ?? {};
      const { namespaceSelector = {}, objectSelector = {}, matchConditions = [] } = webhook;
      return { namespaceSelector, objectSelector, matchConditions };
    };
    await soon(() => selects('enforce.example.com')).toEqual({
      namespaceSelector: {},
      objectSelector: {},
      matchConditions: [],
    });
    expect(selects('theirs')).toMatchObject(added);
    const writes = writesTo(api);
    await afterLooks(api, 4);
    expect(writesTo(api)).toBe(writes);
  });

  test('somebody who changes a field again and again is set right less and less often', async () => {
    const { api, told } = await registered();
    const fight = setInterval(() => {
      const live = api.get(VALIDATING, 'sandgate') ?? {};
      const webhooks = webhooksIn(live).map((webhook) => ({ ...webhook, failurePolicy: 'Ignore' }));
      api.put(VALIDATING, { ...live, webhooks });
    }, 10);
    const writes = writesTo(api);
    await soon(() => told.some((line) => line.startsWith('registered: somebody keeps changing'))).toBe(true);
    await afterLooks(api, 12);
    clearInterval(fight);
    // Each look at it would be a write.
    expect(writesTo(api) - writes).toBeLessThan(10);
  });

  test('what somebody removes is registered again', async () => {
    const { api } = await registered();
    api.remove(MUTATING, 'sandgate');
    await untilRegistered(api);
    api.remove(MUTATING, 'sandgate');
    api.remove(VALIDATING, 'sandgate');
    await untilRegistered(api);
  });

  test('what the chart registers is left to it', async () => {
    const { api, told } = await registered();
    const live = api.get(VALIDATING, 'sandgate') ?? {};
    const theirs = annotated(live, { 'sandgate.dev/registration': 'Chart' });
    api.put(VALIDATING, { ...theirs, webhooks: webhooksIn(live).slice(0, 1) });
    const writes = writesTo(api);
    await soon(() => told.at(-1)).toBe('elsewhere');
    await afterLooks(api, 3);
    expect(writesTo(api)).toBe(writes);
  });

  test('what another release registers is left alone for a while, and a replica of it that starts takes over', async () => {
    const { api } = await registered();
    const newer = await register(api, { text: textWith({ version: '2', failurePolicy: 'Ignore' }) });
    await soon(() => webhooksIn(api.get(VALIDATING, 'sandgate'))[0]?.failurePolicy).toBe('Ignore');
    const writes = writesTo(api);
    await afterLooks(api, 6);
    expect([writesTo(api), newer.told]).toEqual([writes, ['registered']]);
  });

  test('a text that stays another for too long is replaced', async () => {
    const api = await startApi();
    await register(api, { timing: { othersMs: 100 } });
    await untilRegistered(api);
    const live = api.get(VALIDATING, 'sandgate') ?? {};
    api.put(VALIDATING, annotated(live, { 'sandgate.dev/registered-from': 'somebody else' }));
    const mark = (): unknown => annotationsIn(api.get(VALIDATING, 'sandgate'))['sandgate.dev/registered-from'];
    await soon(mark).toMatch(/^[0-9a-f]{16}$/);
  });

  test('of two that write at once the later one looks again', async () => {
    const api = await startApi();
    api.instead(isWrite, fails(409, 'the object has been modified'), 1);
    const { told } = await register(api);
    await untilRegistered(api);
    await soon(() => told.at(-1)).toBe('registered');
  });
});

describe('the file', () => {
  test('is registered anew when it changes', async () => {
    const api = await startApi();
    const { write } = await register(api);
    await untilRegistered(api);
    write(textWith({ failurePolicy: 'Ignore' }));
    await soon(() => webhooksIn(api.get(VALIDATING, 'sandgate'))[0]?.failurePolicy).toBe('Ignore');
  });

  test('of another release is left to the pods of that release', async () => {
    const api = await startApi();
    const { write } = await register(api);
    await untilRegistered(api);
    const writes = writesTo(api);
    write(textWith({ version: '2', failurePolicy: 'Ignore' }));
    await afterLooks(api, 4);
    expect(writesTo(api)).toBe(writes);
  });

  test('that cannot be used leaves what is registered, and says why', async () => {
    const api = await startApi();
    const { write, told } = await register(api);
    await untilRegistered(api);
    write('kind: Pod\n');
    await soon(() => told.at(-1)).toMatch(/^registered: .*webhooks\.yaml:1:7: kind: expected MutatingWebhook/);
    expect(namesIn(api.get(MUTATING, 'sandgate'))).toEqual(['fill.example.com']);
  });

  test.each(['', 'kind: Pod\n', '{', '[]'])(
    'that became %j does not keep what is removed from being registered again',
    async (text) => {
      const api = await startApi();
      const { write, told } = await register(api);
      await untilRegistered(api);
      write(text);
      await soon(() => told.at(-1)).toMatch(/^registered: .*webhooks\.yaml/);
      api.remove(MUTATING, 'sandgate');
      api.remove(VALIDATING, 'sandgate');
      await untilRegistered(api);
      write(textWith());
      await soon(() => told.at(-1)).toBe('registered');
    },
  );
});

describe('another CA', () => {
  test('is registered beside the former one before it is served; the former one goes when its time is over', async () => {
    const api = await startApi();
    const [former, next] = [await makeCa('former'), await makeCa('next')];
    const { registrar } = await register(api, { tls: tlsOf(former), timing: { checkMs: 60_000 } });
    await untilRegistered(api);
    await soon(() => registrar.state).toBe('registered');
    await registrar.prepare(tlsOf(next));
    expect(bundlesIn(api.get(VALIDATING, 'sandgate'))).toEqual(new Set([former + next]));
    registrar.use(tlsOf(next));
    const until = (): unknown => annotationsIn(api.get(VALIDATING, 'sandgate'))['sandgate.dev/former-ca-until'];
    await soon(until).toMatch(/^20/);
    expect(bundlesIn(api.get(VALIDATING, 'sandgate'))).toEqual(new Set([next + former]));

    for (const path of [MUTATING, VALIDATING]) {
      const live = api.get(path, 'sandgate') ?? {};
      api.put(path, annotated(live, { 'sandgate.dev/former-ca-until': '2020-01-01T00:00:00.000Z' }));
    }
    registrar.use(tlsOf(next));
    await soon(() => bundlesIn(api.get(VALIDATING, 'sandgate'))).toEqual(new Set([next]));
    await soon(until).toBeUndefined();
  });

  test('is not served while the API server cannot be told of it', async () => {
    const api = await startApi();
    const { registrar } = await register(api, { timing: { prepareMs: 200 } });
    await untilRegistered(api);
    await soon(() => registrar.state).toBe('registered');
    api.instead(isWrite, fails(500, 'etcd is full'));
    await expect(registrar.prepare(tlsOf(await makeCa('next')))).rejects.toThrow(
      /the API server is not told of its CA yet: 500 etcd is full/,
    );
  });

  test('whose certificate would not be accepted is not served, and not registered', async () => {
    const api = await startApi();
    const { registrar } = await register(api);
    await untilRegistered(api);
    await soon(() => registrar.state).toBe('registered');
    const writes = writesTo(api);
    await expect(registrar.prepare(tlsOf(await makeCa('next'), 'it is for somebody else'))).rejects.toThrow(
      'somebody else',
    );
    expect(writesTo(api)).toBe(writes);
  });

  test('may be served at once where nothing is registered: nobody asks', async () => {
    const api = await startApi();
    api.instead(isQuestion, unreachable('connection refused'));
    const { registrar, told } = await register(api);
    await soon(() => told.length).toBe(1);
    await expect(registrar.prepare(tlsOf(await makeCa('next')))).resolves.toBeUndefined();
  });

  test('of a replica that starts is registered before the replica is ready', async () => {
    const api = await startApi();
    await register(api);
    await untilRegistered(api);
    const rule = api.instead(isWrite, () => {});
    const next = await register(api, { tls: tlsOf(await makeCa('next')) });
    await soon(() => api.asked.filter(isWrite).length).toBeGreaterThan(3);
    expect(next.registrar.condition.problem()).toContain('not known yet');
    rule.end();
    await soon(() => next.registrar.condition.problem()).toBeUndefined();
  });
});

test('nothing is written once it is told to stop: that could come after an uninstall', async () => {
  const api = await startApi();
  const { registrar } = await register(api);
  await untilRegistered(api);
  registrar.stop();
  api.remove(MUTATING, 'sandgate');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(api.get(MUTATING, 'sandgate')).toBeUndefined();
});

test('an API server that is away changes nothing, and is asked until it is back', async () => {
  const api = await startApi();
  const { told, registrar } = await register(api);
  await untilRegistered(api);
  const rule = api.instead(({ path }) => path.startsWith(MUTATING), fails(503, 'the server is shutting down'));
  await soon(() => told.at(-1)).toBe('registered: 503 the server is shutting down');
  expect(registrar.state).toBe('registered');
  rule.end();
  await soon(() => told.at(-1)).toBe('registered');
});
