// `sandgate status`: what it says of a cluster, and its exit code.
import { describe, expect, test } from 'vitest';
import { folderWith, sandgate } from '../cli/console.ts';
import { type FakeApiServer, fails } from './fake-api-server.ts';
import {
  DEPLOYMENTS,
  EVENTS,
  isQuestion,
  MUTATING,
  register,
  soon,
  startApi,
  unreachable,
  VALIDATING,
} from './registration/configurations.ts';

async function status(api: FakeApiServer, ...more: readonly string[]): Promise<{ code: number; says: string }> {
  const { code, stdout, stderr } = await sandgate(folderWith({}), [
    'status',
    '--kubeconfig',
    api.kubeconfig(),
    ...more,
  ]);
  return { code, says: stdout + stderr };
}

async function registered(): Promise<FakeApiServer> {
  const api = await startApi();
  const { told } = await register(api);
  await soon(() => told).toEqual(['registered']);
  return api;
}

describe('where the webhooks are registered', () => {
  test('all is well while the API server reaches us', async () => {
    expect(await status(await registered())).toEqual({
      code: 0,
      says: 'Sandgate 1 is reachable: the API server asks it about workloads, and is answered\n',
    });
  });

  test('the reason is there where it does not reach us, and what that means', async () => {
    const api = await registered();
    api.instead(isQuestion, unreachable('connect: connection refused'));
    const { code, says } = await status(api);
    expect(code).toBe(1);
    expect(says).toContain(
      'the webhooks are registered, so what they are about is refused while the API server does not reach Sandgate: the API server does not reach Sandgate: connect: connection refused\n',
    );
    expect(says).toContain(
      'of the Deployment sandgate/sandgate 0 of 2 pods are ready: kubectl --namespace sandgate get pods',
    );
  });

  test('by rights that do not show them, what can be said is said', async () => {
    const api = await registered();
    api.instead(({ path }) => path.startsWith(MUTATING), fails(403, 'forbidden'));
    expect((await status(api)).code).toBe(0);
    api.instead(isQuestion, unreachable('connect: connection refused'));
    expect((await status(api)).says).toMatch(/^the API server does not reach Sandgate: connect: connection refused\n/);
  });
});

describe('where they are not', () => {
  test('nothing is judged and nothing is refused', async () => {
    const { code, says } = await status(await startApi());
    expect(code).toBe(1);
    expect(says).toContain(
      'the API server does not ask Sandgate, so nothing is judged, and nothing is refused: there are no webhooks called "sandgate"',
    );
  });

  test('what the server itself said last is there', async () => {
    const api = await startApi();
    for (const [at, message] of [
      ['2027-01-01T00:00:00Z', 'the newer one'],
      ['2026-01-01T00:00:00Z', 'the older one'],
    ])
      api.put(EVENTS, { metadata: { name: `${message}` }, lastTimestamp: at, message });
    expect((await status(api)).says).toContain('at 2027-01-01T00:00:00Z it said: the newer one');
  });

  test('they are about to be while the API server reaches us', async () => {
    const api = await registered();
    api.remove(MUTATING, 'sandgate');
    const live = api.get(VALIDATING, 'sandgate') ?? {};
    const webhooks = Array.isArray(live.webhooks) ? live.webhooks.slice(1) : [];
    // As the registrar has it while it asks for the first time; it is asked for before the registrar looks again.
    api.instead(({ path, method }) => method === 'PATCH' && path.startsWith('/apis/admission'), fails(500, 'later'));
    api.put(VALIDATING, { ...live, webhooks });
    const { code, says } = await status(api);
    expect([code, says]).toEqual([
      1,
      expect.stringContaining('the API server reaches Sandgate, and is about to be told of them'),
    ]);
  });
});

test('it waits for as long as it is told to', async () => {
  const api = await startApi();
  const asked = status(api, '--wait', '20');
  await soon(() => api.asked.filter(isQuestion).length).toBeGreaterThan(0);
  await register(api);
  expect((await asked).code).toBe(0);
});

test.each([
  { what: 'that refuses the question', fault: fails(403, 'events is forbidden'), says: '403 events is forbidden' },
  { what: 'that is away', fault: fails(503, 'shutting down'), says: '503 shutting down' },
])('an API server $what cannot be asked, which is a matter of the caller', async ({ fault, says }) => {
  const api = await startApi();
  api.instead(isQuestion, fault);
  expect(await status(api)).toEqual({ code: 2, says: `sandgate: the API server cannot be asked: ${says}\n` });
});

test('a Deployment that cannot be looked at keeps nothing else from being said', async () => {
  const api = await startApi();
  api.instead(({ path }) => path.startsWith(DEPLOYMENTS), fails(403, 'deployments is forbidden'));
  const { says } = await status(api);
  expect(says).toContain('the Deployment sandgate/sandgate cannot be looked at: 403 deployments is forbidden');
});
