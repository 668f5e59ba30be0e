// Which files a path on the command line stands for, and what is said of those that cannot be read.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatProblem } from '../../src/manifests/source.ts';
import { bundleNames, bundlesDirectory } from '../../src/resources/bundles.ts';
import { readPolicySources } from '../../src/resources/read.ts';

let root = '';
let before = '';

beforeEach(() => {
  before = process.cwd();
  root = mkdtempSync(join(tmpdir(), 'sandgate-read-'));
  process.chdir(root);
  for (const name of ['agents', 'restricted', 'half']) mkdirSync(`bundles/${name}`, { recursive: true });
  for (const name of ['agents', 'restricted']) write(`bundles/${name}/policy.yaml`);
});

afterEach(() => {
  process.chdir(before);
  rmSync(root, { recursive: true, force: true });
});

/** A file whose text is its own name. */
function write(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, path);
}

/** The files read, as `FILE` or as `FILE=TEXT` where the text is another file's, then the problems. */
function read(...paths: readonly string[]): readonly string[] {
  const { sources, problems } = readPolicySources(paths, { cwd: root, bundles: join(root, 'bundles') });
  const files = sources.map(({ file, text }) => (file === text ? file : `${file}=${text}`));
  return [...files, ...problems.map(formatProblem)];
}

test('files, in the order given, by the names given', () => {
  write('b.yaml');
  write('a.txt');
  write('sub/c.json');
  expect(read('b.yaml', 'a.txt', 'sub/../sub/c.json', join(root, 'b.yaml'))).toEqual([
    'b.yaml',
    'a.txt',
    'sub/../sub/c.json=sub/c.json',
  ]);
});

test('folders: recursively, in bytewise order, without tests, schemas and hidden files', () => {
  for (const name of ['b.yaml', 'B.yml', 'a/z.json', 'a.yaml', 'a/é.yaml', 'a/z.yaml/x.yaml', 'tests.yaml'])
    write(`p/${name}`);
  for (const name of ['README.md', 'tests/t.yaml', 'a/schema/s.json', '.git/g.yaml', '.hidden.yaml'])
    write(`p/${name}`);
  const files = ['B.yml', 'a.yaml', 'a/z.json', 'a/z.yaml/x.yaml', 'a/é.yaml', 'b.yaml', 'tests.yaml'];
  expect(read('p')).toEqual(files.map((name) => `p/${name}`));
  expect(read('p/')).toEqual(files.map((name) => `p/${name}`));
  expect(read('./p')).toEqual(files.map((name) => `./p/${name}=p/${name}`));
  expect(read('p/tests')).toEqual(['p/tests/t.yaml']);
});

test('a bare word is a bundle; a path is a path', () => {
  write('agents/own.yaml');
  expect(read('agents')).toEqual(['bundles/agents/policy.yaml']);
  expect(read('./agents')).toEqual(['./agents/own.yaml=agents/own.yaml']);
  expect(read('agents/')).toEqual(['agents/own.yaml']);
  expect(read('agents', 'bundles')).toEqual(['bundles/agents/policy.yaml', 'bundles/restricted/policy.yaml']);
});

test('capability classes are bundles, too; of a policy and a class of one name the policy is meant', () => {
  for (const name of ['docker', 'agents']) write(`bundles/capabilities/${name}/class.yaml`);
  mkdirSync('bundles/capabilities/empty');
  expect(bundleNames('bundles')).toEqual(['agents', 'docker', 'restricted']);
  expect(read('docker', 'agents')).toEqual(['bundles/capabilities/docker/class.yaml', 'bundles/agents/policy.yaml']);
  expect(read('capabilities')).toEqual([
    'capabilities: no such file, folder or bundle (the bundles are agents, docker, restricted)',
  ]);
});

test('words that are nothing', () => {
  expect(read('restrictd', 'half', 'nothing', 'no/such', 'none.yaml', '-', '', 'nul\0')).toEqual([
    'restrictd: no such file, folder or bundle (did you mean "restricted"?)',
    'half: no such file, folder or bundle (the bundles are agents, restricted)',
    'nothing: no such file, folder or bundle (the bundles are agents, restricted)',
    'no/such: no such file or folder',
    'none.yaml: no such file or folder',
    '-: policies are not read from standard input (expected a file, folder or bundle)',
    '"": an empty path (expected a file, folder or bundle)',
    expect.stringMatching(/^nul\0: cannot be read \(/),
  ]);
});

test('a folder without policies', () => {
  write('p/README.md');
  expect(read('p')).toEqual(['p: no policy file found (expected files ending in .yaml, .yml or .json)']);
});

test('a mounted ConfigMap: links into a hidden folder', () => {
  write('m/..2026/policy.yaml');
  symlinkSync('..2026', 'm/..data');
  symlinkSync('..data/policy.yaml', 'm/policy.yaml');
  expect(read('m')).toEqual(['m/policy.yaml=m/..2026/policy.yaml']);
});

test('links in circles, links to nowhere, and links to what was read already', () => {
  write('p/a/b.yaml');
  symlinkSync('..', 'p/a/up');
  symlinkSync('self', 'p/self');
  symlinkSync('loop.yaml', 'p/loop.yaml');
  symlinkSync('gone', 'p/gone.yaml');
  symlinkSync('a/b.yaml', 'p/again.yaml');
  expect(read('p')).toEqual([
    'p/a/b.yaml',
    'p/gone.yaml: no such file or folder',
    'p/loop.yaml: links to itself',
    'p/self: links to itself',
  ]);
});

test('a pipe in a folder is not waited for; what is named is read, as kubectl reads it', () => {
  write('p/a.yaml');
  execFileSync('mkfifo', ['p/pipe.yaml']);
  expect(read('p')).toEqual(['p/a.yaml', 'p/pipe.yaml: not a regular file']);
  expect(read('/dev/null')).toEqual(['/dev/null=']);
});

// Root may read every file, whatever its mode: for it there is nothing to refuse.
test.skipIf(process.getuid?.() === 0)('files and folders without permission', () => {
  write('p/a.yaml');
  write('p/closed/b.yaml');
  chmodSync('p/a.yaml', 0);
  chmodSync('p/closed', 0);
  expect(read('p')).toEqual(['p/closed: permission denied', 'p/a.yaml: permission denied']);
  chmodSync('p/closed', 0o700);
});

test('the shipped bundles are found from the sources', () => {
  expect(bundlesDirectory()).toBe(join(import.meta.dirname, '../../policies'));
  expect(bundleNames('/nowhere')).toEqual([]);
});
