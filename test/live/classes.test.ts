// CapabilityClasses as part of the live state, against a fake API server: what is in force, and what is said in the status
// of classes and of the policies that list them.
import { describe, expect, test } from 'vitest';
import { ownField, stringField } from '../../src/model/json.ts';
import { CAPABILITY_CLASS } from '../../src/resources/capability-class/index.ts';
import { ISOLATION_POLICY } from '../../src/resources/isolation-policy/index.ts';
import { policyYaml } from '../support/gate.ts';
import { FakeApiServer, fails, listOf, PATHS, watchOf } from './fake-api-server.ts';
import { type Followed, followed } from './followed.ts';
import { capabilityClass, isolationPolicy } from './objects.ts';

const { isolationpolicies: POLICIES, capabilityclasses: CLASSES } = PATHS;
const LISTING = { capabilities: [{ name: 'docker', implementation: 'one' }] };
const MISSING = 'in force, but /spec/capabilities/0/name: class docker does not exist (yet)';

/** A class with one implementation of this name. */
function having(implementation: string, grant: string = 'env'): Parameters<typeof capabilityClass>[1] {
  return {
    authorization: 'Policy',
    implementations: [{ name: implementation, grant: { [grant]: [{ name: 'A', value: 'b' }] } }],
  };
}

function conditionOf(api: FakeApiServer, path: string, name: string): unknown {
  const list = ownField(ownField(api.get(path, name), 'status'), 'conditions');
  return Array.isArray(list) ? list[0] : undefined;
}

function messageOf(api: FakeApiServer, path: string, name: string): string | undefined {
  return stringField(conditionOf(api, path, name), 'message');
}

/** The implementations in force, by class. */
function inForce({ cluster }: Followed): readonly string[] {
  return [...cluster.gate().policies.classes].map(([name, one]) => `${name} ${one.implementations[0]?.name}`);
}

test('classes come, change and go; a policy and its class that come together are one change', async () => {
  const live = await followed();
  const { api, start, isReady, sets, names } = live;
  start();
  await expect.poll(isReady).toBe(true);
  await expect.poll(() => api.watching(POLICIES) + api.watching(CLASSES)).toBe(2);
  api.put(POLICIES, isolationPolicy('a', LISTING));
  api.put(CLASSES, capabilityClass('docker', having('one')));
  await expect.poll(() => inForce(live)).toEqual(['docker one']);
  expect(names()).toEqual(['a']);
  expect(sets).toHaveLength(1);
  api.put(CLASSES, capabilityClass('docker', having('two'), 2));
  await expect.poll(() => inForce(live)).toEqual(['docker two']);
  api.remove(CLASSES, 'docker');
  await expect.poll(() => inForce(live)).toEqual([]);
});

test('a set in force never changes: a review is judged by one set of classes', async () => {
  const live = await followed();
  live.api.put(CLASSES, capabilityClass('docker', having('one')));
  live.start();
  await expect.poll(() => inForce(live)).toEqual(['docker one']);
  const gate = live.cluster.gate();
  live.api.put(CLASSES, capabilityClass('docker', having('two'), 2));
  await expect.poll(() => inForce(live)).toEqual(['docker two']);
  expect(gate.policies.classes.get('docker')?.implementations[0]?.name).toBe('one');
});

test('a broken one keeps its last good version, and its status says why', async () => {
  const live = await followed();
  const { api, cluster, start, classVerdicts } = live;
  api.put(CLASSES, capabilityClass('docker', having('one')));
  api.put(CLASSES, capabilityClass('never', having('one', 'envs')));
  start();
  await expect.poll(() => conditionOf(api, CLASSES, 'docker')).toMatchObject({ status: 'True', message: 'in force' });
  await expect.poll(() => api.watching(CLASSES)).toBe(1);
  api.put(CLASSES, capabilityClass('docker', having('two', 'envs'), 2));
  const fault = '/spec/implementations/0/grant/envs: unknown key (did you mean "env"?)';
  await expect
    .poll(() => conditionOf(api, CLASSES, 'docker'))
    .toMatchObject({ status: 'False', reason: 'Invalid', message: `generation 1 stays in force: ${fault}` });
  expect(inForce(live)).toEqual(['docker one']);
  expect(messageOf(api, CLASSES, 'never')).toBe(`not in force: ${fault}`);
  expect([cluster.refused(CAPABILITY_CLASS), cluster.refused(ISOLATION_POLICY)]).toEqual([2, 0]);
  expect(classVerdicts.map(({ name, accepted }) => [name, accepted])).toEqual([
    ['docker', true],
    ['never', false],
    ['docker', false],
  ]);
});

test('a name that a file has is taken', async () => {
  const file = `apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: docker }
spec: { implementations: [{ name: file, grant: { env: [{ name: A, value: b }] } }] }
`;
  const live = await followed({ files: [file, policyYaml('static', 'harden: baseline')] });
  live.api.put(CLASSES, capabilityClass('docker', having('one')));
  live.start();
  await expect
    .poll(() => conditionOf(live.api, CLASSES, 'docker'))
    .toMatchObject({ status: 'False', reason: 'NameTaken' });
  expect(inForce(live)).toEqual(['docker file']);
});

