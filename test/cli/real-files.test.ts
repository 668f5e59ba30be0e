// Folders as people have them: dangling links, pipes, files without permission, files that are not text; and output that
// cannot be written.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { program } from '../support/programs.ts';
import { BARE_POD, folderWith, sandgate } from './console.ts';

const execute = promisify(execFile);

test('everything in a folder that cannot be read is named at once', async () => {
  const folder = folderWith({ 'deploy/a.yaml': BARE_POD, 'deploy/sub/b.yaml': BARE_POD, 'deploy/notes.txt': 'x' });
  symlinkSync('nowhere', join(folder, 'deploy/dangling.yaml'));
  symlinkSync('nowhere', join(folder, 'deploy/dangling.txt'));
  symlinkSync('two.yaml', join(folder, 'deploy/one.yaml'));
  symlinkSync('one.yaml', join(folder, 'deploy/two.yaml'));
  writeFileSync(join(folder, 'deploy/sub/utf16.yaml'), Buffer.from(`\uFEFF${BARE_POD}`, 'utf16le'));
  writeFileSync(join(folder, 'deploy/sub/latin1.yaml'), Buffer.from(`# caf\u00E9\n${BARE_POD}`, 'latin1'));
  execFileSync('mkfifo', [join(folder, 'deploy/pipe.yaml')]);
  mkdirSync(join(folder, 'deploy/folder.yaml'));
  const printed = await sandgate(folder, 'check -p baseline -f deploy none.yaml');
  expect(printed).toMatchObject({
    code: 2,
    stdout: [
      'Pod default/bare  allowed  deploy/a.yaml:1',
      'Pod default/bare  allowed  deploy/sub/b.yaml:1',
      '',
      '0 denied, 2 allowed, 0 skipped',
      '',
    ].join('\n'),
  });
  expect(printed.stderr.trimEnd().split('\n').toSorted()).toEqual([
    'sandgate: deploy/dangling.yaml: no such file or folder',
    'sandgate: deploy/one.yaml: links to itself',
    'sandgate: deploy/pipe.yaml: not a regular file',
    'sandgate: deploy/sub/latin1.yaml: not a text file (expected UTF-8)',
    'sandgate: deploy/sub/utf16.yaml: the text is in UTF-16 (expected UTF-8)',
    'sandgate: deploy/two.yaml: links to itself',
    'sandgate: none.yaml: no such file or folder',
  ]);
});

test.each([
  ['check -p baseline -f', 'an empty path (expected a file, a folder or -)'],
  ['inject -p baseline -f', 'an empty path (expected a file, a folder or -)'],
  ['test', 'an empty path (expected a file, a folder or -)'],
  ['import kyverno -f', 'an empty path (expected a file, a folder or -)'],
  ['export vap -p', '"": an empty path (expected a file, folder or bundle)'],
  ['compare --to baseline -f a.yaml --from', '"": an empty path (expected a file, folder or bundle)'],
  ['audit --kubeconfig', 'an empty path (expected a kubeconfig)'],
  ['status --kubeconfig', 'an empty path (expected a kubeconfig)'],
  ['import pod-security --kubeconfig', 'an empty path (expected a kubeconfig)'],
  ['users ghcr.io/a/b:1 --ca', 'an empty path (expected a file)'],
  ['users ghcr.io/a/b:1 --docker-config', 'an empty path (expected a file)'],
  ['check -p baseline -f a.yaml --output-file', 'an empty path (expected a file to write)'],
])('%s "" is not the current folder', async (line, message) => {
  const printed = await sandgate(folderWith({ 'a.yaml': BARE_POD }), [...line.split(' '), '']);
  expect(printed).toMatchObject({ code: 2, stdout: '', stderr: `sandgate: ${message}\n` });
});

test.each([['replay -p baseline -f'], ['compare --from baseline --to restricted --audit-log']])(
  '%s "" does not read the logs of the current folder',
  async (line) => {
    const printed = await sandgate(folderWith({ 'audit.log': '{}' }), [...line.split(' '), '']);
    expect(printed.code).toBe(2);
    expect(printed.stderr).toContain('sandgate: an empty path (expected a file, a folder or -)\n');
    expect(printed.stderr).not.toContain('audit.log');
  },
);

test.each([
  ['a folder', 'folder', 'it is a folder (expected a kubeconfig)'],
  ['not YAML', 'torn', 'not YAML: Missing closing "quote at line 2, column 17 (expected a kubeconfig)'],
])('a kubeconfig that is %s is refused in one line that shows nothing of its content', async (_, name, message) => {
  const folder = folderWith({ 'folder/a.yaml': '', torn: 'users:\n- token: "secret' });
  for (const command of ['audit', 'status', 'import pod-security', 'compare --from baseline --to restricted']) {
    const { code, stderr } = await sandgate(folder, `${command} --kubeconfig ${name}`);
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, lines: 1 });
    expect(stderr).toContain(`${name}: ${message}`);
    expect(stderr).not.toContain('secret');
  }
});

test('a policy that is not UTF-8 is not read as something like it', async () => {
  const policy = `apiVersion: sandgate.dev/v1alpha1\nkind: IsolationPolicy\nmetadata: { name: a } # caf\u00E9\nspec: {}\n`;
  const folder = folderWith({ 'pod.yaml': BARE_POD });
  writeFileSync(join(folder, 'policy.yaml'), Buffer.from(policy, 'latin1'));
  const printed = await sandgate(folder, 'check -p policy.yaml -f pod.yaml');
  expect(printed).toMatchObject({ code: 2, stdout: '' });
  expect(printed.stderr).toMatch(/^sandgate: policy\.yaml: not a text file \(expected UTF-8\)\n$/);
});

test.each(['', 'A', 'a b', 'a/b', 'a.b', '-a', 'a'.repeat(64)])('%j is not a valid namespace', async (name) => {
  const args = ['check', '-p', 'baseline', '-f', 'pod.yaml', '--namespace', name];
  const printed = await sandgate(folderWith({ 'pod.yaml': BARE_POD }), args);
  expect(printed).toMatchObject({ code: 2, stdout: '' });
  expect(printed.stderr).toContain(
    `'${name}' is invalid (expected lower-case letters, digits and "-", at most 63 of them)`,
  );
});

test('a pipe that is named is read', async () => {
  const folder = folderWith({ 'pod.yaml': BARE_POD });
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const command = `cat pod.yaml > pipe & "${process.execPath}" "${await program('sandgate')}" check -p baseline -f pipe`;
  const { stdout } = await execute('sh', ['-c', command], { cwd: folder });
  expect(stdout).toContain('0 denied, 1 allowed, 0 skipped\n');
});

// Linux has it; it is full, always.
test.runIf(existsSync('/dev/full'))('a full disk is not a bug of ours', async () => {
  const folder = folderWith({ 'pod.yaml': BARE_POD });
  const run = `"${process.execPath}" "${await program('sandgate')}"`;
  const command = `${run} check -p baseline -f pod.yaml > /dev/full; echo $?; ${run} check -p baseline -f none.yaml 2> /dev/full; echo $?`;
  const { stdout, stderr } = await execute('sh', ['-c', command], { cwd: folder });
  expect(stdout).toBe('2\n2\n');
  expect(stderr).toMatch(/^sandgate: cannot write to standard output \(ENOSPC: [^\n]*\)\n$/);
});
