// A review that has to wait for what is not known yet, over real TLS: it is answered late, and all others as ever.
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Prepare } from '../../src/admission/prepare.ts';
import type { Gate } from '../../src/engine/gate.ts';
import type { StringMap } from '../../src/kubernetes/pod.ts';
import { type JsonObject, ownField } from '../../src/model/json.ts';
import type { AppOptions } from '../../src/server/app.ts';
import { BARE_POD, UNSAFE_POD } from '../../src/server/development/examples.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { RawConnection } from '../support/raw-connection.ts';
import { withRequest } from '../support/reviews.ts';
import { startTestServer, type TestServer } from '../support/tls-client.ts';
import { fails, listOf, openWatch, PATHS, sendJson, watchOf } from './fake-api-server.ts';
import { followed } from './followed.ts';
import { capabilityClass, isolationPolicy, namespace } from './objects.ts';

const BY_TIER = policyYaml(
  'by-tier',
  'match: { namespaceSelector: { matchLabels: { tier: agents } } }\npodSecurity: { level: restricted }\nharden: restricted',
);

async function serving(getGate: () => Gate, options: Partial<AppOptions>): Promise<TestServer> {
  const server = await startTestServer(getGate, options);
  onTestFinished(() => server.close());
  return server;
}

function isAllowed(answer: { readonly body: unknown }): unknown {
  return ownField(ownField(answer.body, 'response'), 'allowed');
}

function inNamespace(name: string, fields: JsonObject = {}, review = UNSAFE_POD): JsonObject {
  return withRequest(review, { namespace: name, ...fields });
}