describe('the status of a policy that lists a class', () => {
  test('says what is missing for as long as it is, and is written once for each change', async () => {
    const live = await followed();
    const { api, start, isReady, missingClasses, verdicts, written } = live;
    start();
    await expect.poll(isReady).toBe(true);
    api.put(POLICIES, isolationPolicy('a', LISTING));
    const message = (): string | undefined => messageOf(api, POLICIES, 'a');
    await expect.poll(message).toBe(MISSING);
    expect(conditionOf(api, POLICIES, 'a')).toMatchObject({ status: 'True', reason: 'Accepted' });
    const steps: readonly (readonly [string, string])[] = [
      [
        'two',
        'in force, but /spec/capabilities/0/implementation: "one" is not an implementation of class docker (expected two)',
      ],
      ['one', 'in force'],
    ];
    for (let round = 0; round < 4; round++) {
      for (const [index, [implementation, said]] of steps.entries()) {
        api.put(CLASSES, capabilityClass('docker', having(implementation), round * 2 + index + 1));
        await expect.poll(message).toBe(said);
      }
    }
    api.remove(CLASSES, 'docker');
    await expect.poll(message).toBe(MISSING);
    // The first, the eight of the rounds, the last: none waited for longer because of those before it, and none came twice.
    // The server has it a moment before who wrote it knows.
    await expect.poll(() => written.filter((name) => name === 'policy/a').length).toBe(10);
    // The log has it when something else is missing; the verdict itself is no news.
    expect(missingClasses.map(([, problem]) => problem.includes('does not exist'))).toEqual([
      true,
      ...Array.from({ length: 4 }, () => false),
      true,
    ]);
    expect(verdicts).toHaveLength(1);
  });

  test('is left alone once it says so, by three replicas', async () => {
    const api = await FakeApiServer.start();
    api.put(POLICIES, isolationPolicy('a', LISTING));
    const replicas = [await followed({ api }), await followed({ api }), await followed({ api })];
    for (const replica of replicas) replica.start();
    await expect.poll(() => messageOf(api, POLICIES, 'a')).toBe(MISSING);
    api.put(CLASSES, capabilityClass('docker', having('one')));
    await expect.poll(() => messageOf(api, POLICIES, 'a')).toBe('in force');
    await expect.poll(() => messageOf(api, CLASSES, 'docker')).toBe('in force');
    const written = (): number => replicas.flatMap((replica) => replica.written).length;
    // A replica that hears of the class last may have contradicted once. Then, for several turns of a loop, nothing.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = written();
    expect(before).toBeLessThanOrEqual(6);
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(written()).toBe(before);
    expect(messageOf(api, POLICIES, 'a')).toBe('in force');
  });

  test('says nothing of classes while nobody knows which there are', async () => {
    const live = await followed();
    const { api, start, cluster, missingClasses } = live;
    api.put(POLICIES, isolationPolicy('a', LISTING));
    const rule = api.instead(listOf(CLASSES), fails(500));
    start();
    await expect.poll(() => messageOf(api, POLICIES, 'a')).toBe('in force');
    expect(cluster.known().notInForce('CapabilityClass')).toBe(undefined);
    rule.end();
    await expect.poll(() => messageOf(api, POLICIES, 'a')).toBe(MISSING);
    expect(missingClasses).toHaveLength(1);
  });

  test('does not wait for what was said in vain before', async () => {
    const { api, start, statuses } = await followed({ statusTiming: { againMs: 600_000, mostMs: 600_000 } });
    // Somebody changes it back: the next try to say the same is due in minutes.
    const rule = api.instead(
      (asked) => asked.method === 'PATCH' && asked.path.startsWith(POLICIES),
      (response) => {
        const { status: _, ...bare } = api.get(POLICIES, 'a') ?? {};
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(api.put(POLICIES, bare)));
      },
    );
    api.put(POLICIES, isolationPolicy('a', LISTING));
    start();
    await expect.poll(() => statuses).toContain('written');
    rule.end();
    api.put(CLASSES, capabilityClass('docker', having('two')));
    await expect.poll(() => messageOf(api, POLICIES, 'a')).toContain('is not an implementation');
  });
});

test('a watch of classes that breaks leaves them in force', async () => {
  const live = await followed();
  const { api, start, cluster } = live;
  api.put(CLASSES, capabilityClass('docker', having('one')));
  start();
  await expect.poll(() => inForce(live)).toEqual(['docker one']);
  await expect.poll(() => api.watching(CLASSES)).toBe(1);
  api.instead((asked) => listOf(CLASSES)(asked) || watchOf(CLASSES)(asked), fails(500));
  api.reset(CLASSES);
  const failures = (): number | undefined =>
    cluster.watches().find(({ resource }) => resource.startsWith('capability'))?.failures;
  await expect.poll(failures).toBeGreaterThan(2);
  expect(inForce(live)).toEqual(['docker one']);
});
