// The cache of built programs: built once, built anew when a source changes, never seen half.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { buildGo, findGo } from './go-build.ts';

const HELLO = `package main

import "os"

var version = "1"

func main() { os.Stdout.WriteString("hello " + version) }
`;

let folder: string;
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandgate-go-'));
  vi.stubEnv('SANDGATE_CACHE', join(folder, 'cache'));
  said = [];
  vi.spyOn(console, 'error').mockImplementation((line: string) => void said.push(line));
  mkdirSync(join(folder, 'hello', 'v2'), { recursive: true });
  writeFileSync(join(folder, 'hello', 'go.mod'), 'module example.com/hello\n\ngo 1.24\n');
  write(HELLO);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

function write(program: string): void {
  writeFileSync(join(folder, 'hello', 'v2', 'main.go'), program);
}

async function buildHello(options: { readonly ldflags?: string } = {}): Promise<string> {
  const built = await buildGo({ folder: join(folder, 'hello'), packages: ['example.com/hello/v2'], ...options });
  return built.hello ?? '';
}

function run(path: string): string {
  return execFileSync(path, { encoding: 'utf8' });
}

function cached(): readonly string[] {
  return readdirSync(join(folder, 'cache', 'cluster'));
}

test('it is built once, and named without its major version', async () => {
  const first = await buildHello();
  expect(first).toMatch(/\/cluster\/[0-9a-f]{16}\/hello$/);
  expect(said.join('\n')).toMatch(/^building hello from source \(once\)\nbuilt hello in \d+ s$/);
  const { mtimeMs } = statSync(first);
  said = [];
  expect(await buildHello()).toBe(first);
  expect(statSync(first).mtimeMs).toBe(mtimeMs);
  expect(said).toEqual([]);
});

test('another source and other flags are another program', async () => {
  const paths = [await buildHello(), await buildHello({ ldflags: '-X main.version=2' })];
  write(HELLO.replace('"1"', '"3"'));
  paths.push(await buildHello());
  expect(paths.map(run)).toEqual(['hello 1', 'hello 2', 'hello 3']);
  expect(cached().length).toBe(3);
});

test('of two who build at once, both get the whole program', async () => {
  const [first, second] = await Promise.all([buildHello(), buildHello()]);
  expect(first).toBe(second);
  expect(run(first)).toBe('hello 1');
  expect(cached().length).toBe(1);
});

test('its tests can be built too', async () => {
  writeFileSync(
    join(folder, 'hello', 'v2', 'main_test.go'),
    'package main\n\nimport "testing"\n\nfunc TestNothing(t *testing.T) {}\n',
  );
  const built = await buildGo({
    folder: join(folder, 'hello'),
    packages: ['./v2'],
    names: { './v2': 'hello.test' },
    test: true,
  });
  expect(execFileSync(built['hello.test'] ?? '', ['-test.v'], { encoding: 'utf8' })).toContain('PASS: TestNothing');
});

test('a program that does not compile says where, and leaves nothing', async () => {
  write('package main\n\nfunc main() { nothing() }\n');
  await expect(buildHello()).rejects.toThrow(/go build .* failed:[\s\S]*main\.go:3:15: undefined: nothing/);
  expect(cached()).toEqual([]);
});

test('without Go it says what to install or set', () => {
  expect(() => findGo([folder])).toThrow(/install Go 1\.26 or newer .* or set KUBEBUILDER_ASSETS/);
});
