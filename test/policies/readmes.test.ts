// What the READMEs of the policies show is what is printed. UPDATE_GOLDEN=1 rewrites it.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandgate } from '../cli/console.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGES = globSync('policies/*/README.md', { cwd: ROOT })
  .filter((page) => page !== 'policies/capabilities/README.md')
  .toSorted();
const CONSOLE = /^```console\n\$ sandgate (.*)\n[\s\S]*?^```$/gm;
const QUIET = ' 2>/dev/null';

describe.each(PAGES)('the page %s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');

  test('its commands print what stands below them', async () => {
    let fresh = text;
    for (const [whole, command = ''] of text.matchAll(CONSOLE)) {
      const [line = '', quiet] = command.split(QUIET);
      const { stdout, stderr } = await sandgate(ROOT, line);
      const output = `$ sandgate ${command}\n${quiet === undefined ? stderr : ''}${stdout}`.trimEnd();
      fresh = fresh.replace(whole, () => `\`\`\`console\n${output}\n\`\`\``);
    }
    expect(fresh.split('```console\n').length).toBe([...fresh.matchAll(CONSOLE)].length + 1);
    if (process.env.UPDATE_GOLDEN) writeFileSync(join(ROOT, page), fresh);
    expect(fresh).toBe(readFileSync(join(ROOT, page), 'utf8'));
  });
});

test('policies/README.md lists every bundle of a policy', () => {
  const list = readFileSync(join(ROOT, 'policies/README.md'), 'utf8');
  expect(PAGES.map((page) => page.split('/')[1]).filter((name) => !list.includes(`](${name}/README.md)`))).toEqual([]);
});
