// The house rules that a reader relies on: imports point one way, registries are their folders, files stay small.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../src/cli/commands/index.ts';
import { sortBytewise } from '../src/model/text.ts';
import { POD_SECURITY_CHECKS } from '../src/pod-security/checks/index.ts';
import { FORMATS } from '../src/report/index.ts';
import { WORKLOADS } from '../src/workloads/index.ts';
import { PROJECTS } from '../src/workloads/projects/index.ts';

const SRC = resolve(import.meta.dirname, '../src');
const FILES = readdirSync(SRC, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name))
  .toSorted();

/** The rooms, from the ground up: each may import from those before it. docs/architecture.md says what each is for. */
const ROOMS = [
  'model',
  'kubernetes',
  'images',
  'manifests',
  'workloads',
  'cel',
  'pod-security',
  'grants',
  'rules',
  'policy',
  'resources',
  'engine',
  'admission',
  'report',
  'observe',
  'cluster',
  'server',
  'library',
  'cli',
  'index.ts',
  'main.ts',
] as const;

function roomOf(file: string): string {
  return relative(SRC, file).split(sep)[0] ?? '';
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(
    /(?:^|[\s;])(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? '');
}

describe('imports', () => {
  test('every folder of src is a room', () => {
    expect([...new Set(FILES.map(roomOf))].toSorted()).toEqual(ROOMS.toSorted());
  });

  test.each(FILES.map((file) => [relative(SRC, file), file]))('%s imports only downwards', (_, file) => {
    const below = ROOMS.slice(0, ROOMS.findIndex((name) => name === roomOf(file)) + 1);
    const foreign = importsOf(file)
      .filter((specifier) => specifier.startsWith('.') && !specifier.endsWith('package.json'))
      .map((specifier) => roomOf(resolve(dirname(file), specifier)))
      .filter((target) => !below.some((name) => name === target));
    expect(foreign).toEqual([]);
  });

  test('only the server knows fastify, only the cluster its client, and nothing but the edges does I/O', () => {
    const pure: readonly string[] = ROOMS.slice(0, ROOMS.indexOf('report')).filter(
      (room) => room !== 'manifests' && room !== 'resources',
    );
    const offenders = FILES.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => {
          if (specifier === 'fastify') return roomOf(file) !== 'server';
          if (specifier.startsWith('@kubernetes/')) return roomOf(file) !== 'cluster';
          const io = /^node:(fs|net|tls|http|https|child_process|os|process|timers)|^pino$/.test(specifier);
          return io && pure.includes(roomOf(file));
        })
        .map((specifier) => `${relative(SRC, file)} imports ${specifier}`),
    );
    expect(offenders).toEqual([]);
  });

  test('no command loads the client of the cluster before it needs one', () => {
    const loaded = new Set<string>();
    const pending = [join(SRC, 'main.ts')];
    for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
      if (loaded.has(file)) continue;
      loaded.add(file);
      const text = readFileSync(file, 'utf8').replaceAll(/(?:import|export) type [^;]*;|import\([^)]*\)/g, '');
      for (const [, specifier = ''] of text.matchAll(/(?:^|[\s;])(?:import|export)\b[^'"`;]*?['"]([^'"]+)['"]/g)) {
        if (specifier.startsWith('.') && specifier.endsWith('.ts')) pending.push(resolve(dirname(file), specifier));
        else loaded.add(specifier);
      }
    }
    expect(loaded).toContain(join(SRC, 'cli/commands/check.ts'));
    expect([...loaded].filter((name) => /^@kubernetes|^fastify|src\/cluster\//.test(name))).toEqual([]);
  });

  test('the engine has neither clock nor chance', () => {
    const offenders = FILES.filter((file) =>
      ['engine', 'pod-security', 'rules', 'grants', 'policy', 'workloads'].includes(roomOf(file)),
    )
      .filter((file) =>
        /\b(Date\.now|new Date|performance\.now|Math\.random|structuredClone)\b/.test(readFileSync(file, 'utf8')),
      )
      .map((file) => relative(SRC, file));
    expect(offenders).toEqual([]);
  });
});

/** The files of a folder without the extension, but for those that are not members of its registry. */
function membersOf(folder: string, others: readonly string[] = []): string[] {
  return readdirSync(join(SRC, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -'.ts'.length))
    .filter((name) => name !== 'index' && !others.includes(name))
    .toSorted();
}

function kebab(kind: string): string {
  return kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}

describe('registries are their folders', () => {
  test('Pod Security checks', () => {
    expect(POD_SECURITY_CHECKS.map((check) => check.id).toSorted()).toEqual(membersOf('pod-security/checks'));
  });
  test('workloads are the files of their folder', () => {
    const rows = WORKLOADS.map((row) => kebab(row.kind));
    expect(rows.toSorted()).toEqual(
      membersOf('workloads', ['workload', 'table', 'template', 'form', 'assemble', 'defaults']),
    );
  });
  test('projects with workloads are the files of their folder', () => {
    const text = readFileSync(join(SRC, 'workloads/projects/index.ts'), 'utf8');
    const listed = [...text.matchAll(/from '\.\/([\w-]+)\.ts'/g)].map((match) => match[1] ?? '');
    expect(sortBytewise(listed)).toEqual(membersOf('workloads/projects', ['project-kind']));
    expect(PROJECTS).toHaveLength(listed.length);
  });
  test('commands are the files of their folder', () => {
    expect(COMMANDS.map((command) => command.name).toSorted()).toEqual(membersOf('cli/commands'));
  });
  test('output formats are the files of their folder', () => {
    expect(FORMATS.map((format) => format.name).toSorted()).toEqual(membersOf('report'));
  });
});

describe('checks explain themselves', () => {
  test.each(membersOf('pod-security/checks'))('%s opens with its spec', (id) => {
    const text = readFileSync(join(SRC, 'pod-security/checks', `${id}.ts`), 'utf8');
    expect(text).toMatch(/^\/\*[\s\S]*\*\*Restricted Fields:\*\*[\s\S]*\*\*Allowed Values:\*\*[\s\S]*?\*\//);
  });
});

describe('files', () => {
  test.each(FILES.map((file) => [relative(SRC, file), file]))('%s has at most 300 lines', (_, file) => {
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThanOrEqual(301);
  });
  test('no file is named after nothing in particular', () => {
    expect(FILES.filter((file) => /\b(utils?|helpers?|common|manager|misc)\b/i.test(relative(SRC, file)))).toEqual([]);
  });
});
