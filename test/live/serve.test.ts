// `sandgate serve --kubeconfig` as a process, against a fake API server: see there why.
import { describe, expect, onTestFinished, test } from 'vitest';
import { ownField } from '../../src/model/json.ts';
import { UNSAFE_POD } from '../../src/server/development/examples.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { withRequest } from '../support/reviews.ts';
import { startTestServer } from '../support/tls-client.ts';
import { FakeApiServer, fails, listOf, PATHS } from './fake-api-server.ts';
import { isolationPolicy, namespace } from './objects.ts';
import { type ServedCluster, serveCluster } from './served-cluster.ts';

const { isolationpolicies: POLICIES, namespaces: NAMESPACES, runtimeclasses: CLASSES } = PATHS;
const BY_TIER = isolationPolicy('by-tier', {
  match: { namespaceSelector: { matchLabels: { tier: 'agents' } } },
  podSecurity: { level: 'restricted' },
});

async function isAllowed(served: ServedCluster, inside: string): Promise<unknown> {
  const answer = await served.client.post('/validate', withRequest(UNSAFE_POD, { namespace: inside }));
  return ownField(ownField(answer.body, 'response'), 'allowed');
}

function policyReview(object: object): object {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'p-1',
      kind: { group: 'sandgate.dev', version: 'v1alpha1', kind: 'IsolationPolicy' },
      resource: { group: 'sandgate.dev', version: 'v1alpha1', resource: 'isolationpolicies' },
      operation: 'CREATE',
      userInfo: { username: 'admin' },
      object,
    },
  };
}

