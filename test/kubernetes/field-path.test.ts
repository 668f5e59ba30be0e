import { expect, test } from 'vitest';
import { pathOfPointer, pathOfTokens, tokensOf } from '../../src/kubernetes/field-path.ts';

test.each([
  ['', ''],
  ['/spec', 'spec'],
  ['/spec/containers/0/securityContext', 'spec.containers[0].securityContext'],
  ['/spec/initContainers/-', 'spec.initContainers[-]'],
  ['/metadata/annotations/sandgate.dev~1status', 'metadata.annotations[sandgate.dev/status]'],
  ['/a~0b/c~01', '[a~b][c~1]'],
  ['/', '[]'],
])('%j is %j', (pointer, path) => {
  expect(pathOfPointer(pointer)).toBe(path);
});

test('tokens are unescaped in the right order', () => {
  expect(tokensOf('/a~01/b~1c')).toEqual(['a~1', 'b/c']);
  expect(pathOfTokens(['0', 'x'])).toBe('[0].x');
});
