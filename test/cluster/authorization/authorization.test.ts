// Who may use a class, asked of a real API server: by user, group and service account, given and taken away while we look.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definitionOf } from '../../../scripts/crd/custom-resource.ts';
import { notAuthorized } from '../../../src/grants/authorization-words.ts';
import { CAPABILITY_CLASS } from '../../../src/resources/capability-class/index.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { installDefinition } from '../control-plane/custom-resources.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { bindingOf, createAll, roleOf } from '../rbac/compare.ts';
import { type Asking, commandsIn, startAsking, useOf } from './asking.ts';

const API_GROUP = 'rbac.authorization.k8s.io';
const RULES = [
  { apiGroups: ['sandgate.dev'], resources: ['capabilityclasses'], resourceNames: ['docker'], verbs: ['use'] },
];

let plane: ControlPlane;
let asking: Asking;

beforeAll(async () => {
  plane = await startControlPlane();
  asking = await startAsking(plane);
  await waitFor(async () => (await asking.authorization.mayUse(useOf('default'))) !== 'unknown', {
    within: 30_000,
    what: 'we may ask',
  });
});

afterAll(async () => {
  await plane?.stop();
});

async function untilAnswer(namespace: string, answer: string, within: number): Promise<number> {
  const began = performance.now();
  const isSo = async (): Promise<boolean> => (await asking.authorization.mayUse(useOf(namespace))) === answer;
  await waitFor(isSo, { within, what: `use in ${namespace} is ${answer}` });
  return performance.now() - began;
}

describe('given in one namespace', () => {
  test.each([
    ['to the user', { kind: 'User', apiGroup: API_GROUP, name: 'alice' }],
    ['to a group of hers', { kind: 'Group', apiGroup: API_GROUP, name: 'tenants' }],
    ['to the service account of the pod', { kind: 'ServiceAccount', name: 'robot' }],
    [
      'to every service account there',
      { kind: 'Group', apiGroup: API_GROUP, name: 'system:serviceaccounts:NAMESPACE' },
    ],
  ])('a right given in one namespace %s holds there and nowhere else', async (_, subject) => {
    const [namespace, other] = await Promise.all([createNamespace(plane), createNamespace(plane)]);
    const bound = { ...subject, name: subject.name.replace('NAMESPACE', namespace) };
    const within = { name: 'use-docker', namespace };
    await createAll(plane, [roleOf(within, RULES), bindingOf('Role', 'use-docker', within, [bound])]);
    await untilAnswer(namespace, 'allowed', 20_000);
    const { authorization } = asking;
    expect(await authorization.mayUse(useOf(other))).toBe('denied');
    expect(await authorization.mayUse(useOf(namespace, { className: 'nsjail' }))).toBe('denied');
    const stranger = { username: 'bob', groups: ['system:authenticated'] };
    expect(await authorization.mayUse(useOf(namespace, { user: stranger, serviceAccount: 'default' }))).toBe(
      subject.name.endsWith('NAMESPACE') ? 'allowed' : 'denied',
    );
  });
});

test('what is given takes effect within 5 s, and what is taken away within 10 s', async () => {
  const namespace = await createNamespace(plane);
  const within = { name: 'use-docker', namespace };
  const subject = { kind: 'ServiceAccount', name: 'robot' };
  const binding = bindingOf('Role', 'use-docker', within, [subject]);
  expect(await asking.authorization.mayUse(useOf(namespace))).toBe('denied');
  await createAll(plane, [roleOf(within, RULES), binding]);
  // And what the API server takes to hear of it, on a machine that others work on, too.
  expect(await untilAnswer(namespace, 'allowed', 20_000)).toBeLessThan(10_000);
  await expectOk(plane.admin.delete(refOf(binding)));
  expect(await untilAnswer(namespace, 'denied', 30_000)).toBeLessThan(15_000);
});

function refusal(namespace: string): string {
  return notAuthorized(useOf(namespace), 'denied').fix;
}

async function run(args: readonly string[]): Promise<void> {
  const { code, stderr } = await plane.kubectl(args);
  expect(code, stderr).toBe(0);
}

describe('the commands that a refusal names', () => {
  test('work, where the class is only in a file of ours, and where it is a resource of the cluster', async () => {
    const [before, after] = await Promise.all([createNamespace(plane), createNamespace(plane)]);
    for (const args of commandsIn(refusal(before))) await run(args);
    await untilAnswer(before, 'allowed', 20_000);
    await installDefinition(plane, definitionOf(CAPABILITY_CLASS));
    for (const args of commandsIn(refusal(after))) await run(args);
    await untilAnswer(after, 'allowed', 20_000);
    const { stdout } = await plane.kubectl(['get', 'role', 'use-docker', '-n', after, '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      rules: [{ apiGroups: ['sandgate.dev'], resources: ['*'], resourceNames: ['docker'], verbs: ['use'] }],
    });
    // What somebody would ask who wants to know before.
    const can = ['auth', 'can-i', 'use', 'capabilityclasses.sandgate.dev/docker', '-n', after];
    const { stdout: answer } = await plane.kubectl(can, {
      user: `system:serviceaccount:${after}:robot`,
      groups: ['system:serviceaccounts'],
    });
    expect(answer.trim()).toBe('yes');
  });

  test('are not the ones that one would think of, which kubectl refuses', async () => {
    const args = ['create', 'role', 'x', '--verb=use', '--resource=capabilityclasses.sandgate.dev', '-n', 'default'];
    const { code, stderr } = await plane.kubectl(args);
    expect(code).toBe(1);
    expect(stderr).toContain("can not perform 'use' on 'capabilityclasses' in group 'sandgate.dev'");
  });
});

test('without leave to ask, nobody may anything, and the reason is what the API server says', async () => {
  const { authorization, told } = await startAsking(plane, { mayAsk: false });
  expect(await authorization.mayUse(useOf('default'))).toBe('unknown');
  expect(told[0]).toMatch(
    /^failed: 403 subjectaccessreviews\.authorization\.k8s\.io is forbidden: User "system:service/,
  );
  expect(told[0]).toContain('cannot create resource "subjectaccessreviews"');
});

test('while the API server is down nobody may, and as soon as it is back those who may may', async () => {
  const namespace = await createNamespace(plane);
  const within = { name: 'use-docker', namespace };
  await createAll(plane, [
    roleOf(within, RULES),
    bindingOf('Role', 'use-docker', within, [{ kind: 'ServiceAccount', name: 'robot' }]),
  ]);
  await plane.stopApiServer();
  const { authorization, told } = asking;
  expect(await authorization.mayUse(useOf(namespace))).toBe('unknown');
  expect(told.at(-1)).toMatch(/^failed: .*ECONNREFUSED/);
  expect(notAuthorized(useOf(namespace), 'unknown').detail).toContain('so the class is not granted');
  await plane.startApiServer();
  await untilAnswer(namespace, 'allowed', 20_000);
});
