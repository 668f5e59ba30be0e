// What the pages about audits, replays and comparisons show works as it stands there.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, sandgate } from './console.ts';

/** The files that a page shows: YAML with its name in the first line, and the event of an audit log. */
function filesOf(page: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [, name = '', text = ''] of page.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)) files[name] = text;
  for (const [, text = ''] of page.matchAll(/```json\n(\{\n {2}"kind": "Event"[\s\S]*?)```/g)) {
    const event: unknown = JSON.parse(text);
    files['audit.log'] = `${JSON.stringify(event)}\n`;
  }
  return files;
}

test.each(['audit', 'replay', 'compare'])('the page docs/%s.md prints what its commands print', async (name) => {
  const page = readFileSync(resolve(import.meta.dirname, `../../docs/${name}.md`), 'utf8');
  const folder = folderWith(filesOf(page));
  const commands = [...page.matchAll(/```console\n\$ sandgate (.*)\n([\s\S]*?)```/g)];
  expect(commands.length).toBeGreaterThan(0);
  for (const [, line = '', expected] of commands) expect((await sandgate(folder, line)).stdout).toBe(expected);
});
