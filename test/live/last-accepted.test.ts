// The last accepted version of an object over restarts of the server, against a fake API server.
import { expect, test } from 'vitest';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../src/model/json.ts';
import { type FakeApiServer, PATHS } from './fake-api-server.ts';
import { type Followed, followed } from './followed.ts';
import { isolationPolicy } from './objects.ts';

const { isolationpolicies: POLICIES } = PATHS;
const RESTRICTED = { podSecurity: { level: 'restricted' } };
const BROKEN = { podSecurity: { level: 'very' } };

function statusOf(api: FakeApiServer): unknown {
  return ownField(api.get(POLICIES, 'a'), 'status');
}

function messageIn(api: FakeApiServer): string {
  const conditions = ownField(statusOf(api), 'conditions');
  return (Array.isArray(conditions) && stringField(conditions[0], 'message')) || '';
}

function keptIn(api: FakeApiServer): JsonObject | undefined {
  const kept = ownField(statusOf(api), 'lastAccepted');
  return isJsonObject(kept) ? kept : undefined;
}

/** Changes the spec, and leaves the status as it is, as an API server does. */
function edit(api: FakeApiServer, spec: JsonObject, generation: number): void {
  api.put(POLICIES, { ...isolationPolicy('a', spec, generation), status: statusOf(api) });
}

/** The priority of the policy in force. */
function priorityOf({ cluster }: Followed): number | undefined {
  return cluster.gate().policies.policies[0]?.priority;
}

test('a server that starts while the newest version is broken has the last good one in force', async () => {
  const first = await followed();
  const { api } = first;
  api.put(POLICIES, isolationPolicy('a', { priority: 1 }, 1));
  first.start();
  await expect.poll(() => keptIn(api)?.generation).toBe(1);
  await expect.poll(() => api.watching(POLICIES)).toBe(1);
  edit(api, { priority: 2 }, 2);
  await expect.poll(() => keptIn(api)?.generation).toBe(2);
  first.cluster.stop();
  edit(api, BROKEN, 3);

  const second = await followed({ api });
  second.start();
  await expect.poll(second.isReady).toBe(true);
  expect(priorityOf(second)).toBe(2);
  await expect.poll(() => messageIn(api)).toMatch(/^generation 2 stays in force: /);
  expect(keptIn(api)).toMatchObject({ generation: 2, spec: '{"priority":2}' });
  edit(api, { priority: 4 }, 4);
  await expect.poll(() => keptIn(api)).toMatchObject({ generation: 4, spec: '{"priority":4}' });
  await expect.poll(() => priorityOf(second)).toBe(4);
  api.remove(POLICIES, 'a');
  await expect.poll(second.names).toEqual([]);
  // Of the same name, and another object.
  api.put(POLICIES, isolationPolicy('a', BROKEN, 1));
  await expect.poll(() => messageIn(api)).toMatch(/^not in force: /);
  expect(second.names()).toEqual([]);
});

test('a server that knows of none takes it in force once another replica writes it', async () => {
  const live = await followed();
  const { api } = live;
  api.put(POLICIES, isolationPolicy('a', BROKEN, 2));
  live.start();
  await expect.poll(() => messageIn(api)).toMatch(/^not in force: /);
  await expect.poll(() => api.watching(POLICIES)).toBe(1);
  const uid = stringField(ownField(api.get(POLICIES, 'a'), 'metadata'), 'uid');
  const lastAccepted = { uid, generation: 1, apiVersion: 'sandgate.dev/v1alpha1', spec: '{"priority":1}' };
  api.put(POLICIES, { ...isolationPolicy('a', BROKEN, 2), status: { lastAccepted } });
  await expect.poll(() => priorityOf(live)).toBe(1);
  await expect.poll(() => messageIn(api)).toMatch(/^generation 1 stays in force: /);
});

test('a definition without the field has the status written once, and not for ever', async () => {
  const live = await followed({ statusTiming: { spreadMs: 10, againMs: 20 } });
  const { api, statuses } = live;
  // As an API server does that has an older definition: what it does not know is not stored.
  api.instead(
    ({ path, body }) => path.endsWith('/status') && isJsonObject(ownField(ownField(body, 'status'), 'lastAccepted')),
    (response, { body }) => {
      const conditions = ownField(ownField(body, 'status'), 'conditions');
      const stored = api.put(POLICIES, { ...isolationPolicy('a', RESTRICTED, 1), status: { conditions } });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(stored));
    },
  );
  api.put(POLICIES, isolationPolicy('a', RESTRICTED, 1));
  live.start();
  await expect.poll(() => messageIn(api)).toBe('in force');
  await new Promise((done) => setTimeout(done, 500));
  expect(statuses).toEqual(['written']);
});