describe('a server that follows a cluster', () => {
  test('answers no review before it knows the cluster, but reviews policies; then it is ready', async () => {
    const api = await FakeApiServer.start();
    api.put(POLICIES, BY_TIER);
    api.put(NAMESPACES, namespace('a', { tier: 'agents' }));
    const rule = api.instead(listOf(NAMESPACES), fails(403, 'namespaces is forbidden: cannot list'));
    const served = await serveCluster(api.kubeconfig());
    await expect
      .poll(async () => (await served.client.send('/readyz?verbose')).text)
      .toBe(
        [
          '[+]shutdown ok',
          '[+]isolationpolicies.sandgate.dev ok',
          '[-]namespaces failed: namespaces are not known yet: 403 namespaces is forbidden: cannot list',
          '[+]runtimeclasses.node.k8s.io ok',
          '[+]capabilityclasses.sandgate.dev ok',
          '[+]isolationexceptions.sandgate.dev ok',
          '[+]workloadkinds.sandgate.dev ok',
          '[+]event-loop ok',
          'readyz check failed',
          '',
        ].join('\n'),
      );
    expect(await served.client.post('/validate', UNSAFE_POD)).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: {
        message:
          'starting: namespaces are not known yet: 403 namespaces is forbidden: cannot list; try again in a second',
      },
    });
    expect((await served.client.post('/mutate', UNSAFE_POD)).status).toBe(503);
    const reviewed = await served.client.post('/validate-policy', policyReview(BY_TIER));
    expect(ownField(ownField(reviewed.body, 'response'), 'allowed')).toBe(true);

    rule.end();
    await expect.poll(served.readyz).toBe(200);
    expect(await isAllowed(served, 'a')).toBe(false);
    expect(served.printed()).toContain(`policies, classes, namespaces and RuntimeClasses come from ${api.url}`);
    await expect.poll(() => served.lines('watch synced')).toHaveLength(6);
    expect(served.lines('watch failing')).toMatchObject([
      { resource: 'namespaces', problem: '403 namespaces is forbidden: cannot list' },
    ]);
    expect(served.lines('policy accepted')).toMatchObject([{ policy: 'by-tier', generation: 1 }]);
    expect(served.lines('too busy')).toMatchObject([{ shed: { starting: 1 } }]);
    expect(served.lines('reviewed a policy')).toMatchObject([
      { kind: 'IsolationPolicy', name: 'by-tier', allowed: true },
    ]);
    const metrics = await served.metrics();
    expect(metrics.get('sandgate_watch_synced{resource="namespaces"}')).toBe(1);
    expect(metrics.get('sandgate_watched_objects{resource="namespaces"}')).toBe(1);
    expect(metrics.get('sandgate_reviews_shed_total{reason="starting"}')).toBe(2);
    expect(metrics.get('sandgate_policies_loaded')).toBe(1);
  });

  test('goes on with the last state while the API server is away, and says how old it is', async () => {
    const api = await FakeApiServer.start();
    api.put(POLICIES, BY_TIER);
    api.put(NAMESPACES, namespace('a', { tier: 'agents' }));
    const served = await serveCluster(api.kubeconfig());
    await expect.poll(served.readyz).toBe(200);
    const rule = api.instead(() => true, fails(500));
    for (const path of [POLICIES, NAMESPACES, CLASSES]) api.reset(path);
    const staleness = async (): Promise<number> =>
      (await served.metrics()).get('sandgate_watch_staleness_seconds{resource="namespaces"}') ?? 0;
    await expect.poll(staleness).toBeGreaterThan(2);
    expect(await served.readyz()).toBe(200);
    expect(await isAllowed(served, 'a')).toBe(false);
    expect(await isAllowed(served, 'never-seen')).toBe(false);
    expect(served.lines('watch failing')).toHaveLength(3);
    rule.end();
    await expect.poll(() => served.lines('watch recovered')).toHaveLength(3);
    expect(await staleness()).toBeLessThan(60);
    expect((await served.metrics()).get('sandgate_namespace_lookups_total{outcome="failed"}')).toBe(1);
    expect(served.lines('namespace not looked up')).toHaveLength(1);
  });

  test('refuses a policy with the name of a file, and one that does not compile', async () => {
    const api = await FakeApiServer.start();
    const served = await serveCluster(api.kubeconfig(), '-p', 'restricted');
    await expect.poll(served.readyz).toBe(200);
    const answers = await Promise.all(
      [
        isolationPolicy('restricted', { podSecurity: { level: 'privileged' } }),
        isolationPolicy('other', { podSecurity: { level: 'very' } }),
        isolationPolicy('other', { podSecurity: { level: 'privileged' } }),
      ].map((object) => served.client.post('/validate-policy', policyReview(object))),
    );
    expect(answers.map(({ body }) => ownField(ownField(body, 'response'), 'allowed'))).toEqual([false, false, true]);
    expect(JSON.stringify(answers[0]?.body)).toContain('restricted');
    // What is in force does not change by being asked about.
    expect((await served.client.send('/version')).body).toMatchObject({ policies: ['restricted'] });
  });

  test('ends at once when it is told to, whatever it waits for', async () => {
    const api = await FakeApiServer.start();
    api.instead(
      () => true,
      () => {},
    );
    const served = await serveCluster(api.kubeconfig());
    served.child.kill('SIGTERM');
    expect(await served.exit).toBe(0);
  });

  test('a policy route takes the same as the others, and no more', async () => {
    const api = await FakeApiServer.start();
    const served = await serveCluster(api.kubeconfig(), '-p', 'restricted');
    const post = (body: string, type = 'application/json'): Promise<{ readonly status: number }> =>
      served.client.send('/validate-policy', { method: 'POST', body, headers: { 'content-type': type } });
    expect((await post('{')).status).toBe(400);
    expect((await post('')).status).toBe(400);
    expect((await post('{}')).status).toBe(400);
    expect((await post('{}', 'text/plain')).status).toBe(415);
    expect((await served.client.send('/validate-policy')).status).toBe(404);
    const bad = await served.client.post('/validate-policy', UNSAFE_POD);
    expect(bad.status).toBe(400);
  });
});

test('whoever may not send reviews is not told either what we wait for', async () => {
  const gate = gateOf(policyYaml('a', 'podSecurity: { level: restricted }'));
  const server = await startTestServer(() => gate, { authenticate: () => 'no certificate', starting: () => 'secret' });
  onTestFinished(() => server.close());
  for (const path of ['/validate', '/mutate', '/validate-policy']) {
    expect(await server.client.post(path, UNSAFE_POD)).toMatchObject({
      status: 403,
      body: { message: 'no certificate' },
    });
  }
});
