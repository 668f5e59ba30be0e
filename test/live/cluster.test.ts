// The live state as a whole, against a fake API server: see there why.
import { describe, expect, test } from 'vitest';
import { ownField, stringField } from '../../src/model/json.ts';
import { ISOLATION_POLICY } from '../../src/resources/isolation-policy/index.ts';
import { policyYaml } from '../support/gate.ts';
import { FakeApiServer, fails, listOf, PATHS } from './fake-api-server.ts';
import { followed } from './followed.ts';
import { isolationPolicy, namespace, runtimeClass } from './objects.ts';

const { isolationpolicies: POLICIES, namespaces: NAMESPACES, runtimeclasses: CLASSES } = PATHS;
const { capabilityclasses: CAPABILITIES } = PATHS;
const RESTRICTED = { podSecurity: { level: 'restricted' } };
const BROKEN = { podSecurity: { level: 'very' } };
const FILES = policyYaml('static', 'podSecurity: { level: baseline }');

function conditionOf(api: FakeApiServer, name: string): unknown {
  const list = ownField(ownField(api.get(POLICIES, name), 'status'), 'conditions');
  return Array.isArray(list) ? list[0] : undefined;
}

describe('readiness', () => {
  test('waits for all four lists, and says which is missing', async () => {
    const { api, cluster, start, isReady } = await followed();
    const rules = [NAMESPACES, CLASSES, POLICIES, CAPABILITIES].map((path) =>
      api.instead(listOf(path), fails(403, 'not yours')),
    );
    start();
    await expect
      .poll(() => cluster.conditions.map((condition) => condition.problem()))
      .toEqual([
        'isolationpolicies.sandgate.dev are not known yet: 403 not yours',
        'namespaces are not known yet: 403 not yours',
        'runtimeclasses.node.k8s.io are not known yet: 403 not yours',
        'capabilityclasses.sandgate.dev are not known yet: 403 not yours',
      ]);
    rules[0]?.end();
    await expect.poll(() => cluster.conditions[1]?.problem()).toBe(undefined);
    expect(isReady()).toBe(false);
    for (const rule of rules) rule.end();
    await expect.poll(isReady).toBe(true);
  });

  test('comes with an empty cluster: the first policy is still to be written', async () => {
    const { start, isReady, names } = await followed();
    start();
    await expect.poll(isReady).toBe(true);
    expect(names()).toEqual([]);
  });

  test('stays, whatever happens to the API server', async () => {
    const { api, cluster, start, isReady } = await followed({ timing: { relistMs: 1 } });
    start();
    await expect.poll(isReady).toBe(true);
    api.instead(() => true, fails(500));
    for (const path of Object.values(PATHS)) api.reset(path);
    await expect.poll(() => cluster.watches().every((watch) => watch.failures > 2)).toBe(true);
    expect(isReady()).toBe(true);
  });

  test('without the definition: not where there is nothing else', async () => {
    const { api, cluster, start } = await followed();
    api.instead(listOf(POLICIES), fails(404, 'not found'));
    start();
    await expect
      .poll(() => cluster.conditions.map((condition) => condition.problem()))
      .toEqual([
        'the cluster has no isolationpolicies.sandgate.dev (expected its CustomResourceDefinition, or policies in files with -p)',
        undefined,
        undefined,
        undefined,
      ]);
  });

  test('without the definition of classes: less is let in, not more', async () => {
    const { api, start, isReady, watches } = await followed();
    const rule = api.instead(listOf(CAPABILITIES), fails(404, 'not found'));
    start();
    await expect.poll(isReady).toBe(true);
    rule.end();
    const resource = 'capabilityclasses.sandgate.dev';
    await expect
      .poll(() => watches.filter(([name]) => name === resource))
      .toEqual([
        [resource, 'absent'],
        [resource, 'synced'],
      ]);
  });

  test('without the definition: with policies of files, and what comes later is added', async () => {
    const { api, start, isReady, names, watches } = await followed({ files: [FILES] });
    const rule = api.instead(listOf(POLICIES), fails(404, 'not found'));
    api.put(POLICIES, isolationPolicy('agents', RESTRICTED));
    start();
    await expect.poll(isReady).toBe(true);
    expect(names()).toEqual(['static']);
    rule.end();
    await expect.poll(names).toEqual(['agents', 'static']);
    expect(watches.filter(([resource]) => resource.startsWith('isolation'))).toEqual([
      ['isolationpolicies.sandgate.dev', 'absent'],
      ['isolationpolicies.sandgate.dev', 'synced'],
    ]);
  });
});

