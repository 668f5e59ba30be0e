// A container that has all variables of a proxy in a row, as they are filled in, and something more: `override` leaves no other value
// of theirs anywhere.
import { describe, expect, test } from 'vitest';
import { CONTAINER_LISTS, type ContainerList } from '../../src/kubernetes/containers.ts';
import { isPodTemplate } from '../../src/kubernetes/pod-shape.ts';
import type { Env } from '../../src/rules/added-env.ts';
import { decide, gateOfSpec } from '../support/decide.ts';

const GATE = gateOfSpec(
  'network: { proxy: { http: "http://p", caBundle: { configMap: c, key: k, mountPath: /ca }, override: true } }',
);

function pod(list: ContainerList, container: object) {
  const spec = { containers: [{ name: 'other', image: 'app' }], [list]: [{ name: 'a', image: 'app', ...container }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec };
}

function filledEnv(list: ContainerList, container: object): Env {
  const { filled } = decide(GATE, pod(list, container));
  if (!isPodTemplate(filled)) throw new Error('not a pod');
  return filled.spec?.[list]?.[0]?.env ?? [];
}

describe.each(CONTAINER_LISTS)('in a container among %s', (list) => {
  const filled = filledEnv(list, {});

  test('the variables stand in a row after the own ones, and stay as they are', () => {
    expect(filled).toHaveLength(13);
    const own = [{ name: 'A', value: 'a' }, ...filled, { name: 'B', value: 'b' }];
    expect(filledEnv(list, { env: own })).toEqual(own);
  });

  test.each([
    ['before them', (own: Env[number]) => [own, ...filled]],
    ['after them', (own: Env[number]) => [...filled, own]],
  ])('one of their names %s is given the value of the policy', (_, put) => {
    for (const { name = '', value = '' } of filled) {
      for (const own of [{ name, value: 'mine' }, { name }, { name, valueFrom: { fieldRef: { fieldPath: 'a' } } }]) {
        const env = filledEnv(list, { env: put(own) });
        expect(env.filter((one) => one.name === name)).toEqual([
          { name, value },
          { name, value },
        ]);
      }
    }
  });

  test('one among them with another value, or with a source, is given the value of the policy', () => {
    for (const [index, { name = '', value = '' }] of filled.entries()) {
      for (const own of [{ name, value: 'mine' }, { name }, { name, value, valueFrom: { fieldRef: {} } }]) {
        expect(filledEnv(list, { env: filled.with(index, own) })).toEqual(filled);
      }
    }
  });
});
