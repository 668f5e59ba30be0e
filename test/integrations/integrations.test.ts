// What other programs run of this repository, run as they do: the action's script, the hooks, kubectl's plugin.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../src/model/json.ts';
import { BARE_POD, folderWith, PRIVILEGED_POD, sandgate } from '../cli/console.ts';
import { installed, ROOT } from './installed.ts';

/** Node as it is used here, and the tools of the system. */
const PATH = `${dirname(process.execPath)}:${process.env.PATH ?? ''}`;

function run(program: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: { PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function yamlOf(path: string): unknown {
  const value: unknown = parse(readFileSync(join(ROOT, path), 'utf8'));
  return value;
}

function membersOf(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new Error('not a map');
  return value;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('not a list');
  return value;
}

describe('the GitHub action', () => {
  const action = yamlOf('action.yml');
  const steps = listOf(ownField(ownField(action, 'runs'), 'steps'));
  const step = steps.find((one) => stringField(one, 'id') === 'check');
  const env = Object.entries(membersOf(ownField(step, 'env')));

  test('hands every input to its script as a variable, and puts none into a command', () => {
    const inputs = Object.keys(membersOf(ownField(action, 'inputs')));
    expect(env.map(([, text]) => text)).toEqual(inputs.map((name) => `\${{ inputs.${name} }}`));
    const script = readFileSync(join(ROOT, 'scripts/github-action.sh'), 'utf8');
    for (const [variable] of env) expect(script).toContain(`\${${variable}:-`);
    expect(script.match(/SANDGATE_[A-Z_]+/g)?.every((name) => env.some(([variable]) => variable === name))).toBe(true);
    expect(stringField(step, 'run')).not.toContain('${{');
    expect(stringField(ownField(action, 'runs'), 'using')).toBe('composite');
  });

  test('judges with these variables, annotates, writes reports and says how it ended', () => {
    const root = installed();
    const folder = folderWith({
      'deploy files/bad.yaml': PRIVILEGED_POD,
      'more/fine.yaml': BARE_POD,
      'more/ignored.yaml': PRIVILEGED_POD,
      output: '',
      'summary.md': '',
    });
    const script = stringField(step, 'run') ?? '';
    const { status, stdout } = run('bash', ['-c', script], folder, {
      GITHUB_ACTION_PATH: root,
      GITHUB_OUTPUT: join(folder, 'output'),
      GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
      CI: 'true',
      SANDGATE_POLICIES: 'baseline\n',
      SANDGATE_FILES: '  deploy files/\n\n  more\n',
      SANDGATE_CONTEXT: '',
      SANDGATE_IGNORE: 'ignored.yaml',
      SANDGATE_NAMESPACE_LABELS: 'a=b\nc=d',
      SANDGATE_STRICT: 'true',
      SANDGATE_SARIF: 'report.sarif',
      SANDGATE_JUNIT: '',
      SANDGATE_ARGUMENTS: '--as\njane doe',
    });
    expect(status).toBe(1);
    expect(stdout).toContain('::error file=deploy files/bad.yaml,line=5,col=16,');
    expect(stdout).toContain('\n1 denied, 1 allowed, 0 skipped\n');
    expect(readFileSync(join(folder, 'output'), 'utf8')).toBe('exit-code=1\n');
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('### Sandgate: 1 denied');
    expect(readFileSync(join(folder, 'report.sarif'), 'utf8')).toContain('"ruleId": "privileged"');
  });

  test('runs nothing that an input says', () => {
    const root = installed();
    const folder = folderWith({ 'pod.yaml': BARE_POD });
    const evil = '$(touch evil) `touch evil`; touch evil';
    const { status, stderr } = run('bash', ['-c', stringField(step, 'run') ?? ''], folder, {
      GITHUB_ACTION_PATH: root,
      SANDGATE_POLICIES: 'baseline',
      SANDGATE_FILES: `pod.yaml\n${evil}`,
      SANDGATE_SARIF: '',
    });
    expect(status).toBe(2);
    expect(stderr).toContain(evil);
    expect(existsSync(join(folder, 'evil'))).toBe(false);
  });
});

test('without a bundle it is made first, and standard output stays for results', () => {
  const root = installed();
  const dist = readFileSync(join(root, 'dist/sandgate.js'), 'utf8');
  spawnSync('rm', ['-r', join(root, 'dist')]);
  const tools = folderWith({
    npm: `#!/bin/sh\necho "npm $*"\n[ "$1" = ci ] || { mkdir dist && cat > dist/sandgate.js <<'EOF'\n${dist}EOF\n}\n`,
  });
  chmodSync(join(tools, 'npm'), 0o755);
  const folder = folderWith({});
  const { status, stdout, stderr } = run(join(root, 'scripts/from-bundle.sh'), ['version'], folder, {
    PATH: `${tools}:${PATH}`,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: 'npm ci --no-audit --no-fund\nnpm run build\n' });
  expect(stdout).toMatch(/^sandgate \d/);
});

describe('the hooks for pre-commit', () => {
  const hooks = listOf(yamlOf('.pre-commit-hooks.yaml')).map(membersOf);
  /** The keys that pre-commit knows: clientlib.py, MANIFEST_HOOK_DICT. Others would be warned about. */
  const KEYS = [
    'id',
    'name',
    'description',
    'language',
    'entry',
    'args',
    'types_or',
    'require_serial',
    'pass_filenames',
  ];

  test('have the keys that pre-commit knows, and entries that are there', () => {
    for (const hook of hooks) {
      expect(Object.keys(hook).filter((key) => !KEYS.includes(key))).toEqual([]);
      expect(existsSync(join(ROOT, stringField(hook, 'entry')?.split(' ')[0] ?? ''))).toBe(true);
    }
  });

  test('judge the files that come behind their arguments, and run suites', () => {
    const root = installed();
    const folder = folderWith({
      'bad.yaml': PRIVILEGED_POD,
      'policies/p/tests/suite.yaml': `apiVersion: sandgate.dev/v1alpha1
kind: PolicyTest
metadata: { name: mine }
spec: { policies: [baseline], cases: [{ name: one, input: ../../../bad.yaml, expect: { verdict: denied } }] }
`,
    });
    const ended = hooks.map((hook) => {
      const [entry = '', ...words] = stringField(hook, 'entry')?.split(' ') ?? [];
      const files = ownField(hook, 'pass_filenames') === false ? [] : ['bad.yaml'];
      const args = [...words, ...listOf(ownField(hook, 'args')).map(String), ...files];
      const { status, stdout } = run(join(root, entry), args, folder);
      return { status, last: stdout.trimEnd().split('\n').at(-1) };
    });
    expect(ended).toEqual([
      { status: 1, last: 'To see why, and what to change: sandgate explain with the same -p and -f' },
      { status: 0, last: '1 passed, 0 failed' },
    ]);
  });
});

describe('the plugin of kubectl', () => {
  test('is called what people type, also in its examples', async () => {
    const { stdout } = await sandgate('/', 'check --help', { env: { SANDGATE_CALLED_AS: 'kubectl sandgate' } });
    expect(stdout).toContain('Usage: kubectl sandgate check [options]');
    expect(stdout).toContain('  kubectl sandgate check -p restricted -f deploy/\n');
    expect(stdout).not.toMatch(/(?<!kubectl )sandgate check/);
  });

  test('runs through a link, and completes in the form that kubectl reads', () => {
    const root = installed();
    const folder = folderWith({});
    mkdirSync(join(folder, 'path'));
    for (const name of ['kubectl-sandgate', 'kubectl_complete-sandgate']) {
      symlinkSync(join(root, 'bin', name), join(folder, 'path', name));
    }
    const plugin = (name: string, ...args: readonly string[]) => run(join(folder, 'path', name), args, folder).stdout;
    expect(plugin('kubectl-sandgate', '--help')).toContain('Usage: kubectl sandgate [options] [command]');
    expect(plugin('kubectl_complete-sandgate', 'check', '-o', 'js')).toBe('json\n:4\n');
    expect(plugin('kubectl_complete-sandgate', 'check', '--as', 'x')).toBe(':4\n');
  });

  test('comes with the package under the names that kubectl looks for', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const names = Object.entries(membersOf(ownField(manifest, 'bin')));
    expect(names.map(([name]) => name)).toEqual(['sandgate', 'kubectl-sandgate', 'kubectl_complete-sandgate']);
    for (const [, file] of names) expect(existsSync(join(ROOT, String(file)))).toBe(true);
  });
});

describe('what docs/ci.md shows', () => {
  const page = readFileSync(join(ROOT, 'docs/ci.md'), 'utf8');
  const blocks = new Map(
    [...page.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)].map(([, name = '', text = '']) => {
      const value: unknown = parse(text);
      return [name, value] as const;
    }),
  );

  test('is a workflow with inputs that the action has', () => {
    const jobs = ownField(ownField(blocks.get('.github/workflows/manifests.yml'), 'jobs'), 'sandgate');
    const uses = listOf(ownField(jobs, 'steps')).find((one) => stringField(one, 'uses')?.includes('/sandgate@'));
    const inputs = Object.keys(membersOf(ownField(yamlOf('action.yml'), 'inputs')));
    expect(Object.keys(membersOf(ownField(uses, 'with'))).filter((name) => !inputs.includes(name))).toEqual([]);
    expect(inputs.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  test('is a job of GitLab whose command runs and writes the report that it names', async () => {
    const job = ownField(blocks.get('.gitlab-ci.yml'), 'sandgate');
    const line = listOf(ownField(job, 'script')).map(String).at(-1) ?? '';
    const folder = folderWith({ 'deploy/pod.yaml': PRIVILEGED_POD });
    expect(await sandgate(folder, line.replace(/^sandgate /, ''))).toMatchObject({ code: 1, stderr: '' });
    const report = stringField(ownField(ownField(job, 'artifacts'), 'reports'), 'junit') ?? '';
    expect(readFileSync(join(folder, report), 'utf8')).toContain('<testsuites name="sandgate check"');
  });

  test('is a configuration of pre-commit with hooks that exist', () => {
    const [repo] = listOf(ownField(blocks.get('.pre-commit-config.yaml'), 'repos'));
    const ids = listOf(ownField(repo, 'hooks')).map((hook) => stringField(hook, 'id'));
    const known = listOf(yamlOf('.pre-commit-hooks.yaml')).map((hook) => stringField(hook, 'id'));
    expect(ids).toEqual(known);
  });
});