describe('policies', () => {
  test('are in force from the moment the list is known', async () => {
    const { api, cluster, start, names } = await followed({ files: [FILES] });
    api.put(POLICIES, isolationPolicy('agents', { ...RESTRICTED, priority: 5 }));
    start();
    const known = cluster.conditions[0];
    expect(known?.problem()).toBe('isolationpolicies.sandgate.dev are not known yet');
    await expect.poll(() => known?.problem(), { interval: 1 }).toBe(undefined);
    expect(names()).toEqual(['agents', 'static']);
  });

  test('come, change and go within a second; a burst is one change', async () => {
    const { api, start, isReady, names, sets } = await followed();
    start();
    await expect.poll(isReady).toBe(true);
    await expect.poll(() => api.watching(POLICIES)).toBe(1);
    for (let i = 0; i < 100; i++) api.put(POLICIES, isolationPolicy(`p${i}`, RESTRICTED));
    await expect.poll(() => names().length).toBe(100);
    expect(sets.length).toBeLessThan(10);
    for (let i = 1; i < 100; i++) api.remove(POLICIES, `p${i}`);
    await expect.poll(names).toEqual(['p0']);
  });

  test('a set in force never changes: a review is judged by all of one', async () => {
    const { api, cluster, start, names } = await followed();
    api.put(POLICIES, isolationPolicy('a', RESTRICTED));
    start();
    await expect.poll(names).toEqual(['a']);
    const gate = cluster.gate();
    api.put(POLICIES, isolationPolicy('b', RESTRICTED));
    await expect.poll(names).toEqual(['a', 'b']);
    expect(gate.policies.policies.map((policy) => policy.name)).toEqual(['a']);
    expect(cluster.gate()).not.toBe(gate);
  });

  test('a broken one is not in force, keeps its last good version, and says why', async () => {
    const { api, cluster, start, names, verdicts } = await followed();
    api.put(POLICIES, isolationPolicy('a', RESTRICTED, 1));
    api.put(POLICIES, isolationPolicy('never', BROKEN, 1));
    start();
    await expect.poll(names).toEqual(['a']);
    await expect.poll(() => api.watching(POLICIES)).toBe(1);
    api.put(POLICIES, isolationPolicy('a', BROKEN, 2));
    await expect
      .poll(() => conditionOf(api, 'a'))
      .toMatchObject({ status: 'False', reason: 'Invalid', observedGeneration: 2 });
    expect(names()).toEqual(['a']);
    expect(conditionOf(api, 'never')).toMatchObject({ status: 'False', reason: 'Invalid', observedGeneration: 1 });
    expect(cluster.refused(ISOLATION_POLICY)).toBe(2);
    api.put(POLICIES, isolationPolicy('a', { ...RESTRICTED, priority: 7 }, 3));
    await expect
      .poll(() => conditionOf(api, 'a'))
      .toMatchObject({ status: 'True', reason: 'Accepted', observedGeneration: 3 });
    expect(cluster.gate().policies.policies[0]?.priority).toBe(7);
    expect(verdicts.map(({ name, accepted, observedGeneration }) => [name, accepted, observedGeneration])).toEqual([
      ['a', true, 1],
      ['never', false, 1],
      ['a', false, 2],
      ['a', true, 3],
    ]);
  });

  test('a name that a file has is taken', async () => {
    const { api, start, names, cluster } = await followed({ files: [FILES] });
    api.put(POLICIES, isolationPolicy('static', RESTRICTED));
    start();
    await expect.poll(() => conditionOf(api, 'static')).toMatchObject({ status: 'False', reason: 'NameTaken' });
    expect(names()).toEqual(['static']);
    expect(cluster.gate().policies.policies[0]?.origin).toContain('policy-0.yaml');
  });

  test('a RuntimeClass that is not there is told, and in the status, until it is', async () => {
    const { api, start, missing, isReady } = await followed();
    api.put(POLICIES, isolationPolicy('a', { ...RESTRICTED, runtime: { default: 'gvisor' } }));
    start();
    const message = (): string => stringField(conditionOf(api, 'a'), 'message') ?? '';
    await expect.poll(message).toContain('RuntimeClass "gvisor" does not exist: pods that are given it are refused');
    expect(conditionOf(api, 'a')).toMatchObject({ status: 'True' });
    expect(isReady()).toBe(true);
    api.put(CLASSES, runtimeClass('gvisor'));
    await expect.poll(message).not.toContain('RuntimeClass');
    api.remove(CLASSES, 'gvisor');
    await expect
      .poll(() => missing)
      .toEqual([
        ['a', 'gvisor'],
        ['a', 'gvisor'],
      ]);
  });
});

test('a RuntimeClass that a policy of a file fills in is told, too', async () => {
  const file = policyYaml('static', 'runtime: { default: gvisor }');
  const { api, start, missing, isReady } = await followed({ files: [file] });
  api.put(CLASSES, runtimeClass('kata'));
  start();
  await expect.poll(isReady).toBe(true);
  await expect.poll(() => missing).toEqual([['static', 'gvisor']]);
  api.put(CLASSES, runtimeClass('gvisor'));
  api.put(POLICIES, isolationPolicy('a', { ...RESTRICTED, runtime: { default: 'none' } }));
  await expect.poll(() => missing.at(-1)).toEqual(['a', 'none']);
  expect(missing).toHaveLength(2);
});

