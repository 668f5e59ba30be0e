// What docs/ci.md shows works as it stands there.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../src/report/index.ts';
import { folderWith, sandgate } from './cli/console.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../docs/ci.md'), 'utf8');

/** The blocks of YAML that name their file in the first line. */
const FILES = Object.fromEntries(
  [...PAGE.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)].map(([, name = '', text = '']) => [name, text]),
);

describe('the page about CI', () => {
  test('prints what its commands print', async () => {
    const folder = folderWith(FILES);
    const blocks = [...PAGE.matchAll(/```console\n\$ sandgate (.*)\n([\s\S]*?)```/g)];
    expect(blocks.length).toBeGreaterThan(0);
    for (const [, line = '', expected] of blocks) expect((await sandgate(folder, line)).stdout).toBe(expected);
    expect(readFileSync(join(folder, 'sandgate.sarif'), 'utf8')).toContain('"ruleId": "hostNamespaces"');
  });

  test('names every format, and the commands that have it', () => {
    const rows = new Map([...PAGE.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, name, commands]) => [name, commands]));
    for (const { name, judged, filledIn, tested } of FORMATS.filter((format) => format.judged)) {
      const commands = [judged && '`check`', tested && '`test`', filledIn && '`inject`'].filter(Boolean);
      expect(rows.get(name), name).toBe(commands.join(', '));
    }
  });
});
