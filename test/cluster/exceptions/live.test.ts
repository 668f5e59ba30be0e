// IsolationExceptions as objects of a real cluster: applied with kubectl, used by a pod, named in the audit log, and over at their end.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import type { ObjectRef } from '../control-plane/discovery.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import type { KubeReply } from '../control-plane/kube-http.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { agentsPolicy, type GatedCluster, policyOf, startGatedCluster } from '../support/gated-cluster.ts';

const TIER = { 'sandgate.dev/tier': 'excepting' };
/** What is stored is in force within a second; other tests want the processor, too. */
const SOON = { timeout: 20_000, interval: 100 };

let cluster: GatedCluster;
let plane: ControlPlane;
let namespace: string;

beforeAll(async () => {
  const allowing = policyOf('excepting', {
    match: { namespaceSelector: { matchLabels: TIER } },
    podSecurity: { level: 'baseline' },
    exceptions: { allow: true, maxDays: 30, forbiddenChecks: ['hostNamespaces'] },
  });
  cluster = await startGatedCluster({ policies: [agentsPolicy(), allowing], audit: true });
  plane = cluster.plane;
  namespace = await createNamespace(plane, TIER);
});

afterAll(async () => {
  await cluster?.stop();
});

/** A moment that is some seconds away, to the second. */
function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

function exceptionYaml(name: string, expires: string, more = 'policy: excepting, checks: [privileged]'): string {
  return `apiVersion: sandgate.dev/v1alpha1
kind: IsolationException
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  { ${more}, images: [example.com/vpn], reason: tunnels, expires: "${expires}" }
`;
}

async function apply(text: string): Promise<{ code: number | null; stderr: string }> {
  const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], { stdin: text });
  return { code, stderr };
}

function podOf(name: string, where = namespace): JsonObject {
  const container = { name: 'tunnel', image: 'example.com/vpn:1', securityContext: { privileged: true } };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: where, name }, spec: { containers: [container] } };
}

function create(name: string, where?: string): Promise<KubeReply> {
  return plane.admin.create(podOf(name, where), { dryRun: true });
}

async function accepted(name: string): Promise<unknown> {
  const ref: ObjectRef = { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationException', namespace, name };
  const { body } = await expectOk(plane.admin.get(ref));
  return listAt(body, 'status', 'conditions').find((condition) => at(condition, 'type') === 'Accepted');
}

test('a pod is let in while an exception is in force, and the audit log has its name', async () => {
  expect((await create('before')).status).toBe(403);
  expect(await apply(exceptionYaml('vpn', inSeconds(20 * 86_400)))).toEqual({ code: 0, stderr: '' });
  await expect.poll(async () => (await create('probe')).status, SOON).toBe(201);
  const elsewhere = await createNamespace(plane, TIER);
  expect((await create('elsewhere', elsewhere)).status).toBe(403);

  await expectOk(plane.admin.create(podOf('vpn')));
  const event = await waitFor(
    async () =>
      (await plane.auditEvents()).find(
        (one) =>
          one.verb === 'create' &&
          at(one, 'objectRef', 'name') === 'vpn' &&
          at(one, 'objectRef', 'resource') === 'pods',
      ),
    { within: 20_000, what: 'the audit log has the creation of the pod' },
  );
  const key = 'workloads.validate.sandgate.dev/';
  expect(at(event, 'annotations', `${key}exceptions`)).toBe(`${namespace}/vpn`);
  expect(at(event, 'annotations', `${key}violations`)).toContain(`excepted by ${namespace}/vpn until`);
});

test('its status and its columns say what it is', async () => {
  await expect.poll(() => accepted('vpn'), SOON).toMatchObject({ status: 'True', reason: 'Accepted' });
  expect(at(await accepted('vpn'), 'message')).toMatch(/^in force until 2/);
  const { stdout } = await plane.kubectl(['get', 'isoex', '-n', namespace]);
  const [head = '', row = ''] = stdout.split('\n');
  expect(head.split(/\s{2,}/)).toEqual(['NAME', 'POLICY', 'CHECKS', 'EXPIRES', 'ACCEPTED', 'REASON', 'AGE']);
  expect(row.split(/\s{2,}/).slice(0, 3)).toEqual(['vpn', 'excepting', '["privileged"]']);
});

test('one that could never act is refused as it is written, and one whose policy is yet to come is warned about', async () => {
  const later = inSeconds(86_400);
  const refused: readonly (readonly [string, string])[] = [
    [exceptionYaml('a', inSeconds(-60)), 'is over: it excepts nothing'],
    [exceptionYaml('a', inSeconds(40 * 86_400)), 'is too far away: policy "excepting" allows 30 days'],
    [
      exceptionYaml('a', later, 'policy: excepting, checks: [hostNamespaces]'),
      'allows no exceptions from hostNamespaces',
    ],
    [exceptionYaml('a', later, 'policy: agents, checks: [privileged]'), 'policy "agents" allows no exceptions'],
    // By the API server itself, from the definition.
    [exceptionYaml('a', later, 'policy: excepting, checks: []'), 'spec.checks'],
    [exceptionYaml('a', later, 'policy: "*", checks: [privileged]'), 'spec.policy'],
  ];
  for (const [text, says] of refused) {
    const { code, stderr } = await apply(text);
    expect([code, stderr]).toEqual([1, expect.stringContaining(says)]);
  }
  const { code, stderr } = await apply(exceptionYaml('early', later, 'policy: nowhere, checks: [privileged]'));
  expect(code).toBe(0);
  expect(stderr).toBe('Warning: IsolationException "early": /spec/policy: policy "nowhere" does not exist (yet)\n');
  await expect.poll(() => accepted('early'), SOON).toMatchObject({ status: 'False', reason: 'WithoutEffect' });
});

test('it ends by itself: what was let in before is refused live, and nobody had to do anything', async () => {
  const end = inSeconds(10);
  const edit: unknown = parse(exceptionYaml('vpn', end));
  if (!isJsonObject(edit)) throw new Error('not an object');
  // kubectl takes seconds on a busy machine, and what has ended is refused.
  await expectOk(plane.admin.apply(edit, { force: true }));
  await expect.poll(async () => (await create('after')).status, SOON).toBe(403);
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(end));
  expect(String((await create('after')).body.message)).toContain('privileged');
  // The pod that it let in can still be labelled and deleted.
  const { code } = await plane.kubectl(['label', 'pod', 'vpn', '-n', namespace, 'a=b']);
  expect(code).toBe(0);
  expect((await plane.kubectl(['delete', 'pod', 'vpn', '-n', namespace, '--grace-period=0', '--force'])).code).toBe(0);
});