describe('a review that waits', () => {
  test('is decided by what was found; others overtake it', async () => {
    const labels = new Map<string, StringMap>([['known', { tier: 'other' }]]);
    const gate = { ...gateOf(BY_TIER), surroundings: { namespaceLabels: (name: string) => labels.get(name) } };
    let found: (() => void) | undefined;
    const prepare: Prepare = (subject, asked) =>
      labels.has(subject.namespace)
        ? undefined
        : new Promise((resolve) => {
            found = () => {
              labels.set(subject.namespace, { tier: 'agents' });
              resolve(asked);
            };
          });
    const server = await serving(() => gate, { prepare });
    const late = server.client.post('/validate', inNamespace('new'));
    await expect.poll(() => found).toBeDefined();
    expect(isAllowed(await server.client.post('/validate', inNamespace('known')))).toBe(true);
    found?.();
    expect(isAllowed(await late)).toBe(false);
    expect(server.lines).toMatchObject([
      { namespace: 'known', verdict: 'skipped' },
      { namespace: 'new', verdict: 'denied' },
    ]);
  });

  test('is decided by the policies of when it came, though others are in force meanwhile', async () => {
    let gate = gateOf(policyYaml('first', 'podSecurity: { level: restricted }'));
    let go: (() => void) | undefined;
    const prepare: Prepare = (_, asked) => new Promise((resolve) => (go = () => resolve(asked)));
    const server = await serving(() => gate, { prepare });
    const late = server.client.post('/validate', inNamespace('a'));
    await expect.poll(() => go).toBeDefined();
    gate = gateOf(policyYaml('second', 'podSecurity: { level: privileged }'));
    go?.();
    expect(isAllowed(await late)).toBe(false);
    expect(server.lines).toMatchObject([{ policies: ['first'] }]);
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('a bug'))],
    [
      'throws',
      () => {
        throw new Error('a bug');
      },
    ],
  ])('is refused where our look-up %s, and a mutation passes', async (_, prepare) => {
    const server = await serving(() => gateOf(BY_TIER), { prepare });
    const refused = await server.client.post('/validate', inNamespace('a'));
    expect(refused.status).toBe(200);
    expect(isAllowed(refused)).toBe(false);
    expect(isAllowed(await server.client.post('/mutate', inNamespace('a')))).toBe(true);
    expect(server.lines).toMatchObject([{ msg: 'failed to answer' }, { msg: 'failed to answer' }]);
  });

  test('takes room like one that arrives; without room it is decided by what is known', async () => {
    const gate = gateOf(BY_TIER);
    const waiting: (() => void)[] = [];
    const prepare: Prepare = (_, asked) => new Promise((resolve) => waiting.push(() => resolve(asked)));
    const server = await serving(() => gate, {
      prepare,
      overload: { limits: { requests: 2, slowMs: 60_000 }, loop: { delayMs: () => 0 } },
    });
    const first = server.client.post('/validate', inNamespace('a'));
    await expect.poll(() => waiting.length).toBe(1);
    const second = server.client.post('/validate', inNamespace('b'));
    await expect.poll(() => waiting.length).toBe(2);
    // There is no room to read a third; once one of the two is answered there is.
    expect((await server.client.post('/validate', inNamespace('c'))).status).toBe(429);
    for (const resolve of waiting.splice(0)) resolve();
    expect([isAllowed(await first), isAllowed(await second)]).toEqual([false, false]);
    const after = server.client.post('/validate', inNamespace('d'));
    await expect.poll(() => waiting.length).toBe(1);
    waiting[0]?.();
    expect((await after).status).toBe(200);
  });

  test('a client that goes away takes its room with it', async () => {
    const waiting: (() => void)[] = [];
    const gate = gateOf(BY_TIER);
    const prepare: Prepare = (_, asked) => new Promise((resolve) => waiting.push(() => resolve(asked)));
    const server = await serving(() => gate, {
      prepare,
      overload: { limits: { requests: 1, slowMs: 60_000 }, loop: { delayMs: () => 0 } },
    });
    const body = JSON.stringify(inNamespace('a'));
    const connection = await RawConnection.tls(server.url);
    connection.write(
      `POST /validate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await expect.poll(() => waiting.length).toBe(1);
    expect((await server.client.post('/validate', {})).status).toBe(429);
    await connection.close();
    await expect.poll(async () => (await server.client.post('/validate', {})).status).toBe(400);
    // Nobody is left to hear the answer.
    waiting[0]?.();
  });
});

async function live(): Promise<Awaited<ReturnType<typeof followed>> & { readonly server: TestServer }> {
  const cluster = await followed();
  cluster.api.put(
    PATHS.isolationpolicies,
    isolationPolicy('by-tier', {
      match: { namespaceSelector: { matchLabels: { tier: 'agents' } } },
      podSecurity: { level: 'restricted' },
      harden: 'restricted',
    }),
  );
  cluster.start();
  await expect.poll(cluster.isReady).toBe(true);
  await expect.poll(() => cluster.api.watching(PATHS.namespaces)).toBe(1);
  // The watch is late from here on.
  cluster.api.instead((asked) => asked.path === PATHS.namespaces, fails(500));
  cluster.api.end(PATHS.namespaces);
  const server = await serving(() => cluster.cluster.gate(), { prepare: cluster.cluster.prepare });
  return { ...cluster, server };
}

describe('the namespace of a review', () => {
  test('is looked up where the watch does not have it yet', async () => {
    const { api, server, lookups } = await live();
    api.put(PATHS.namespaces, namespace('new', { tier: 'agents' }));
    api.put(PATHS.namespaces, namespace('other', { tier: 'other' }));
    expect(isAllowed(await server.client.post('/validate', inNamespace('new')))).toBe(false);
    expect(isAllowed(await server.client.post('/validate', inNamespace('other')))).toBe(true);
    expect(isAllowed(await server.client.post('/validate', inNamespace('new')))).toBe(false);
    expect(lookups).toEqual(['found', 'found']);
    const mutated = await server.client.post('/mutate', inNamespace('new', {}, BARE_POD));
    expect(ownField(ownField(mutated.body, 'response'), 'patchType')).toBe('JSONPatch');
    expect(lookups).toEqual(['found', 'found']);
  });

  test.each([
    ['is not there', fails(404, 'namespaces "new" not found')],
    ['cannot be read', fails(403, 'forbidden')],
    ['is not answered for', () => {}],
  ])('%s: validation fails closed, mutation skips the policy', async (_, fault) => {
    const { api, server } = await live();
    api.instead((asked) => asked.path === `${PATHS.namespaces}/new`, fault);
    const validated = await server.client.post('/validate', inNamespace('new'));
    expect(isAllowed(validated)).toBe(false);
    expect(JSON.stringify(validated.body)).toContain('namespace labels unknown');
    const mutated = await server.client.post('/mutate', inNamespace('new', {}, BARE_POD));
    expect(isAllowed(mutated)).toBe(true);
    expect(ownField(ownField(mutated.body, 'response'), 'patch')).toBe(undefined);
  });

  test('a mutation waits half as long as a validation', async () => {
    const { api, server } = await live();
    api.instead(
      (asked) => asked.path === `${PATHS.namespaces}/new`,
      (response) => void setTimeout(() => sendJson(response, 200, namespace('new', { tier: 'agents' })), 750),
    );
    const [mutated, validated] = await Promise.all([
      server.client.post('/mutate', inNamespace('new', {}, BARE_POD)),
      server.client.post('/validate', inNamespace('new')),
    ]);
    expect(ownField(ownField(mutated.body, 'response'), 'patch')).toBe(undefined);
    expect(JSON.stringify(validated.body)).toContain('violates PodSecurity');
    expect(api.asked.filter((one) => one.path === `${PATHS.namespaces}/new`)).toHaveLength(1);
  });

  test('is not looked up for what is not judged anyway', async () => {
    const { server, lookups } = await live();
    const answers = await Promise.all([
      server.client.post('/validate', inNamespace('new', { operation: 'DELETE', object: null, oldObject: {} })),
      server.client.post('/validate', inNamespace('new', { kind: { group: '', version: 'v1', kind: 'Secret' } })),
      server.client.post('/validate', inNamespace('new', { subResource: 'status' })),
    ]);
    expect(answers.map(isAllowed)).toEqual([true, true, true]);
    expect(lookups).toEqual([]);
  });

  test('without a policy that asks for labels, nothing waits', async () => {
    const { api, cluster, server, lookups, names } = await live();
    api.put(PATHS.isolationpolicies, isolationPolicy('by-tier', { podSecurity: { level: 'restricted' } }, 2));
    await expect.poll(() => cluster.gate().policies.needsNamespaceLabels).toBe(false);
    expect(names()).toEqual(['by-tier']);
    expect(isAllowed(await server.client.post('/validate', inNamespace('new')))).toBe(false);
    expect(lookups).toEqual([]);
  });
});

/** Followed by watches that say nothing: what is created comes by look-ups alone. */
async function followedLate(): Promise<Awaited<ReturnType<typeof followed>> & { readonly server: TestServer }> {
  const cluster = await followed();
  for (const path of [PATHS.isolationpolicies, PATHS.capabilityclasses, PATHS.namespaces])
    cluster.api.instead(watchOf(path), (response) => void openWatch(response));
  cluster.start();
  await expect.poll(cluster.isReady).toBe(true);
  await expect.poll(() => cluster.api.asked.filter((one) => one.isWatch).length).toBe(4);
  const server = await serving(() => cluster.cluster.gate(), { prepare: cluster.cluster.prepare });
  return { ...cluster, server };
}

function patchOf(answer: { readonly body: unknown }): string {
  const patch = ownField(ownField(answer.body, 'response'), 'patch');
  return typeof patch === 'string' ? Buffer.from(patch, 'base64').toString() : '';
}

describe('a pod that asks for a class in the same moment as its policy, its class and its namespace are created', () => {
  const asking = withRequest(BARE_POD, {
    namespace: 'new',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'build', annotations: { 'sandgate.dev/capabilities': 'docker' } },
      spec: { containers: [{ name: 'app', image: 'example.com/app:1' }] },
    },
  });
  const docker = capabilityClass('docker', {
    authorization: 'Policy',
    implementations: [
      {
        name: 'one',
        template: { spec: { initContainers: [{ name: 'daemon', image: 'docker', restartPolicy: 'Always' }] } },
      },
    ],
  });
  const lists = isolationPolicy('by-tier', {
    match: { namespaceSelector: { matchLabels: { tier: 'agents' } } },
    capabilities: [{ name: 'docker', implementation: 'one' }],
  });

  test('is granted it', async () => {
    const { api, server } = await followedLate();
    api.put(PATHS.capabilityclasses, docker);
    api.put(PATHS.isolationpolicies, lists);
    api.put(PATHS.namespaces, namespace('new', { tier: 'agents' }));
    expect(patchOf(await server.client.post('/mutate', asking))).toContain('"name":"daemon"');
  });

  test('is admitted without it where no policy came, with a warning; others do not wait, and lists are not begun for each', async () => {
    const { api, server } = await followedLate();
    api.put(PATHS.namespaces, namespace('new', { tier: 'agents' }));
    const before = api.asked.filter(listOf(PATHS.isolationpolicies)).length;
    const answers = await Promise.all(Array.from({ length: 20 }, () => server.client.post('/mutate', asking)));
    expect(answers.map(patchOf)).toEqual(answers.map(() => ''));
    const validated = await server.client.post('/validate', asking);
    expect(JSON.stringify(validated.body)).toContain('no policy matches this Pod');
    expect(api.asked.filter(listOf(PATHS.isolationpolicies)).length - before).toBe(1);
  });

  test('is decided by what is known where the API server does not answer', async () => {
    const { api, server } = await followedLate();
    api.instead(listOf(PATHS.isolationpolicies), () => {});
    const answer = await server.client.post('/mutate', asking);
    expect(isAllowed(answer)).toBe(true);
    expect(patchOf(answer)).toBe('');
  });
});
