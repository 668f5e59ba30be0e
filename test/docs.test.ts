// The generated pages say what the code does today. To renew them: npm run docs.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { renderDocs } from '../scripts/docs.ts';

const FOLDER = resolve(import.meta.dirname, '../docs');

test.each([...renderDocs()])('docs/%s is fresh', (name, text) => {
  expect(readFileSync(join(FOLDER, name), 'utf8')).toBe(text);
});

test('no generated page is left over', () => {
  const generated = readdirSync(FOLDER).filter((name) =>
    readFileSync(join(FOLDER, name), 'utf8').startsWith('<!-- Generated'),
  );
  expect(generated.toSorted()).toEqual([...renderDocs().keys()].toSorted());
});
