// The last accepted version of objects on a real API server, over restarts of the server that judges. The webhook for our own kinds is
// not registered here, so that a broken version is stored, as where it cannot be reached and lets through.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definitionOf } from '../../../scripts/crd/custom-resource.ts';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { OWN_KINDS } from '../../../src/resources/index.ts';
import { type ServedCluster, serveCluster } from '../../live/served-cluster.ts';
import { at, listAt } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { installDefinition } from '../control-plane/custom-resources.ts';
import type { ObjectRef } from '../control-plane/discovery.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { kubeconfigWith } from './our-access.ts';
import { BROKEN, judged, policy, policyForTier, RESTRICTED } from './policies.ts';

const SOON = { timeout: 10_000, interval: 50 };

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane();
  for (const definition of OWN_KINDS.map(definitionOf)) await installDefinition(plane, definition);
});

afterAll(async () => {
  await plane?.stop();
});

async function served(): Promise<ServedCluster> {
  const started = await serveCluster(await kubeconfigWith(plane));
  await expect.poll(started.readyz, { timeout: 30_000 }).toBe(200);
  return started;
}

async function stop({ child, exit }: ServedCluster): Promise<void> {
  child.kill('SIGTERM');
  await exit;
}

async function statusOf(ref: ObjectRef): Promise<unknown> {
  return at((await expectOk(plane.admin.get(ref))).body, 'status');
}

/** What the condition `Accepted` says, once it is about this generation. */
async function message(ref: ObjectRef, generation: number): Promise<unknown> {
  const [condition] = listAt(await statusOf(ref), 'conditions');
  return at(condition, 'observedGeneration') === generation ? at(condition, 'message') : undefined;
}

async function keptGeneration(ref: ObjectRef): Promise<unknown> {
  return at(await statusOf(ref), 'lastAccepted', 'generation');
}

/** How the labels of its namespace tell one test's policies from those of another. */
async function isAllowed(server: ServedCluster, namespace: string): Promise<boolean> {
  return (await judged(server, namespace)).allowed;
}

describe('a policy that is edited into a broken one', () => {
  const tier = 'kept';
  const ref = refOf(policyForTier(tier));
  const apply = async (spec?: JsonObject): Promise<unknown> =>
    await expectOk(plane.admin.apply(policyForTier(tier, spec), { force: true }));

  test('is in force in its last good version in a server that starts then, until it is corrected or deleted', async () => {
    const namespace = await createNamespace(plane, { tier });
    const first = await served();
    await apply();
    await expect.poll(() => keptGeneration(ref), SOON).toBe(1);
    await apply(BROKEN);
    await expect.poll(() => message(ref, 2), SOON).toMatch(/^generation 1 stays in force: /);
    await stop(first);

    const second = await served();
    expect(await isAllowed(second, namespace)).toBe(false);
    await expect
      .poll(() => second.lines('policy not accepted').map((line) => [at(line, 'policy'), at(line, 'generation')]), SOON)
      .toEqual([[tier, 2]]);
    expect(await keptGeneration(ref)).toBe(1);
    // Broken once more while nobody looks.
    await stop(second);
    await apply({ ...BROKEN, priority: 7 });
    const third = await served();
    expect(await isAllowed(third, namespace)).toBe(false);
    await expect.poll(() => message(ref, 3), SOON).toMatch(/^generation 1 stays in force: /);

    // Back to it, as docs/live-policies.md says.
    const { stdout } = await plane.kubectl(['get', 'isopol', tier, '-o', 'json']);
    const stored: unknown = JSON.parse(stdout);
    const spec: unknown = JSON.parse(String(at(stored, 'status', 'lastAccepted', 'spec')));
    const stdin = JSON.stringify({ ...(isJsonObject(stored) ? stored : {}), spec });
    expect((await plane.kubectl(['replace', '-f', '-'], { stdin })).code).toBe(0);
    await expect.poll(() => message(ref, 4), SOON).toBe('in force');
    await expect.poll(() => keptGeneration(ref), SOON).toBe(4);
    expect(await isAllowed(third, namespace)).toBe(false);
    await expectOk(plane.admin.delete(ref));
    await expect.poll(() => isAllowed(third, namespace), SOON).toBe(true);

    // An object of that name that is made again has no past.
    await apply(BROKEN);
    await expect.poll(() => message(ref, 1), SOON).toMatch(/^not in force: /);
    expect(await isAllowed(third, namespace)).toBe(true);
    await expectOk(plane.admin.delete(ref));
  });

  test('is not known where its status was written for the object that it replaces, as a backup may do', async () => {
    const namespace = await createNamespace(plane, { tier });
    const server = await served();
    await apply();
    await expect.poll(() => keptGeneration(ref), SOON).toBe(1);
    const status = await statusOf(ref);
    await expectOk(plane.admin.delete(ref));
    await apply(BROKEN);
    await apply({ ...BROKEN, priority: 2 });
    await expect.poll(() => message(ref, 2), SOON).toMatch(/^not in force: /);
    const patch = JSON.stringify({ status: { lastAccepted: at(status, 'lastAccepted') } });
    const args = ['patch', 'isolationpolicy', tier, '--subresource=status', '--type=merge', '-p', patch];
    const { code, stderr } = await plane.kubectl(args);
    expect([code, stderr]).toEqual([0, '']);
    await stop(server);
    const restarted = await served();
    expect(await isAllowed(restarted, namespace)).toBe(true);
    expect(await message(ref, 2)).toMatch(/^not in force: /);
    await expectOk(plane.admin.delete(ref));
  });
});

