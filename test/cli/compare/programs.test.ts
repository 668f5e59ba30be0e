// Two versions of Sandgate on the same files: each is a program of its own.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program } from '../../support/programs.ts';
import { folderWith, type Printed, sandgate } from '../console.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** What the other version does otherwise: ports of the node are all right, and a field more is filled in. */
const CHANGES: Readonly<Record<string, readonly [string, string]>> = {
  'src/pod-security/checks/hostPorts.ts': ['if (hostPort)', 'if (hostPort === 0)'],
  'src/rules/harden/seccompProfile.ts': ["type: 'RuntimeDefault'", "type: 'Localhost'"],
};

let folder: string;
let current: string;
let other: string;
beforeAll(async () => {
  current = await program('sandgate');
  // Below the root, so that it finds the shipped policies.
  folder = mkdtempSync(join(ROOT, '.cache/other-version-'));
  const changed = new Set<string>();
  await build({
    cwd: ROOT,
    input: { sandgate: 'src/main.ts' },
    platform: 'node',
    logLevel: 'silent',
    plugins: [
      {
        name: 'other-version',
        load(id) {
          const name = Object.keys(CHANGES).find((file) => id === join(ROOT, file));
          const [from = '', to = ''] = CHANGES[name ?? ''] ?? [];
          const text = name === undefined ? '' : readFileSync(id, 'utf8');
          if (name === undefined || !text.includes(from)) return null;
          changed.add(name);
          return { code: text.replace(from, to), moduleType: 'ts' };
        },
      },
    ],
    output: { dir: folder, format: 'esm', chunkFileNames: '[name].js' },
  });
  expect([...changed].toSorted()).toEqual(Object.keys(CHANGES).toSorted());
  other = join(folder, 'sandgate.js');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const POLICY = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: p }
spec: { podSecurity: { level: baseline }, harden: [seccompProfile], match: { namespaceSelector: { matchLabels: { a: b } } } }
`;
const PODS = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { a: b } }
---
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: Pod, metadata: { name: port, namespace: shop }, spec: { containers: [{ name: a, image: a, ports: [{ containerPort: 80, hostPort: 80 }] }] } }
  - { apiVersion: v1, kind: Pod, metadata: { name: host, namespace: shop }, spec: { hostNetwork: true, containers: [{ name: a, image: a }] } }
---
apiVersion: v1
kind: Pod
metadata: { name: elsewhere, namespace: other }
spec: { hostNetwork: true, containers: [{ name: a, image: a }] }
`;
const FILES = { 'policy.yaml': POLICY, 'deploy/pods.yaml': PODS };

function compared(args: readonly string[], files: Readonly<Record<string, string>> = FILES): Promise<Printed> {
  return sandgate(folderWith(files), ['compare', ...args, '-f', 'deploy/', '--namespace-labels', 'x=y']);
}

describe('two versions of Sandgate are compared', () => {
  test('what the new one denies and the old one let in is newly denied, and what each fills in is shown', async () => {
    const printed = await compared(['--from-program', other, '--to', 'policy.yaml']);
    expect(printed.stderr).toBe('');
    expect(printed).toMatchObject({ code: 1 });
    expect(printed.stdout).toBe(`newly denied: 1

Pod shop/port  deploy/pods.yaml:8
  deny   hostPorts: hostPort (container "a" uses hostPort 80)
         where spec.containers[0].ports[0].hostPort  deploy/pods.yaml:8
         why   PodSecurity "baseline:latest", by policy "p"
         fix   remove ports[*].hostPort and reach the pod through a Service

filled in differently: 2

Pod shop/port  deploy/pods.yaml:8
  - {"op":"add","path":"/spec/securityContext","value":{"seccompProfile":{"type":"Localhost"}}}
  + {"op":"add","path":"/spec/securityContext","value":{"seccompProfile":{"type":"RuntimeDefault"}}}

Pod shop/host  deploy/pods.yaml:9
  - {"op":"add","path":"/spec/securityContext","value":{"seccompProfile":{"type":"Localhost"}}}
  + {"op":"add","path":"/spec/securityContext","value":{"seccompProfile":{"type":"RuntimeDefault"}}}

2 objects compared: 1 newly denied, 2 filled in differently
`);
  });

  test('the other way round it is newly allowed, also where this program judges neither side', async () => {
    for (const from of [[], ['--from-program', current]]) {
      const printed = await compared([...from, '--from', 'policy.yaml', '--to-program', other]);
      expect(printed.code).toBe(0);
      expect(printed.stdout).toContain(
        'newly allowed: 1\n\nPod shop/port  deploy/pods.yaml:8\n  was denied by hostPorts\n',
      );
      expect(printed.stdout).toContain('2 objects compared: 1 newly allowed, 2 filled in differently\n');
    }
  });

  test('a version and itself differ in nothing, whatever the options', async () => {
    const more = '--as jane --as-group a --as-group b --assume-authorized --now 2027-06-30 --namespace-annotations c=d';
    const options = [...more.split(' '), '--context', 'deploy', '--ignore', 'x*'];
    const printed = await compared(['--from-program', current, '--to', 'policy.yaml', ...options]);
    expect(printed).toMatchObject({ code: 0, stdout: '2 objects compared: nothing changes\n', stderr: '' });
  });

  test('the old side can have policies of its own, and namespaces are chosen as without programs', async () => {
    const options = [
      '--from-program',
      current,
      '--from',
      'restricted',
      '--to',
      'policy.yaml',
      '-n',
      'shop',
      '-o',
      'json',
    ];
    const printed = await compared(options);
    expect(printed.json()).toMatchObject({ summary: { judged: 2, filledInDifferently: 2 } });
  });

  test('a file that neither can read makes the comparison incomplete', async () => {
    const printed = await compared(['--from-program', other, '--to', 'policy.yaml'], {
      ...FILES,
      'deploy/bad.yaml': 'a: [',
    });
    expect(printed.code).toBe(2);
    expect(printed.stderr).toContain(`${other} said: sandgate: deploy/bad.yaml:`);
  });
});

/** A program that prints a text and exits with a code. */
function printing(text: string, code = 0): string {
  const file = join(
    folderWith({ 'p.mjs': `process.stdout.write(${JSON.stringify(text)}); process.exitCode = ${code};\n` }),
    'p.mjs',
  );
  return file;
}

const ROW = {
  source: { file: 'deploy/pods.yaml', document: 2, line: 8 },
  object: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'port' },
  verdict: 'allowed',
};

