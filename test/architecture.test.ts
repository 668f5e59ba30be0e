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

const CLOCK_OR_CHANCE = /\b(Date\.now|new Date|performance\.now|Math\.random|structuredClone)\b/;

/** What verdicts are made of. */
const JUDGING_ROOMS: readonly string[] = ['cel', 'grants', 'policy', 'engine', 'admission'];

/** What the command line takes from there without the library: what strangers have no use for, and what does not decide a verdict. */
const BESIDE_THE_LIBRARY = [
  // The webhook, a cluster and requests that were recorded are held to policies as the API server would have it.
  'cluster.ts: engine/gate.ts',
  'cluster.ts: policy/webhooks-where-used.ts',
  'commands/replay.ts: engine/gate.ts',
  'commands/review.ts: engine/gate.ts',
  'commands/serve.ts: engine/gate.ts',
  'compare/compare-inputs.ts: engine/gate.ts',
  'commands/review.ts: admission/handle.ts',
  // No policies at first: those of the cluster come later.
  'audit/from-cluster.ts: policy/select.ts',
  'commands/serve.ts: policy/select.ts',
  // Drafts of exceptions: what an exception can say, and which part of a pod it is about.
  'exceptions/draft.ts: policy/exceptable.ts',
  'exceptions/draft.ts: policy/exceptions.ts',
  'exceptions/pods.ts: engine/judged-templates.ts',
  'exceptions/pods.ts: policy/exception-entry.ts',
  // Other tools' rules become policies.
  'import/expressions.ts: cel/admission.ts',
  'import/expressions.ts: cel/environment.ts',
  'import/image-patterns.ts: policy/exception-entry.ts',
  'import/pod-security.ts: engine/namespace-levels.ts',
  // Which parts of a policy a verdict depended on.
  'test-coverage/exceptions.ts: policy/exceptions.ts',
  'test-coverage/recorder.ts: engine/involved.ts',
];

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

/** Those of which something is left when types are erased. */
function valueImportsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replaceAll(/(?:import|export) type [^;]*;/g, '');
  const found = text.matchAll(/(?:^|[\s;])(?:import|export)\b([^'"`;]*?)from\s*['"](\.[^'"]+)['"]/g);
  return [...found].flatMap(([, names = '', specifier = '']) => {
    const isAllTypes = names
      .replaceAll(/[{}]/g, '')
      .split(',')
      .every((name) => /^\s*(?:type\s.*)?$/.test(name));
    return isAllTypes ? [] : [specifier];
  });
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

  test('the library does no I/O and has neither clock nor chance', () => {
    const files = FILES.filter((file) => roomOf(file) === 'library');
    const io = files.flatMap((file) => importsOf(file).filter((specifier) => /^node:|^pino$/.test(specifier)));
    const moments = files.filter((file) => CLOCK_OR_CHANCE.test(readFileSync(file, 'utf8')));
    expect([io, moments]).toEqual([[], []]);
  });

  test('the command line judges, fills in and explains by the library, and takes from the engine only what is listed', () => {
    const taken = FILES.filter((file) => roomOf(file) === 'cli').flatMap((file) =>
      valueImportsOf(file)
        .map((specifier) => relative(SRC, resolve(dirname(file), specifier)))
        .filter((target) => JUDGING_ROOMS.includes(target.split(sep)[0] ?? ''))
        .map((target) => `${relative(join(SRC, 'cli'), file)}: ${target}`),
    );
    expect(taken.toSorted()).toEqual(BESIDE_THE_LIBRARY.toSorted());
  });

  test('the engine has neither clock nor chance', () => {
    const offenders = FILES.filter((file) =>
      ['engine', 'pod-security', 'rules', 'grants', 'policy', 'workloads'].includes(roomOf(file)),
    )
      .filter((file) => CLOCK_OR_CHANCE.test(readFileSync(file, 'utf8')))
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
