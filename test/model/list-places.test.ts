// Paths with the indices that entries had in the object that was sent.
import { expect, test } from 'vitest';
import { type ListPlaces, NO_PLACES, sentPath } from '../../src/model/list-places.ts';

const PLACES: ListPlaces = new Map([
  ['spec.tasks[1].spec.initContainers', [undefined, 0, 1]],
  ['spec.containers[0].securityContext.capabilities.add', [3, 12]],
]);

test.each([
  ['spec.containers[0].securityContext.capabilities.add[0]', 'spec.containers[0].securityContext.capabilities.add[3]'],
  [
    'spec.containers[0].securityContext.capabilities.add[1].x[0]',
    'spec.containers[0].securityContext.capabilities.add[12].x[0]',
  ],
  ['spec.tasks[1].spec.initContainers[2].image', 'spec.tasks[1].spec.initContainers[1].image'],
  // Added since: there is no place to go back to.
  ['spec.tasks[1].spec.initContainers[0].image', 'spec.tasks[1].spec.initContainers[0].image'],
  ['spec.tasks[0].spec.initContainers[2].image', 'spec.tasks[0].spec.initContainers[2].image'],
  ['spec.containers[0].securityContext.capabilities.add', 'spec.containers[0].securityContext.capabilities.add'],
  ['spec.containers[0].securityContext.capabilities.add[2]', 'spec.containers[0].securityContext.capabilities.add[2]'],
  ['metadata.annotations[a.b/c]', 'metadata.annotations[a.b/c]'],
  ['spec.hostNetwork', 'spec.hostNetwork'],
  ['', ''],
  ['[', '['],
])('%s is %s', (path, sent) => {
  expect(sentPath(path, PLACES)).toBe(sent);
  expect(sentPath(path, NO_PLACES)).toBe(path);
});
