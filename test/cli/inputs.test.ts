// What -f takes: files, folders, standard input, many documents, Lists, JSON; and what it refuses.
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownField } from '../../src/model/json.ts';
import { BARE_POD, CONFIG_MAP, DEPLOYMENT, folderWith, PRIVILEGED_POD, sandgate } from './console.ts';

/** `FILE DOCUMENT LINE NAME` of every result. */
async function sources(folder: string, args: string, stdin = ''): Promise<string[]> {
  const printed = await sandgate(folder, `check -p baseline -o json ${args}`, { stdin });
  const results = ownField(printed.json(), 'results');
  return (Array.isArray(results) ? results : []).map((row: unknown) => {
    const source = ownField(row, 'source');
    const place = ['file', 'document', 'line'].map((key) => ownField(source, key));
    return [...place, ownField(ownField(row, 'object'), 'name')].join(' ');
  });
}

test('folders are read recursively, bytewise sorted, without dot-folders, and links do not loop', async () => {
  const folder = folderWith({
    'deploy/b.yaml': BARE_POD,
    'deploy/a/z.yml': BARE_POD,
    'deploy/Z.json': '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "j"}, "spec": {"containers": []}}',
    'deploy/.git/x.yaml': 'not: [a manifest',
    'deploy/readme.md': '# no manifest',
  });
  symlinkSync(join(folder, 'deploy'), join(folder, 'deploy/a/loop'));
  symlinkSync('b.yaml', join(folder, 'deploy/c.yaml'));
  expect(await sources(folder, '-f ./deploy')).toEqual([
    'deploy/Z.json 1 1 j',
    'deploy/a/z.yml 1 1 bare',
    'deploy/b.yaml 1 1 bare',
    'deploy/c.yaml 1 1 bare',
  ]);
});

test('results come in the order of the input; standard input is one of the files', async () => {
  const folder = folderWith({ 'a.yaml': BARE_POD, 'b.yaml': `\n# first\n---\n${BARE_POD}---\n---\n${PRIVILEGED_POD}` });
  expect(await sources(folder, '-f b.yaml - a.yaml', DEPLOYMENT)).toEqual([
    'b.yaml 1 4 bare',
    'b.yaml 3 14 bad',
    '- 1 1 web',
    'a.yaml 1 1 bare',
  ]);
});

function item(text: string): string {
  return text.trimEnd().replaceAll('\n', '\n    ');
}

test('Lists are taken apart, each item with its own line', async () => {
  const list = `apiVersion: v1\nkind: List\nitems:\n  - ${item(BARE_POD)}\n  - ${item(PRIVILEGED_POD)}\n`;
  const empty = 'apiVersion: v1\nkind: PodList\nitems: []\n';
  const folder = folderWith({ 'list.yaml': `${list}---\n${empty}---\n${CONFIG_MAP}` });
  expect(await sources(folder, '-f list.yaml')).toEqual([
    'list.yaml 1 4 bare',
    'list.yaml 1 12 bad',
    'list.yaml 3 27 settings',
  ]);
});

test('large JSON is read as fast as JSON is', async () => {
  const items = Array.from({ length: 4000 }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p${index}`, annotations: { note: 'x'.repeat(200) } },
    spec: { containers: [{ name: 'app', image: 'nginx' }] },
  }));
  const folder = folderWith({ 'pods.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  const rows = await sources(folder, '-f pods.json');
  expect([rows.length, rows.at(-1)]).toEqual([4000, 'pods.json 1 1 p3999']);
});

test('everything that is not a Kubernetes object is reported at once, and what is one is judged', async () => {
  const folder = folderWith({
    'a.yaml': `${BARE_POD}---\njust text\n---\nkind: Pod\n---\napiVersion: v1\nkind: 7\n`,
    'b.yaml': 'a: 1\na: 2\n',
    'c.yaml': 'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n',
  });
  const printed = await sandgate(folder, 'check -p baseline -f a.yaml b.yaml c.yaml');
  expect([printed.code, printed.stdout]).toEqual([
    2,
    'Pod default/bare  allowed  a.yaml:1\n\n0 denied, 1 allowed, 0 skipped\n',
  ]);
  expect(printed.stderr.trimEnd().split('\n')).toEqual([
    'sandgate: a.yaml:10:1: not a Kubernetes object (expected a map with apiVersion and kind)',
    'sandgate: a.yaml:12:1: not a Kubernetes object (expected an apiVersion, such as v1)',
    'sandgate: a.yaml:15:7: not a Kubernetes object (expected a kind, such as Pod)',
    expect.stringMatching(/^sandgate: b\.yaml:2:1: /),
    'sandgate: c.yaml:4:5: not a Kubernetes object (expected a kind, such as Pod)',
  ]);
});

test.each([
  ['-f missing.yaml', 'sandgate: missing.yaml: no such file or folder'],
  ['-f empty', 'sandgate: no Kubernetes objects in empty (expected at least one)'],
  ['-f empty -', 'sandgate: no Kubernetes objects in empty, - (expected at least one)'],
  ['-f binary.yaml', 'sandgate: binary.yaml: not a text file (expected UTF-8)'],
])('%s is a mistake', async (args, message) => {
  const folder = folderWith({
    'empty/readme.md': '',
    'binary.yaml': '',
  });
  writeFileSync(join(folder, 'binary.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
  const printed = await sandgate(folder, `check -p baseline ${args}`);
  expect(printed).toMatchObject({ code: 2, stdout: '', stderr: `${message}\n` });
});

test.each([
  'check -p baseline',
  'audit -p baseline',
  'explain -p baseline',
  'compare --from baseline --to restricted',
  'import kyverno',
])('a List whose items are not a list is a mistake, and not an object that is skipped: %s', async (command) => {
  const folder = folderWith({ 'list.yaml': 'apiVersion: v1\nkind: List\nitems: { a: 1 }\n', 'pod.yaml': BARE_POD });
  const { code, stderr } = await sandgate(folder, `${command} -f list.yaml pod.yaml`);
  expect(code).toBe(2);
  expect(stderr).toContain('list.yaml:3:8: a List whose items are an object (expected a list of objects)\n');
});

test.each(['check', 'audit', 'explain'])('an object without a name is called so by %s', async (command) => {
  const pod = 'apiVersion: v1\nkind: Pod\nspec: { hostNetwork: true, containers: [{ name: a, image: b }] }\n';
  const { stdout } = await sandgate(folderWith({ 'pod.yaml': pod }), `${command} -p baseline -f pod.yaml`);
  expect(stdout).toContain('Pod default/(without a name)  denied');
});

test('a Namespace is looked up beside workloads, and answered where it stands alone', async () => {
  const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n';
  const pod = 'apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: a }\nspec: { containers: [{ name: a }] }\n';
  const folder = folderWith({ 'ns.yaml': namespace, 'both.yaml': `${namespace}---\n${pod}` });
  const alone = await sandgate(folder, 'check -p baseline -f ns.yaml -o json');
  expect(alone.code).toBe(0);
  expect(alone.json()).toMatchObject({ results: [{ verdict: 'skipped', skipReason: 'kind-not-handled' }] });
  const both = await sandgate(folder, 'check -p baseline -f both.yaml -o json');
  expect(both.json()).toMatchObject({
    results: [{ object: { kind: 'Pod' }, verdict: 'allowed' }],
    summary: { skipped: 0 },
  });
});
