// What is left of a pod's parts without fields that Kubernetes does not have.
import { expect, test } from 'vitest';
import { knownFields } from '../../src/kubernetes/known-fields.ts';

test('fields that Kubernetes does not have are left out, also inside of lists and objects', () => {
  const container = {
    name: 'a',
    nope: 1,
    env: [{ name: 'A', value: 'b', nope: 2 }],
    resources: { limits: { cpu: '1', 'example.com/any-name': '2' }, nope: {} },
    securityContext: { privileged: true, nope: { privileged: true } },
  };
  expect(knownFields(container, 'Container')).toEqual({
    name: 'a',
    env: [{ name: 'A', value: 'b' }],
    resources: { limits: { cpu: '1', 'example.com/any-name': '2' } },
    securityContext: { privileged: true },
  });
});

test('values of the wrong type stay as they are', () => {
  const container = { name: 7, env: 'x', ports: [null, 'y'], resources: [] };
  expect(knownFields(container, 'Container')).toEqual(container);
});

test('a target is a field of ephemeral containers alone', () => {
  const container = { name: 'debug', targetContainerName: 'a' };
  expect(knownFields(container, 'EphemeralContainer')).toEqual(container);
  expect(knownFields(container, 'Container')).toEqual({ name: 'debug' });
});
