// The types that ship with the library are made from sources that name each other alone.
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { DECLARED, declarationsOf } from '../../scripts/declarations.ts';

test.each(DECLARED)('the declarations of %s import from declarations that ship', (source) => {
  const shipped = DECLARED.map((name) => `./${name.replace(/^.*\//, '').replace(/\.ts$/, '.js')}`);
  const text = declarationsOf(source);
  const imported = [...text.matchAll(/from "([^"]+)"/g)].map(([, name]) => name);
  expect(imported.filter((name) => !shipped.some((one) => one === name))).toEqual([]);
  expect(text).toContain('export');
});

test('the package names them, and the file they are of', () => {
  expect(manifest.exports['.']).toEqual({
    types: './dist/library/index.d.ts',
    default: './dist/library/index.js',
  });
  expect(manifest.files).toContain('dist');
});
