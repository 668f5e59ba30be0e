// docs/exceptions.md shows what happens: its documents are loaded, and its commands print what it says.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { policyYaml } from '../support/gate.ts';
import { folderWith, sandgate } from './console.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/exceptions.md'), 'utf8');

function blocks(language: string): readonly string[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);
}

const [SPEC = '', POLICY = '', EXCEPTION = '', POD = ''] = blocks('yaml');

test('its commands print what it says', async () => {
  const cwd = folderWith({ 'agents.yaml': POLICY, 'vpn.yaml': EXCEPTION, 'pod.yaml': POD });
  const commands = blocks('console')
    .flatMap((text) => text.split(/^(?=\$ )/m))
    .filter((text) => text.startsWith('$ sandgate '));
  expect(commands.length).toBe(3);
  for (const text of commands) {
    const [line = '', ...said] = text.split('\n');
    const { stdout, stderr } = await sandgate(cwd, line.replace('$ sandgate ', ''));
    expect(stderr + stdout, line).toBe(said.join('\n'));
  }
});

test('its policy with exceptions of its own is one', async () => {
  const spec = SPEC.replace('spec:\n', '').replaceAll(/^ {2}/gm, '');
  const cwd = folderWith({ 'p.yaml': policyYaml('p', spec), 'pod.yaml': POD });
  expect(await sandgate(cwd, 'check -p p.yaml -f pod.yaml')).toMatchObject({ code: 1, stderr: '' });
});
