// At an uninstall, what stays in the cluster says that nothing is judged by it, and nobody takes that back before it is clear that it did
// not come to an uninstall.
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import { UNINSTALL_LABEL } from '../../src/model/names.ts';
import { FakeApiServer, fails } from './fake-api-server.ts';
import { type Followed, followed } from './followed.ts';
import { capabilityClass, isolationPolicy } from './objects.ts';

const POLICIES = '/apis/sandgate.dev/v1alpha1/isolationpolicies';
const CLASSES = '/apis/sandgate.dev/v1alpha1/capabilityclasses';
const MAPS = '/api/v1/namespaces/sandgate/configmaps';
const NOTICE = { namespace: 'sandgate', name: 'sandgate-uninstall' };
const RESTRICTED = { podSecurity: { level: 'restricted', version: 'latest' } };
const CLASS = { implementations: { it: { grant: { pod: {} } } } };

function announce(api: FakeApiServer, ageMs = 0, labels: JsonObject = { [UNINSTALL_LABEL]: 'announced' }): void {
  const creationTimestamp = new Date(Date.now() - ageMs).toISOString();
  api.put(MAPS, { metadata: { name: NOTICE.name, namespace: NOTICE.namespace, creationTimestamp, labels } });
}

function condition(api: FakeApiServer, name: string, path = POLICIES): JsonObject {
  const conditions = ownField(ownField(api.get(path, name), 'status'), 'conditions');
  const found: unknown = Array.isArray(conditions) ? conditions[0] : undefined;
  return isJsonObject(found) ? found : {};
}

const UNINSTALLED = { status: 'Unknown', reason: 'Uninstalled' };

/** Two policies of which one is broken, and a class, each with what became of it in its status. */
async function running(uninstallMs = 30_000): Promise<Followed> {
  const api = await FakeApiServer.start();
  api.serve(MAPS);
  api.put(POLICIES, isolationPolicy('good', RESTRICTED));
  api.put(POLICIES, isolationPolicy('broken', { hardn: 'x' }));
  api.put(CLASSES, capabilityClass('some', CLASS));
  const one = await followed({ api, uninstallNotice: NOTICE, statusTiming: { uninstallMs } });
  one.start();
  await expect.poll(() => condition(api, 'good')).toMatchObject({ status: 'True' });
  await expect.poll(() => condition(api, 'broken')).toMatchObject({ status: 'False' });
  await expect.poll(() => condition(api, 'some', CLASSES).status).toBeDefined();
  return one;
}

test('every object says so, whatever it said before, and it is not taken back while the release goes', async () => {
  const { api, cluster } = await running();
  announce(api);
  expect(await cluster.withdraw?.()).toEqual({ written: 3, failed: 0 });
  const all = (): readonly JsonObject[] => [
    condition(api, 'good'),
    condition(api, 'broken'),
    condition(api, 'some', CLASSES),
  ];
  for (const one of all()) expect(one).toMatchObject(UNINSTALLED);
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const one of all()) expect(one).toMatchObject(UNINSTALLED);
});

test('another replica leaves it alone, too', async () => {
  const { api, cluster } = await running();
  const other = await followed({ api, uninstallNotice: NOTICE });
  other.start();
  await expect.poll(() => other.isReady()).toBe(true);
  announce(api);
  await cluster.withdraw?.();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(condition(api, 'good')).toMatchObject(UNINSTALLED);
});

test('where it did not come to an uninstall, what is so is said again', async () => {
  const { api, cluster } = await running(300);
  announce(api);
  await cluster.withdraw?.();
  expect(condition(api, 'good')).toMatchObject(UNINSTALLED);
  await expect.poll(() => condition(api, 'good')).toMatchObject({ status: 'True', reason: 'Accepted' });
  await expect.poll(() => condition(api, 'broken')).toMatchObject({ status: 'False', reason: 'Invalid' });
});

test('a release that is installed afterwards does not wait to say what is so', async () => {
  const { api, cluster } = await running();
  announce(api);
  await cluster.withdraw?.();
  cluster.stop();
  const next = await followed({ api, uninstallNotice: NOTICE });
  next.start();
  await expect.poll(() => condition(api, 'good'), { timeout: 5000 }).toMatchObject({ status: 'True' });
});

describe('no uninstall is believed', () => {
  test.each<[string, (api: FakeApiServer) => void]>([
    ['where there is no notice', () => {}],
    ['of a notice that was applied with the chart, long ago', (api) => announce(api, 11 * 60_000)],
    ['of one without the label', (api) => announce(api, 0, {})],
    [
      'where it cannot be looked at',
      (api) => {
        announce(api);
        api.instead(({ path }) => path.startsWith(MAPS), fails(403, 'configmaps is forbidden'));
      },
    ],
  ])('nothing is said %s', async (_, prepare) => {
    const { api, cluster } = await running();
    prepare(api);
    expect(await cluster.withdraw?.()).toBeUndefined();
    expect(condition(api, 'good')).toMatchObject({ status: 'True' });
  });

  test('nothing is said by a server that was told of no notice', async () => {
    const { cluster } = await followed();
    expect(cluster.withdraw).toBeUndefined();
  });

  test('nothing is said by a server that only ends', async () => {
    const { api, cluster } = await running();
    announce(api);
    cluster.stop();
    expect(condition(api, 'good')).toMatchObject({ status: 'True' });
  });
});

test('what was changed meanwhile is read again, and what cannot be written is counted and not waited for', async () => {
  const { api, cluster } = await running();
  announce(api);
  api.instead(({ path }) => path.includes('/good/'), fails(409, 'conflict'), 1);
  api.instead(({ path }) => path.includes('/broken/'), fails(403, 'forbidden'));
  expect(await cluster.withdraw?.()).toEqual({ written: 2, failed: 1 });
  expect(condition(api, 'good')).toMatchObject(UNINSTALLED);
});

test('an API server that does not answer is not waited for longer than the webhook is', async () => {
  const { api, cluster } = await running();
  announce(api);
  api.instead(
    ({ method }) => method === 'PATCH',
    () => {},
  );
  const began = performance.now();
  expect(await cluster.withdraw?.()).toMatchObject({ written: 0, failed: 3 });
  expect(performance.now() - began).toBeLessThan(5000);
}, 20_000);
