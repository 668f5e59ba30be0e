// Completion scripts, each run by its shell. zsh and fish are not everywhere: where one is not installed, its cases are skipped.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands/index.ts';
import { SHELLS } from '../../../src/cli/completion/index.ts';
import { folderWith, sandgate } from '../console.ts';

/** Runs a program in a folder without anybody's settings; what it prints, line by line and sorted. */
function linesOf(program: string, args: readonly string[], cwd: string): readonly string[] {
  const env = { PATH: process.env.PATH, HOME: cwd, TERM: 'dumb', LC_ALL: 'C' };
  const { stdout, stderr, status } = spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: 20_000 });
  if (status !== 0) throw new Error(`${program}: ${status} ${stderr}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .toSorted();
}

/** Words as bash takes a line apart, the last one being completed. */
function inBash(script: string, line: string, cwd: string): readonly string[] {
  const words = line.split(/ |(?<==)|(?==)/);
  const code = `source ${script}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sandgate; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return linesOf('bash', ['--norc', '--noprofile', '-c', code, 'bash', ...words], cwd);
}

function inZsh(script: string, line: string, cwd: string): readonly string[] {
  const output = join(cwd, 'offered');
  writeFileSync(output, '');
  linesOf('zsh', ['-f', join(import.meta.dirname, 'complete.zsh'), script, line, output], cwd);
  const offered = readFileSync(output, 'utf8').split('\n');
  return [...new Set(offered.filter((text) => text !== ''))].toSorted();
}

/** fish shows a description behind each word. */
function inFish(script: string, line: string, cwd: string): readonly string[] {
  const code = `source ${script}; complete -C ${JSON.stringify(line)}`;
  return linesOf('fish', ['--no-config', '-c', code], cwd).map((text) => text.split('\t', 1).join(''));
}

const RUNNERS: Readonly<Record<string, typeof inBash>> = { bash: inBash, zsh: inZsh, fish: inFish };

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ['-c', 'true']).status === 0;
}

test('bash is there, so that its cases are never skipped', () => {
  expect(isInstalled('bash')).toBe(true);
  expect(Object.keys(RUNNERS)).toEqual(Object.keys(SHELLS));
});

describe.each(Object.entries(RUNNERS))('in %s', (shell, complete) => {
  const offered = async (line: string): Promise<readonly string[]> => {
    const folder = folderWith({ 'apples.yaml': '', 'agenda.yaml': '', script: '' });
    const { stdout } = await sandgate(folder, ['completion', shell]);
    writeFileSync(join(folder, 'script'), stdout);
    return complete(join(folder, 'script'), line, folder);
  };

  test.skipIf(!isInstalled(shell)).each([
    ['a command', 'sandgate che', ['check']],
    ['an option', 'sandgate check --out', ['--output', '--output-file']],
    ['a word that an option takes', 'sandgate check -o js', ['json']],
    [
      'a bundle, or a file, as a policy',
      'sandgate check -p ag',
      ['agenda.yaml', 'agent-sandbox', 'agent-sandbox-strict', 'agents'],
    ],
    ['a file', 'sandgate check -f app', ['apples.yaml']],
    ['the second of several values', 'sandgate check -f agenda.yaml app', ['apples.yaml']],
    ['an argument that is a file', 'sandgate test app', ['apples.yaml']],
    ['a shell', 'sandgate completion z', ['zsh']],
    ['nothing where there is nothing to offer', 'sandgate check --as app', []],
  ])('%s is completed: %s', async (_, line, expected) => {
    expect(await offered(line)).toEqual(expected);
  });

  test.skipIf(!isInstalled(shell))('every command is offered, and every option of one', async () => {
    expect(await offered('sandgate ')).toEqual(expect.arrayContaining([...COMMANDS.map(({ name }) => name), 'help']));
    const long = COMMANDS.find(({ name }) => name === 'check')?.options.map((option) => option.long ?? '') ?? [];
    expect(await offered('sandgate check --')).toEqual([...long, '--help'].toSorted());
  });
});

test('in bash the file behind FORMAT= is completed', async () => {
  const folder = folderWith({ 'apples.yaml': '' });
  const { stdout } = await sandgate(folder, ['completion', 'bash']);
  writeFileSync(join(folder, 'script'), stdout);
  expect(inBash(join(folder, 'script'), 'sandgate check -o sarif=app', folder)).toEqual(['apples.yaml']);
});

test('a shell that is not known is told which are', async () => {
  const mistake = 'sandgate: no completion for "tcsh" (expected one of bash, zsh, fish)\n';
  expect(await sandgate('/', 'completion tcsh')).toMatchObject({ code: 2, stdout: '', stderr: mistake });
});
