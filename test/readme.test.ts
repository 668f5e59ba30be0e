// What the README shows works as it stands there. UPDATE_GOLDEN=1 rewrites what its commands print.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { formatProblem } from '../src/manifests/source.ts';
import { loadPolicies } from '../src/resources/load.ts';
import { sandgate } from './cli/console.ts';

const ROOT = resolve(import.meta.dirname, '..');
const README = readFileSync(resolve(ROOT, 'README.md'), 'utf8');

test('the policy loads', () => {
  const blocks = [...README.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  expect(blocks.length).toBeGreaterThan(0);
  for (const text of blocks) {
    const loaded = loadPolicies([{ file: 'README.md', text }]);
    expect(loaded.ok ? loaded.warnings : loaded.problems.map(formatProblem)).toEqual([]);
  }
});

test('its commands print what stands below them', async () => {
  let fresh = README;
  let commands = 0;
  for (const [whole, body = '', line = ''] of README.matchAll(/```console\n(\$ npx sandgate (.*)\n[\s\S]*?)```/g)) {
    commands++;
    const { stdout, stderr } = await sandgate(ROOT, line);
    fresh = fresh.replace(whole, () => whole.replace(body, () => `$ npx sandgate ${line}\n${stderr}${stdout}`));
  }
  expect(commands).toBe(README.split('```console\n').length - 1);
  if (process.env.UPDATE_GOLDEN) writeFileSync(resolve(ROOT, 'README.md'), fresh);
  expect(fresh).toBe(readFileSync(resolve(ROOT, 'README.md'), 'utf8'));
});

test('every npm script it names is there', () => {
  const manifest: unknown = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8'));
  const named = [...README.matchAll(/npm (?:run )?(start|test|check|build|bench|docs)\b/g)].map((match) => match[1]);
  const all: unknown = expect.objectContaining(
    Object.fromEntries(named.map((name) => [name, expect.any(String) as unknown])),
  );
  expect(manifest).toMatchObject({ scripts: all });
});

test('every file it links to is there', () => {
  for (const [, link = ''] of README.matchAll(/\]\(([^)#]+)\)/g)) {
    expect(() => readFileSync(resolve(ROOT, link.endsWith('/') ? '.' : link))).not.toThrow(/ENOENT/);
  }
});
