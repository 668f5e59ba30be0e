// Every rule with a bad and a good example.
import { expect, test } from 'vitest';
import { ROWS } from './bad-classes.ts';
import { classYaml, saidOf } from './class-files.ts';

test.each(ROWS)('a class is refused: $name', ({ bad, says }) => {
  expect(saidOf(classYaml(bad)).problems.toSorted()).toEqual([...says].toSorted());
});

test.each(ROWS)('accepted, as the other side of: $name', ({ good }) => {
  expect(saidOf(classYaml(good)).problems).toEqual([]);
});