describe('the status', () => {
  test('is written once, and not again for having been written', async () => {
    const { api, start, statuses, faults } = await followed();
    api.put(POLICIES, isolationPolicy('a', RESTRICTED));
    start();
    await expect.poll(() => conditionOf(api, 'a')).toMatchObject({ status: 'True' });
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(statuses).toEqual(['written']);
    expect(api.asked.filter((one) => one.method === 'PATCH')).toHaveLength(1);
    expect(faults).toEqual([]);
  });

  test('about one of three replicas writes a status, and none undoes another', async () => {
    const api = await FakeApiServer.start();
    for (let i = 0; i < 20; i++) api.put(POLICIES, isolationPolicy(`p${i}`, RESTRICTED));
    const replicas = [await followed({ api }), await followed({ api }), await followed({ api })];
    for (const replica of replicas) replica.start();
    await expect
      .poll(() => Array.from({ length: 20 }, (_, i) => conditionOf(api, `p${i}`)).filter(Boolean).length)
      .toBe(20);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const outcomes = replicas.flatMap((replica) => replica.statuses);
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(20);
    expect(outcomes).not.toContain('failed');
  });

  test('where somebody else keeps changing it back, it is written less and less', async () => {
    const { api, start } = await followed();
    api.put(POLICIES, isolationPolicy('a', RESTRICTED));
    // An API server whose schema does not know the field, or a replica of another release.
    api.instead(
      (asked) => asked.method === 'PATCH',
      (response) => {
        const { status: _, ...bare } = api.get(POLICIES, 'a') ?? {};
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(api.put(POLICIES, bare)));
      },
    );
    start();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const writes = api.asked.filter((one) => one.method === 'PATCH').length;
    expect(writes).toBeGreaterThan(1);
    // 0.05, 0.1, 0.3, 0.7, 1.5 s at the most eager: half of what is due.
    expect(writes).toBeLessThanOrEqual(7);
  });

  test('is tried again where writing fails, and nothing else waits for it', async () => {
    const { api, start, statuses, names } = await followed();
    api.put(POLICIES, isolationPolicy('a', RESTRICTED));
    const rule = api.instead((asked) => asked.method === 'PATCH', fails(403, 'patch isolationpolicies/status'));
    start();
    await expect.poll(() => statuses.length).toBeGreaterThan(1);
    expect(names()).toEqual(['a']);
    rule.end();
    await expect.poll(() => conditionOf(api, 'a')).toMatchObject({ status: 'True' });
    // The API server has it a moment before its answer arrives.
    await expect.poll(() => new Set(statuses)).toEqual(new Set(['failed', 'written']));
  });

  test('the status of an object that is gone, or has changed meanwhile, is not insisted on', async () => {
    const { api, start, statuses } = await followed();
    api.put(POLICIES, isolationPolicy('a', RESTRICTED));
    api.put(POLICIES, isolationPolicy('b', RESTRICTED));
    api.instead((asked) => asked.path.includes('/a/'), fails(404, 'not found'));
    api.instead((asked) => asked.path.includes('/b/'), fails(409, 'conflict'));
    start();
    await expect.poll(() => statuses.length).toBeGreaterThanOrEqual(2);
    await new Promise((resolve) => setTimeout(resolve, 600));
    // What the watch brings is a reason to look again; a conflict is none.
    expect(statuses.length).toBeLessThanOrEqual(4);
    expect(new Set(statuses)).toEqual(new Set(['conflict']));
  });

  test('names the version it was made from', async () => {
    const { api, start } = await followed();
    const stored = api.put(POLICIES, isolationPolicy('a', RESTRICTED));
    start();
    await expect.poll(() => conditionOf(api, 'a')).toBeDefined();
    const patch = api.asked.find((one) => one.method === 'PATCH');
    expect(patch?.path).toBe(`${POLICIES}/a/status`);
    expect(patch?.headers['content-type']).toBe('application/merge-patch+json');
    expect(ownField(ownField(patch?.body, 'metadata'), 'resourceVersion')).toBe(
      ownField(stored.metadata, 'resourceVersion'),
    );
    expect(Object.keys(patch?.body ?? {})).toEqual(['metadata', 'status']);
  });
});

describe('namespaces', () => {
  const BY_TIER = isolationPolicy('by-tier', {
    match: { namespaceSelector: { matchLabels: { tier: 'agents' } } },
    ...RESTRICTED,
  });

  test('are known to the gate as the watch has them', async () => {
    const { api, cluster, start, isReady } = await followed();
    api.put(NAMESPACES, namespace('a', { tier: 'agents' }));
    start();
    await expect.poll(isReady).toBe(true);
    const { surroundings } = cluster.gate();
    expect(surroundings.namespaceLabels('a')).toMatchObject({ tier: 'agents' });
    expect(surroundings.namespaceLabels('b')).toBe(undefined);
    api.put(POLICIES, BY_TIER);
    await expect.poll(() => cluster.gate().policies.needsNamespaceLabels).toBe(true);
    expect(cluster.gate().surroundings.namespaceLabels('a')).toBe(surroundings.namespaceLabels('a'));
  });
});
