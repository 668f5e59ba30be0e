// What docs/audit.md shows works as it stands there.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, sandgate } from '../console.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../../docs/audit.md'), 'utf8');

test('the page about audits prints what its commands print', async () => {
  const blocks = [...PAGE.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)];
  const folder = folderWith(Object.fromEntries(blocks.map(([, name = '', text = '']) => [name, text])));
  const commands = [...PAGE.matchAll(/```console\n\$ sandgate (.*)\n([\s\S]*?)```/g)];
  expect(commands.length).toBeGreaterThan(0);
  for (const [, line = '', expected] of commands) expect((await sandgate(folder, line)).stdout).toBe(expected);
});
