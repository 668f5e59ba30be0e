import { expect, test } from 'vitest';
import { listedNames, nameList } from '../../src/rules/name-list.ts';

test('a list includes its names to the letter, and what its patterns mean', () => {
  const { includes } = nameList(['batch', 'agent-*', 'a/**']);
  expect(['batch', 'agent-', 'agent-1', 'a/b/c'].filter(includes)).toEqual(['batch', 'agent-', 'agent-1', 'a/b/c']);
  expect(['Batch', 'batch-1', 'agent', 'agent-a/b', 'xagent-1', ''].filter(includes)).toEqual([]);
});

test('a list of names alone takes no star from a pod for a pattern', () => {
  expect(nameList(['a*']).includes('a*')).toBe(true);
  expect(nameList(['ab']).includes('a*')).toBe(false);
});

test('an empty list includes nothing, and is shown as none', () => {
  const { includes, inWords } = nameList([]);
  expect(['', '*', 'none'].some(includes)).toBe(false);
  expect(inWords).toBe('none');
});

test('a message shows the first ten entries of a list, and how many more there are', () => {
  const entries = Array.from({ length: 12 }, (_, index) => `n${index}`);
  expect(listedNames(entries.slice(0, 10))).toBe('"n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"');
  expect(listedNames(entries)).toBe('"n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9" and 2 more');
});