describe('a program that cannot be compared with is refused', () => {
  test.each<[string, () => string, string]>([
    [
      'does not exist',
      () => 'old/sandgate.js',
      'old/sandgate.js: no such file (expected a program of another version of Sandgate',
    ],
    [
      'prints something else',
      () => printing('hello'),
      'did not print what sandgate check -o json prints (exit code 0)',
    ],
    [
      'prints JSON of another form',
      () => printing('{"results":[{"verdict":"allowed"}]}'),
      'did not print what sandgate check',
    ],
    ['ends with the code of a bug', () => printing('{"results":[]}', 3), 'prints (exit code 3)'],
  ])('one that %s', async (_, file, message) => {
    const printed = await compared(['--from-program', file(), '--to', 'policy.yaml']);
    expect(printed).toMatchObject({ code: 2, stdout: '' });
    expect(printed.stderr).toContain(message);
  });

  test('one that does not know an option is quoted', async () => {
    const file = join(
      folderWith({ 'p.js': 'console.error("error: unknown option --namespace-labels=x=y"); process.exit(2);\n' }),
      'p.js',
    );
    const printed = await compared(['--from-program', file, '--to', 'policy.yaml']);
    expect(printed.stderr).toContain(`${file} said: error: unknown option --namespace-labels=x=y\n`);
    expect(printed.stderr).toContain('name a program of a version of Sandgate that has check -o json');
  });

  test('one that may not be executed says why', async () => {
    const file = join(folderWith({ sandgate: '#!/bin/sh\nexit 0\n' }), 'sandgate');
    const refused = await compared(['--from-program', file, '--to', 'policy.yaml']);
    expect(refused.stderr).toContain(`${file} cannot be run (spawn ${file} EACCES)`);
    // One that may be is run as it is, and not by Node.
    chmodSync(file, 0o755);
    writeFileSync(file, `#!/bin/sh\nexec ${process.execPath} ${current} "$@"\n`);
    expect(await compared(['--from-program', file, '--to', 'policy.yaml'])).toMatchObject({ code: 0 });
  });

  test('results about other objects are counted, and make the comparison incomplete', async () => {
    const printed = await compared([
      '--from-program',
      printing(JSON.stringify({ results: [ROW] })),
      '--to',
      'policy.yaml',
    ]);
    expect(printed.code).toBe(2);
    expect(printed.stderr).toContain(
      'of 2 objects only one of the two programs printed a result: they were not compared',
    );
    expect(printed.stdout).toContain('1 object compared: 1 newly denied, 1 filled in differently');
  });

  test.each([
    ['a cluster', '--kubeconfig', 'x'],
    ['an audit log', '--audit-log', 'x'],
  ])('one for %s is refused, whatever it is', async (_, option, value) => {
    const printed = await sandgate(folderWith(FILES), [
      'compare',
      '--from-program',
      current,
      '--to',
      'policy.yaml',
      option,
      value,
    ]);
    expect(printed.code).toBe(2);
    expect(printed.stderr).toContain('cannot be used with');
  });

  test('with standard input', async () => {
    const args = ['compare', '--from-program', current, '--to', 'policy.yaml', '-f', '-'];
    expect((await sandgate(folderWith(FILES), args)).stderr).toContain('two programs cannot both read standard input');
  });
});
