// The files of the playground as they are published.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtPlayground } from './chromium.ts';

const LARGEST = 600_000;

let folder: string;
beforeAll(async () => {
  folder = await builtPlayground();
});
afterAll(() => rmSync(folder, { recursive: true }));

test('all files together have less than 600 KB when they are compressed', () => {
  const names = readdirSync(folder);
  expect(names.toSorted()).toEqual(['THIRD-PARTY-NOTICES.txt', 'index.html', 'playground.css', 'playground.js']);
  const sizes = names.map((name) => gzipSync(readFileSync(join(folder, name))).length);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(LARGEST);
});

test('the page names its files by relative links, so that it can be published in any folder', () => {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link);
  expect(links).toEqual(['data:,', 'playground.css', 'playground.js', '#results']);
  expect(page).not.toMatch(/\son\w+=|<style|<script>/);
});

test('the page lets nothing be sent anywhere', () => {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const [, policy = ''] = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page) ?? [];
  const directives = new Map(policy.split('; ').map((one): [string, string] => [one.replace(/ .*/, ''), one]));
  for (const name of ['default-src', 'connect-src', 'form-action', 'base-uri']) {
    expect(directives.get(name)).toBe(`${name} 'none'`);
  }
  expect([...directives.values()].join()).not.toMatch(/https?:|\*/);
});

test('the playground knows the engine by its library alone', () => {
  const source = resolve(import.meta.dirname, '../../../playground');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const imported = files.flatMap((name) => {
    const found = readFileSync(join(source, name), 'utf8').matchAll(/from '([^']*\/src\/[^']*)'/g);
    return [...found].map(([, specifier]) => specifier?.replace(/^(?:\.\.\/)+/, ''));
  });
  expect([...new Set(imported)]).toEqual(['src/index.ts']);
});
