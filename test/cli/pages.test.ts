// What the commands of these pages print stands below them. A block of YAML that begins with the name of a file is that file.
// To renew what they print: UPDATE_GOLDEN=1 npx vitest run test/cli/pages.test.ts
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, sandgate } from './console.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGES = ['docs/audit.md', ...globSync('docs/guides/*.md', { cwd: ROOT })].filter((page) =>
  readFileSync(resolve(ROOT, page), 'utf8').includes('```console\n$ sandgate '),
);

test.each(PAGES)('the commands of %s print what stands below them', async (page) => {
  const text = readFileSync(resolve(ROOT, page), 'utf8');
  const files = [...text.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)];
  const folder = folderWith(Object.fromEntries(files.map(([, name = '', content = '']) => [name, content])));
  let fresh = text;
  for (const [whole, line = ''] of text.matchAll(/```console\n\$ sandgate (.*)\n[\s\S]*?```/g)) {
    const { stdout, stderr } = await sandgate(folder, line);
    fresh = fresh.replace(whole, () => `\`\`\`console\n$ sandgate ${line}\n${stderr}${stdout}\`\`\``);
  }
  if (process.env.UPDATE_GOLDEN) writeFileSync(resolve(ROOT, page), fresh);
  expect(fresh).toBe(readFileSync(resolve(ROOT, page), 'utf8'));
});
