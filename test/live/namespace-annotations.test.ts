// Annotations of namespaces: only those that a policy reads are kept, and they are known once a policy reads them.
import { describe, expect, test } from 'vitest';
import { Namespaces } from '../../src/cluster/state/namespaces.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { policyYaml, subjectOf } from '../support/gate.ts';
import { PATHS, sendJson } from './fake-api-server.ts';
import { followed } from './followed.ts';
import { isolationPolicy } from './objects.ts';

const { namespaces: NAMESPACES, isolationpolicies: POLICIES } = PATHS;
const KEY = 'openshift.io/sa.scc.uid-range';
const USERS = { identity: { users: { fromNamespaceAnnotation: KEY } } };
/** Also where the machine is busy. */
const PATIENT = { timeout: 10_000 };
const TIMING = { timeoutMs: 10_000 };
const OTHERS = { 'openshift.io/description': 'x'.repeat(1000) };

function namespace(name: string, annotations: Readonly<Record<string, string>>): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations } };
}

describe('what is kept of the annotations of namespaces', () => {
  test('is nothing while no policy reads any', () => {
    const namespaces = new Namespaces();
    namespaces.put(namespace('a', { [KEY]: '1/1' }));
    expect(namespaces.annotationsOf('a')).toBe(undefined);
  });

  test('are those alone that policies read', () => {
    const namespaces = new Namespaces();
    expect(namespaces.keepAnnotations(new Set([KEY]))).toBe(true);
    namespaces.put(namespace('a', { [KEY]: '1/1', ...OTHERS }));
    expect(namespaces.annotationsOf('a')).toEqual({ [KEY]: '1/1' });
    namespaces.put(namespace('a', OTHERS));
    expect(namespaces.annotationsOf('a')).toEqual({});
    namespaces.remove(namespace('a', {}));
    expect(namespaces.annotationsOf('a')).toBe(undefined);
  });

  test('is not known any more once a policy reads another one, until the namespace has come again', () => {
    const namespaces = new Namespaces();
    namespaces.keepAnnotations(new Set([KEY]));
    namespaces.put(namespace('a', { [KEY]: '1/1', other: '2/2' }));
    expect(namespaces.keepAnnotations(new Set([KEY, 'other']))).toBe(true);
    expect(namespaces.annotationsOf('a')).toBe(undefined);
    namespaces.put(namespace('a', { [KEY]: '1/1', other: '2/2' }));
    expect(namespaces.annotationsOf('a')).toEqual({ [KEY]: '1/1', other: '2/2' });
    expect(namespaces.keepAnnotations(new Set([KEY]))).toBe(false);
    expect(namespaces.keepAnnotations(new Set())).toBe(false);
    expect(namespaces.annotationsOf('a')).toBe(undefined);
  });

  test('is not taken from a list that began before a policy read it', () => {
    const namespaces = new Namespaces();
    const listing = namespaces.begin();
    listing.add(namespace('a', { [KEY]: '1/1' }));
    namespaces.keepAnnotations(new Set([KEY]));
    listing.add(namespace('b', { [KEY]: '2/2' }));
    listing.commit();
    expect(['a', 'b'].map((name) => namespaces.annotationsOf(name))).toEqual([undefined, undefined]);
    expect(namespaces.count).toBe(2);
  });
});

describe('a policy that reads an annotation', () => {
  test('in a file: the annotation is known from the first list on', async () => {
    const { api, cluster, start, isReady } = await followed({
      timing: TIMING,
      files: [policyYaml('by-namespace', `identity: { users: { fromNamespaceAnnotation: ${KEY} } }`)],
    });
    api.put(NAMESPACES, namespace('a', { [KEY]: '1/1', ...OTHERS }));
    start();
    await expect.poll(isReady, PATIENT).toBe(true);
    expect(cluster.gate().surroundings.namespaceAnnotations?.('a')).toEqual({ [KEY]: '1/1' });
    expect(api.asked.filter(({ path, isWatch }) => path === NAMESPACES && !isWatch)).toHaveLength(1);
  });

  test('that comes later: the namespaces are listed once more, and watched again', async () => {
    const { api, cluster, start, isReady, faults } = await followed({ timing: TIMING });
    api.put(NAMESPACES, namespace('a', { [KEY]: '1/1' }));
    start();
    await expect.poll(isReady, PATIENT).toBe(true);
    const known = (name: string) => cluster.gate().surroundings.namespaceAnnotations?.(name);
    expect(known('a')).toBe(undefined);
    api.put(POLICIES, isolationPolicy('by-namespace', USERS));
    await expect.poll(() => known('a'), PATIENT).toEqual({ [KEY]: '1/1' });
    await expect.poll(() => api.watching(NAMESPACES), PATIENT).toBe(1);
    api.put(NAMESPACES, namespace('a', { [KEY]: '2/2' }));
    await expect.poll(() => known('a'), PATIENT).toEqual({ [KEY]: '2/2' });
    expect(cluster.gate().surroundings.namespaceLabels('a')).toEqual({ 'kubernetes.io/metadata.name': 'a' });
    expect(cluster.watches().find(({ resource }) => resource === 'namespaces')).toMatchObject({
      lists: 2,
      failures: 0,
    });
    expect(faults).toEqual([]);
  });

  test('in a namespace that the watch does not have yet: it is looked up, for validation alone', async () => {
    const { api, cluster, start, isReady, lookups } = await followed({
      timing: TIMING,
      files: [policyYaml('by-namespace', `identity: { users: { fromNamespaceAnnotation: ${KEY} } }`)],
    });
    start();
    await expect.poll(isReady, PATIENT).toBe(true);
    api.instead(
      ({ path }) => path === `${NAMESPACES}/new`,
      (response) => sendJson(response, 200, namespace('new', { [KEY]: '3/3' })),
    );
    const pod = subjectOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'new' }, spec: {} });
    expect(cluster.prepare(pod, cluster.gate(), 'mutate')).toBe(undefined);
    await cluster.prepare(pod, cluster.gate(), 'validate');
    expect(cluster.gate().surroundings.namespaceAnnotations?.('new')).toEqual({ [KEY]: '3/3' });
    expect(lookups).toEqual(['found']);
    expect(cluster.prepare(pod, cluster.gate(), 'validate')).toBe(undefined);
  });
});
