// Exceptions of a namespace, as `sandgate serve` follows them: a pod is let in while one is in force, and the audit log, the log and
// the metrics name it; against a fake API server.
import { expect, test } from 'vitest';
import { ownField, stringField } from '../../src/model/json.ts';
import { FakeApiServer, PATHS } from './fake-api-server.ts';
import { isolationException, isolationPolicy } from './objects.ts';
import { type ServedCluster, serveCluster } from './served-cluster.ts';

const { isolationpolicies: POLICIES, isolationexceptions: EXCEPTIONS } = PATHS;
const BASELINE = { podSecurity: { level: 'baseline' } };
const SPEC = {
  policy: 'agents',
  checks: ['privileged'],
  images: ['ghcr.io/acme/vpn'],
  reason: 'tunnels',
  expires: '9999-12-31',
};

async function review({ client }: ServedCluster, namespace: string): Promise<unknown> {
  const request = {
    uid: 'u-1',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    operation: 'CREATE',
    namespace,
    userInfo: { username: 'tenant' },
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace },
      spec: { containers: [{ name: 'a', image: 'ghcr.io/acme/vpn', securityContext: { privileged: true } }] },
    },
  };
  const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  return ownField((await client.post('/validate', body)).body, 'response');
}

function conditionOf(api: FakeApiServer, name: string): unknown {
  const list = ownField(ownField(api.get(EXCEPTIONS, name), 'status'), 'conditions');
  return Array.isArray(list) ? list[0] : undefined;
}

/** A moment that is some seconds away, to the second. */
function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

test('a pod is let in from when an exception comes to when it ends, and everything that tells of it names the exception', async () => {
  const api = await FakeApiServer.start();
  api.put(POLICIES, isolationPolicy('agents', { ...BASELINE, exceptions: { allow: true } }));
  const served = await serveCluster(api.kubeconfig());
  await expect.poll(served.readyz, { timeout: 60_000 }).toBe(200);
  const allowed = async (namespace = 'team-a'): Promise<unknown> =>
    ownField(await review(served, namespace), 'allowed');
  expect(await allowed()).toBe(false);

  api.put(EXCEPTIONS, isolationException('team-a', 'vpn', SPEC));
  await expect.poll(() => allowed(), { timeout: 20_000 }).toBe(true);
  expect(await allowed('team-b')).toBe(false);
  const annotations = ownField(await review(served, 'team-a'), 'auditAnnotations');
  expect(stringField(annotations, 'exceptions')).toBe('team-a/vpn');
  expect(stringField(annotations, 'violations')).toContain('excepted by team-a/vpn until 9999-12-31: tunnels');
  await expect
    .poll(() => served.lines('reviewed').map((line) => ownField(line, 'exceptions')), { timeout: 20_000 })
    .toContainEqual(['team-a/vpn']);
  const counted = 'sandgate_excepted_findings_total{policy="agents",check="privileged",exception="team-a/vpn"}';
  expect((await served.metrics()).get(counted)).toBeGreaterThanOrEqual(2);
  expect(served.lines('exception accepted')).toMatchObject([{ exception: 'vpn', namespace: 'team-a', generation: 1 }]);
  expect(served.lines('policies changed')).toMatchObject([
    { policies: 1, exceptions: 0 },
    { policies: 1, exceptions: 1 },
  ]);
  await expect
    .poll(() => conditionOf(api, 'vpn'), { timeout: 20_000 })
    .toMatchObject({ status: 'True', reason: 'Accepted', message: 'in force until 9999-12-31' });

  // It ends by itself: nothing is read again.
  const lists = (await served.metrics()).get('sandgate_policy_generation');
  api.put(EXCEPTIONS, isolationException('team-a', 'vpn', { ...SPEC, expires: inSeconds(4) }, 2));
  await expect
    .poll(async () => (await served.metrics()).get('sandgate_policy_generation'), { timeout: 20_000 })
    .not.toBe(lists);
  const generation = (await served.metrics()).get('sandgate_policy_generation');
  await expect.poll(() => allowed(), { timeout: 20_000 }).toBe(false);
  expect((await served.metrics()).get('sandgate_policy_generation')).toBe(generation);
}, 120_000);

test('a policy that no longer allows exceptions ends them, and their status and the log say so', async () => {
  const api = await FakeApiServer.start();
  api.put(POLICIES, isolationPolicy('agents', { ...BASELINE, exceptions: { allow: true } }));
  api.put(EXCEPTIONS, isolationException('team-a', 'vpn', SPEC));
  const served = await serveCluster(api.kubeconfig());
  await expect.poll(served.readyz, { timeout: 60_000 }).toBe(200);
  const allowed = async (): Promise<unknown> => ownField(await review(served, 'team-a'), 'allowed');
  expect(await allowed()).toBe(true);
  api.put(POLICIES, isolationPolicy('agents', BASELINE, 2));
  await expect.poll(() => allowed(), { timeout: 20_000 }).toBe(false);
  const problem = '/spec/policy: policy "agents" allows no exceptions (its spec.exceptions does not say allow: true)';
  await expect
    .poll(() => conditionOf(api, 'vpn'), { timeout: 20_000 })
    .toMatchObject({ status: 'False', reason: 'WithoutEffect', message: `without effect: ${problem}` });
  expect(served.lines('exception without effect')).toMatchObject([{ exception: 'vpn', namespace: 'team-a', problem }]);
  expect((await served.metrics()).get('sandgate_isolation_exceptions_refused')).toBe(1);
  // The path of a status has the namespace in it.
  expect(api.get(EXCEPTIONS, 'vpn') && stringField(ownField(api.get(EXCEPTIONS, 'vpn'), 'metadata'), 'namespace')).toBe(
    'team-a',
  );
}, 120_000);
