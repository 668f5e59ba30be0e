// Paths of fields, read back: by the command line to find lines, and to find out what stands at them.
import { describe, expect, test } from 'vitest';
import { keysOfPath, valueAt } from '../../src/kubernetes/path-keys.ts';

test.each([
  ['spec.containers[0].image', ['spec', 'containers', 0, 'image']],
  ['metadata.annotations[example.com/key]', ['metadata', 'annotations', 'example.com/key']],
  ['metadata.annotations["a.b"]', ['metadata', 'annotations', 'a.b']],
  ['', []],
])('the path %j leads through these keys', (path, keys) => {
  expect(keysOfPath(path)).toEqual(keys);
});

describe('the value at', () => {
  const object = {
    metadata: { annotations: { 'example.com/key': 'x', '0': 'zero' } },
    spec: { containers: [{ name: 'a', image: null }], hostUsers: false },
  };
  test.each([
    ['spec.containers[0].name', 'a'],
    ['spec.containers[0].image', null],
    ['spec.hostUsers', false],
    ['metadata.annotations[example.com/key]', 'x'],
    ['metadata.annotations[0]', 'zero'],
    ['spec.containers[1].name', undefined],
    ['spec.containers.length', undefined],
    ['spec.containers[0].image.x', undefined],
    ['spec.constructor', undefined],
    ['spec.hostUsers.toString', undefined],
    ['nowhere.at.all', undefined],
  ])('the path %s is what stands there', (path, value) => {
    expect(valueAt(object, path)).toBe(value);
  });
});
