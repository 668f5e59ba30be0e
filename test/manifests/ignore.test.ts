// Patterns of .sandgateignore and --ignore, as .gitignore reads them.
import { expect, test } from 'vitest';
import { ignoreLines, ignoring } from '../../src/manifests/ignore.ts';

test.each([
  ['values.yaml', ['values.yaml', 'a/b/values.yaml'], ['values.yaml.bak', 'my-values.yaml']],
  ['*.tpl.yaml', ['a.tpl.yaml', 'x/a.tpl.yaml'], ['a.yaml']],
  ['/values.yaml', ['values.yaml'], ['a/values.yaml']],
  ['chart/*.yaml', ['chart/a.yaml'], ['chart/b/a.yaml', 'x/chart/a.yaml']],
  ['./chart/*.yaml', ['chart/a.yaml'], ['a.yaml']],
  ['**/test/*.yaml', ['test/a.yaml', 'x/y/test/a.yaml'], ['test/x/a.yaml']],
  ['a/**/b.yaml', ['a/b.yaml', 'a/x/b.yaml', 'a/x/y/b.yaml'], ['b.yaml', 'a/xb.yaml']],
  ['a/**', ['a/b', 'a/b/c'], ['b/a/c']],
])('the pattern %s matches as in .gitignore', (pattern, inside, outside) => {
  const ignores = ignoring([pattern]);
  expect(inside.filter((path) => !ignores(path, false))).toEqual([]);
  expect(outside.filter((path) => ignores(path, false))).toEqual([]);
});

test('a slash at the end means folders, and the last pattern that matches counts', () => {
  const ignores = ignoring(ignoreLines('# comment\n\nbuild/\n*.yaml\n!keep.yaml\r\n'));
  expect([ignores('build', true), ignores('build', false)]).toEqual([true, false]);
  expect([ignores('a.yaml', false), ignores('x/keep.yaml', false)]).toEqual([true, false]);
});
