// The tests' own client, against the server it is for.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at } from './at.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { expectOk } from './expect-ok.ts';
import { refOf } from './kube-client.ts';
import { createNamespace } from './namespaces.ts';

let plane: ControlPlane;
let namespace: string;

beforeAll(async () => {
  plane = await startControlPlane();
  namespace = await createNamespace(plane);
});

afterAll(async () => {
  await plane?.stop();
});

function podOf(name: string): object {
  const spec = { containers: [{ name: 'app', image: 'example.com/app:1' }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name }, spec };
}

test('it patches in every way, with field managers and dry runs', async () => {
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: 'map' }, data: { a: '1' } };
  const ref = refOf(map);
  await expectOk(plane.admin.create(map));
  await expectOk(plane.admin.patch(ref, { data: { b: '2' } }, 'merge'));
  await expectOk(plane.admin.patch(ref, [{ op: 'add', path: '/data/c', value: '3' }], 'json'));
  await expectOk(plane.admin.patch(ref, { data: { d: '4' } }, 'strategic'));
  const mine = { ...map, data: { a: 'mine' } };
  const conflict = await plane.admin.apply(mine, { fieldManager: 'somebody' });
  expect([conflict.status, conflict.body.reason]).toEqual([409, 'Conflict']);
  const forced = await expectOk(plane.admin.apply(mine, { fieldManager: 'somebody', force: true, dryRun: true }));
  expect(at(forced.body, 'data', 'a')).toBe('mine');
  const stored = await expectOk(plane.admin.get(ref));
  expect(stored.body.data).toEqual({ a: '1', b: '2', c: '3', d: '4' });
  await expectOk(plane.admin.update({ ...map, data: { e: '5' } }));
  expect((await plane.admin.get(ref)).body.data).toEqual({ e: '5' });
  await expectOk(plane.admin.delete(ref, { dryRun: true }));
  await expectOk(plane.admin.delete(ref));
  expect((await plane.admin.get(ref)).status).toBe(404);
});

test('it writes subresources, of the same kind and of others', async () => {
  const of = refOf(podOf('pod'));
  await expectOk(plane.admin.create(podOf('pod')));
  const debug = { spec: { ephemeralContainers: [{ name: 'debug', image: 'example.com/debug:1' }] } };
  await expectOk(plane.admin.patch(of, debug, 'strategic', { subresource: 'ephemeralcontainers' }));
  await expectOk(plane.admin.patch(of, { status: { phase: 'Running' } }, 'merge', { subresource: 'status' }));
  const { body } = await expectOk(plane.admin.get(of));
  expect(at(body, 'spec', 'ephemeralContainers', 0, 'name')).toBe('debug');
  expect(at(body, 'status', 'phase')).toBe('Running');
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name: 'pod' } };
  await expectOk(plane.admin.create(eviction, { of, subresource: 'eviction' }));
  expect((await plane.admin.get(of)).status).toBe(404);
});

test('it reads warnings, whatever is in them', async () => {
  const reply = await plane.admin.create({ ...podOf('odd'), größe: 1, 'b"\\c': 2 });
  expect(reply.status).toBe(201);
  expect(reply.warnings).toEqual(['unknown field "größe"', 'unknown field "b\\"\\\\c"']);
});

test('it says which kind the server does not serve', async () => {
  const nothing = { apiVersion: 'example.com/v1', kind: 'Nothing', metadata: { name: 'a' } };
  const message = 'the server does not serve Nothing of example.com/v1 (discovery answered 404)';
  await expect(plane.admin.create(nothing)).rejects.toThrow(message);
});

test('it says when an object has no kind or name', async () => {
  await expect(plane.admin.create({ apiVersion: 'v1' })).rejects.toThrow('an object without apiVersion or kind');
  expect(() => refOf({ apiVersion: 'v1', kind: 'Pod' })).toThrow('a Pod without metadata.name');
});