/** Of the other kinds that keep a version: one that is good, and how it is broken so that the API server stores it. */
const OTHERS: readonly { kind: string; name: string; spec: JsonObject; broken: JsonObject }[] = [
  {
    kind: 'CapabilityClass',
    name: 'docker',
    spec: { implementations: [{ name: 'one', grant: { env: [{ name: 'A', value: 'b' }] } }] },
    broken: { implementations: [{ name: 'one', grant: { env: [{ name: 'A=B', value: 'b' }] } }] },
  },
  {
    kind: 'WorkloadKind',
    name: 'foo.example.dev',
    spec: { group: 'example.dev', kind: 'Foo', plural: 'foos', versions: ['v1'], templates: ['/spec/template'] },
    broken: { group: 'other.dev', kind: 'Foo', plural: 'foos', versions: ['v1'], templates: ['/spec/template'] },
  },
];

test.each(OTHERS)('a $kind that is edited into a broken one keeps its last good version as well', async (one) => {
  const { kind, name, spec, broken } = one;
  const object = { apiVersion: 'sandgate.dev/v1alpha1', kind, metadata: { name } };
  const first = await served();
  await expectOk(plane.admin.create({ ...object, spec }));
  await expect.poll(() => keptGeneration(refOf(object)), SOON).toBe(1);
  await stop(first);
  await expectOk(plane.admin.apply({ ...object, spec: broken }, { force: true }));
  await served();
  await expect.poll(() => message(refOf(object), 2), SOON).toMatch(/^generation 1 stays in force: /);
  await expectOk(plane.admin.delete(refOf(object)));
});

test.each([
  { what: 'as long as may be is kept', expressions: 8, isKept: true },
  { what: 'that is longer is in force and not kept', expressions: 9, isKept: false },
])('a spec $what, and its status is written', async ({ expressions, isKept }) => {
  const values = Array.from({ length: 1000 }, (_, index) => `${index}`.padStart(60, 'v'));
  const keys = Array.from({ length: expressions }, (_, index) => `k${index}`);
  const matchExpressions = keys.map((key) => ({ key, operator: 'In', values }));
  const long = policy('long', { ...RESTRICTED, match: { objectSelector: { matchExpressions } } });
  await served();
  await expectOk(plane.admin.create(long));
  await expect.poll(() => message(refOf(long), 1), SOON).toMatch(/^in force/);
  expect(await keptGeneration(refOf(long))).toBe(isKept ? 1 : undefined);
  await expectOk(plane.admin.delete(refOf(long)));
});
