// The audit log of the API server: what we note of each request is there, under keys that the server takes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { isJsonObject } from '../../../src/model/json.ts';
import { at } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { agentsPolicy, type GatedCluster, policyOf, startGatedCluster } from '../support/gated-cluster.ts';
import { putUnderPolicy } from '../support/judged.ts';
import { createTenant, type Tenant } from '../support/tenants.ts';
import { BARE, controllerOf, podOf, SAFE, sandboxOf, UNSAFE } from '../support/workloads.ts';

const AUDITED_TIER = { 'sandgate.dev/tier': 'audited' };
const PSA = 'pod-security.kubernetes.io';

const MUTATE = 'workloads.mutate.sandgate.dev/';
const VALIDATE = 'workloads.validate.sandgate.dev/';
const ADVISE = 'advisory.validate.sandgate.dev/';
const HOST_PID = 'PodSecurity "restricted:latest": host namespaces (hostPID=true)';

/** What is filled into a bare pod, inside of what is before its spec. */
function injected(before = ''): string {
  return [
    'containers[0].securityContext.allowPrivilegeEscalation=false',
    'containers[0].securityContext.capabilities.drop=["ALL"]',
    'securityContext.runAsUser=1000',
    'securityContext.runAsNonRoot=true',
    'securityContext.fsGroup=1000',
    'securityContext.fsGroupChangePolicy=OnRootMismatch',
    'securityContext.seccompProfile.type=RuntimeDefault',
  ]
    .map((field) => `${before}spec.${field}`)
    .join(', ');
}

let cluster: GatedCluster;
let plane: ControlPlane;
let tenant: Tenant;

beforeAll(async () => {
  const audited = policyOf('audited', {
    match: { namespaceSelector: { matchLabels: AUDITED_TIER } },
    podSecurity: { level: 'restricted' },
    validationActions: ['Audit'],
    checks: { hostNamespaces: { validationActions: ['Deny', 'Audit'] } },
  });
  cluster = await startGatedCluster({ policies: [agentsPolicy(), audited], audit: true });
  plane = cluster.plane;
  tenant = await createTenant(plane);
});

afterAll(async () => {
  await cluster?.stop();
});

async function eventOf(namespace: string, name: string, verb: string): Promise<JsonObject> {
  const isIt = (event: JsonObject): boolean =>
    event.verb === verb && at(event, 'objectRef', 'namespace') === namespace && at(event, 'objectRef', 'name') === name;
  const find = async (): Promise<JsonObject | undefined> => (await plane.auditEvents()).find(isIt);
  return await waitFor(find, { within: 10_000, what: `the audit log has the ${verb} of ${name}` });
}

/** The annotations that are ours; the server adds its own. */
async function noted(namespace: string, name: string, verb = 'create'): Promise<JsonObject> {
  const annotations = (await eventOf(namespace, name, verb)).annotations;
  if (!isJsonObject(annotations)) throw new Error('an event without annotations');
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => key.includes('.sandgate.dev/')));
}

test('a completed pod: by which policy, and what was filled in', async () => {
  await expectOk(tenant.client.create(podOf(tenant.namespace, 'bare')));
  expect(await noted(tenant.namespace, 'bare')).toEqual({
    [`${MUTATE}policy`]: 'agents',
    [`${MUTATE}decision`]: 'allowed',
    [`${MUTATE}injected`]: injected(),
    [`${VALIDATE}policy`]: 'agents',
    [`${VALIDATE}decision`]: 'allowed',
  });
});

test('a refused pod: by which policy; why is in the response beside it', async () => {
  await tenant.client.create(podOf(tenant.namespace, 'unsafe', { ...SAFE, hostPID: true }));
  expect(await noted(tenant.namespace, 'unsafe')).toEqual({
    [`${MUTATE}policy`]: 'agents',
    [`${MUTATE}decision`]: 'allowed',
    [`${VALIDATE}policy`]: 'agents',
    [`${VALIDATE}decision`]: 'denied',
  });
  const event = await eventOf(tenant.namespace, 'unsafe', 'create');
  expect(at(event, 'responseStatus', 'message')).toContain(`violates ${HOST_PID}`);
});

