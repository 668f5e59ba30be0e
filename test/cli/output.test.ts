// Where `-o` and `--output-file` put results.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BARE_POD, folderWith, sandgate } from './console.ts';

const CHECK = 'check -p baseline -f pod.yaml';

test('--output-file takes what would be printed, without colours', async () => {
  const folder = folderWith({ 'pod.yaml': BARE_POD });
  const printed = await sandgate(folder, CHECK);
  const toFile = await sandgate(folder, `${CHECK} --output-file out.txt`, { tty: true });
  expect(toFile).toMatchObject({ code: 0, stdout: '' });
  expect(readFileSync(join(folder, 'out.txt'), 'utf8')).toBe(printed.stdout);
  expect((await sandgate(folder, `${CHECK} --output-file out.json -o json -o junit=out.xml`)).stdout).toBe('');
  expect(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))).toHaveProperty('summary');
  expect(readFileSync(join(folder, 'out.xml'), 'utf8')).toMatch(/^<\?xml/);
});

test('files that were filled in can go to a file, with the patches beside them', async () => {
  const folder = folderWith({ 'pod.yaml': BARE_POD });
  const args = 'inject -p agents -f pod.yaml -o yaml --output-file filled.yaml -o patch=patches';
  expect(await sandgate(folder, args)).toMatchObject({ code: 0, stdout: '' });
  expect(readFileSync(join(folder, 'filled.yaml'), 'utf8')).toContain('runAsNonRoot: true');
  expect(readFileSync(join(folder, 'patches'), 'utf8')).toMatch(/^\[\{"op":"add"/);
});

test('a file is replaced as a whole, keeps its mode, and a link to it stays a link', async () => {
  const folder = folderWith({ 'pod.yaml': BARE_POD });
  mkdirSync(join(folder, 'reports'));
  writeFileSync(join(folder, 'reports/old.txt'), 'old text', { mode: 0o600 });
  symlinkSync('reports/old.txt', join(folder, 'link.txt'));
  await sandgate(folder, `${CHECK} --output-file link.txt`);
  expect(readFileSync(join(folder, 'link.txt'), 'utf8')).toContain('1 allowed');
  expect(statSync(join(folder, 'reports/old.txt')).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, 'reports'))).toEqual(['old.txt']);
});

test('what is not a regular file is written to, and not replaced', async () => {
  const folder = folderWith({ 'pod.yaml': BARE_POD });
  expect(await sandgate(folder, `${CHECK} --output-file /dev/null`)).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});

test.each([
  ['-o text -o json', 'two formats would go to standard output (expected a file for one of them: -o json=FILE)'],
  ['-o json=a -o junit=a', 'two formats would go to a (expected a file for one of them: -o junit=FILE)'],
  ['-o text -o json --output-file a', 'two formats would go to a (expected a file for one of them: -o json=FILE)'],
  ['-o json=a --output-file b', '--output-file has nothing to write (expected an -o without a file of its own)'],
  ['-o json=', '-o json=: no file behind the = (expected for example -o json=report.out)'],
  ['-o json=none/a', 'none/a: cannot be written (its folder does not exist)'],
  ['-o json=folder', 'folder: cannot be written (it is a folder)'],
])('%s is a mistake that is named', async (args, message) => {
  const folder = folderWith({ 'pod.yaml': BARE_POD, 'folder/x': '' });
  const printed = await sandgate(folder, `${CHECK} ${args}`);
  expect(printed).toMatchObject({ code: 2, stdout: '', stderr: `sandgate: ${message}\n` });
  expect(existsSync(join(folder, 'a'))).toBe(false);
});

test('an unknown format with a file is told which there are', async () => {
  const printed = await sandgate(folderWith({ 'pod.yaml': BARE_POD }), `${CHECK} -o xml=report.xml`);
  expect(printed.code).toBe(2);
  expect(printed.stderr).toBe(
    "sandgate: option '-o, --output <format>' argument 'xml=report.xml' is invalid (expected one of text, json, junit, sarif, github, openreports)\n",
  );
});
