// What the READMEs of the classes and the guide show is what is printed. UPDATE_GOLDEN=1 rewrites it.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith, sandgate } from '../../cli/console.ts';
import { BUNDLES } from './shipped.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const PAGES = [...BUNDLES.map((bundle) => `policies/capabilities/${bundle}/README.md`), 'docs/capabilities.md'];
const BLOCK = /^```(\w+)\n([\s\S]*?)^```$/gm;
/** A file is named in its first line. */
const FILE = /^# (\S+\.yaml)\n/;
const QUIET = ' 2>/dev/null';

describe.each(PAGES)('the page %s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');

  test('its commands print what stands below them', async () => {
    const files: Record<string, string> = {};
    let commands = 0;
    let fresh = text;
    for (const [whole, language, body = ''] of text.matchAll(BLOCK)) {
      const name = FILE.exec(body)?.[1];
      if (language === 'yaml' && name !== undefined) files[name] = body;
      const command = /^\$ sandgate (.*)\n/.exec(body);
      if (language !== 'console' || !command) continue;
      commands++;
      const [line = '', quiet] = (command[1] ?? '').split(QUIET);
      const { stdout, stderr } = await sandgate(folderWith(files), line);
      const output = `${command[0]}${quiet === undefined ? stderr : ''}${stdout}`.trimEnd();
      fresh = fresh.replace(whole, () => `\`\`\`console\n${output}\n\`\`\``);
    }
    expect(commands).toBeGreaterThan(1);
    if (process.env.UPDATE_GOLDEN) writeFileSync(join(ROOT, page), fresh);
    expect(fresh).toBe(readFileSync(join(ROOT, page), 'utf8'));
  });

  test('the files it links to are there', () => {
    for (const [, link = ''] of text.matchAll(/\]\(([^)#]+)\)/g)) {
      if (!link.startsWith('http')) expect(() => readFileSync(join(ROOT, dirname(page), link))).not.toThrow();
    }
  });
});
