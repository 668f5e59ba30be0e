// What the commands of these pages print stands below them. A block of YAML that begins with the name of a file is that file.
// To renew what they print: UPDATE_GOLDEN=1 npx vitest run test/cli/pages.test.ts
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, sandgate } from './console.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const GUIDES = globSync('docs/guides/*.md', { cwd: ROOT }).filter((page) => read(page).includes('$ sandgate '));

function read(page: string): string {
  return readFileSync(resolve(ROOT, page), 'utf8');
}

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

test.each(['docs/audit.md', 'docs/replay.md', 'docs/compare.md', ...GUIDES])(
  'the commands of %s print what stands below them',
  async (page) => {
    const text = read(page);
    const folder = folderWith(filesOf(text));
    const commands = [...text.matchAll(/```console\n\$ sandgate (.*)\n[\s\S]*?```/g)];
    expect(commands.length).toBeGreaterThan(0);
    let fresh = text;
    for (const [whole, line = ''] of commands) {
      const { stdout, stderr } = await sandgate(folder, line);
      fresh = fresh.replace(whole, () => `\`\`\`console\n$ sandgate ${line}\n${stderr}${stdout}\`\`\``);
    }
    if (process.env.UPDATE_GOLDEN) writeFileSync(resolve(ROOT, page), fresh);
    expect(fresh).toBe(read(page));
  },
);