describe('a policy that audits', () => {
  test('lets an unsafe pod in, and notes what is wrong with it', async () => {
    const { client, namespace } = await createTenant(plane, AUDITED_TIER);
    const { warnings } = await expectOk(client.create(podOf(namespace, 'bare')));
    expect(warnings).toEqual([]);
    expect(await noted(namespace, 'bare')).toEqual({
      [`${MUTATE}policy`]: 'audited',
      [`${MUTATE}decision`]: 'allowed',
      [`${VALIDATE}policy`]: 'audited',
      [`${VALIDATE}decision`]: 'allowed',
      [`${VALIDATE}violations`]:
        'would violate PodSecurity "restricted:latest": ' +
        'allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"]), ' +
        'runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or container "app" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    });
  });

  test('that refuses as well notes both apart', async () => {
    const { client, namespace } = await createTenant(plane, AUDITED_TIER);
    expect((await client.create(podOf(namespace, 'unsafe', { ...SAFE, hostPID: true }))).status).toBe(403);
    expect(await noted(namespace, 'unsafe')).toMatchObject({ [`${VALIDATE}violations`]: `violates ${HOST_PID}` });
  });

  test('notes as much as fits, of a thousand containers', async () => {
    const { client, namespace } = await createTenant(plane, AUDITED_TIER);
    const containers = Array.from({ length: 1000 }, (_, index) => ({ name: `container-${index}`, image: 'a' }));
    await expectOk(client.create(podOf(namespace, 'many', { containers })));
    const violations = String((await noted(namespace, 'many'))[`${VALIDATE}violations`]);
    expect(violations).toMatch(
      /^would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false \(con/,
    );
    expect(Buffer.byteLength(violations)).toBeLessThanOrEqual(4096);
    expect(Buffer.byteLength(violations)).toBeGreaterThan(4000);
  });
});

test('a Sandbox: with the paths inside of it', async () => {
  await expectOk(tenant.client.create(sandboxOf(tenant.namespace, 'sandbox')));
  expect(await noted(tenant.namespace, 'sandbox')).toMatchObject({
    [`${MUTATE}injected`]: injected('spec.podTemplate.'),
    [`${VALIDATE}decision`]: 'allowed',
  });
});

test('a Deployment: by the entry that advises', async () => {
  await expectOk(tenant.client.create(controllerOf(tenant.namespace, 'Deployment', 'web', UNSAFE)));
  expect(await noted(tenant.namespace, 'web')).toEqual({
    [`${ADVISE}policy`]: 'agents',
    [`${ADVISE}decision`]: 'allowed',
  });
});

test('an ephemeral container: what was filled into it', async () => {
  const { body } = await expectOk(tenant.client.create(podOf(tenant.namespace, 'debugged')));
  const debug = { spec: { ephemeralContainers: [{ name: 'debug', image: 'example.com/debug:1' }] } };
  const options = { subresource: 'ephemeralcontainers' };
  await expectOk(tenant.client.patch(refOf(body), debug, 'strategic', options));
  const container = 'spec.ephemeralContainers[0].securityContext';
  expect(await noted(tenant.namespace, 'debugged', 'patch')).toMatchObject({
    [`${MUTATE}injected`]: `${container}.allowPrivilegeEscalation=false, ${container}.capabilities.drop=["ALL"]`,
    [`${VALIDATE}decision`]: 'allowed',
  });
});

test('a pod that no policy is about: that it was left alone, and why', async () => {
  const { client, namespace } = await createTenant(plane, {});
  await expectOk(client.create(podOf(namespace, 'alone', BARE)));
  expect(await noted(namespace, 'alone')).toEqual({
    [`${MUTATE}decision`]: 'skipped:no-policy',
    [`${MUTATE}exempt`]: 'no-policy',
    [`${VALIDATE}decision`]: 'skipped:no-policy',
    [`${VALIDATE}exempt`]: 'no-policy',
  });
});

test('a namespace label that cannot be understood: that it was taken for the strictest', async () => {
  const psa = policyOf('psa', {
    match: { namespaceSelector: { matchLabels: { 'sandgate.dev/tier': 'psa' } } },
    podSecurity: { fromNamespaceLabels: true },
  });
  await expectOk(plane.admin.create(psa));
  const { client, namespace } = await createTenant(plane, {
    'sandgate.dev/tier': 'psa',
    [`${PSA}/enforce`]: 'basline',
  });
  const isJudged = async (): Promise<boolean> => (await client.create(podOf(namespace, 'typo'))).status === 403;
  await waitFor(isJudged, { within: 30_000, what: 'the policy is in force' });
  const last = (await plane.auditEvents()).findLast((event) => at(event, 'objectRef', 'name') === 'typo');
  expect(at(last, 'annotations', `${VALIDATE}error`)).toContain('basline');
});

test('an old violation that goes through: that it was allowed, and what it is', async () => {
  const { client, namespace } = await createTenant(plane, {});
  const { body } = await expectOk(client.create(podOf(namespace, 'old', { ...SAFE, hostPID: true })));
  await putUnderPolicy(plane, namespace);
  await expectOk(client.patch(refOf(body), { metadata: { labels: { a: 'b' } } }, 'merge'));
  expect(await noted(namespace, 'old', 'patch')).toEqual({
    [`${VALIDATE}policy`]: 'agents',
    [`${VALIDATE}decision`]: 'allowed',
    [`${VALIDATE}violations`]: 'would violate PodSecurity "restricted:latest": host namespaces (hostPID=true)',
  });
});

// Last: of everything above.
test('all keys are such as Kubernetes takes for annotations, and all values are of one line', async () => {
  const ours = (await plane.auditEvents())
    .flatMap((event) => (isJsonObject(event.annotations) ? Object.entries(event.annotations) : []))
    .filter(([key]) => key.includes('sandgate'));
  expect(ours.length).toBeGreaterThan(50);
  for (const [key, value] of ours) {
    expect(key).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
    expect(value).toMatch(/^[^\n\r]+$/);
  }
});
