// `sandgate inject`: YAML with its comments, JSON, patches, diffs.

import { applyPatch } from 'diff';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { applyPatch as applyJsonPatch } from '../support/json-patch.ts';
import { BARE_POD, CONFIG_MAP, DEPLOYMENT, folderWith, sandgate } from './console.ts';

const FILLED = {
  spec: { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } },
};

test('YAML keeps its comments and its layout, and other objects pass through', async () => {
  const text = `# mine\n${BARE_POD}---\n${CONFIG_MAP}`;
  const printed = await sandgate(folderWith({ 'pod.yaml': text }), 'inject -p agents -f pod.yaml');
  expect(printed.code).toBe(0);
  expect(printed.stderr).toBe(
    'sandgate: pod.yaml:2: Pod bare: policy "agents": no row of the identity table matches image "nginx:1" ' +
      'of container "app"; it runs as 1000, the policy\'s default\n',
  );
  for (const line of text.split('\n')) expect(printed.stdout.split('\n')).toContain(line);
  const [pod, settings] = parseAllDocuments(printed.stdout);
  expect(pod?.toJS()).toMatchObject(FILLED);
  expect(settings?.toJS()).toEqual(parse(CONFIG_MAP));
});

test('filling in what was filled in changes nothing', async () => {
  const folder = folderWith({ 'pod.yaml': BARE_POD });
  const once = await sandgate(folder, 'inject -p agents -f pod.yaml');
  const twice = await sandgate(folder, 'inject -p agents -f -', { stdin: once.stdout });
  expect(twice.stdout).toBe(once.stdout);
  expect((await sandgate(folder, 'inject -p agents -f - -o diff', { stdin: once.stdout })).stdout).toBe('');
});

test('files are one stream of documents', async () => {
  const folder = folderWith({ 'a.yaml': CONFIG_MAP.trimEnd(), 'b.yaml': `---\n${CONFIG_MAP}`, 'c.yaml': CONFIG_MAP });
  const printed = await sandgate(folder, 'inject -p agents -f a.yaml b.yaml c.yaml');
  expect(printed.stdout).toBe(`${CONFIG_MAP}---\n${CONFIG_MAP}---\n${CONFIG_MAP}`);
});

test('-o json: one object as it is, several as a List', async () => {
  const folder = folderWith({ 'pod.yaml': BARE_POD, 'both.yaml': `${BARE_POD}---\n${CONFIG_MAP}` });
  const one = await sandgate(folder, 'inject -p agents -f pod.yaml -o json');
  expect(one.json()).toMatchObject({ kind: 'Pod', ...FILLED });
  const several = await sandgate(folder, 'inject -p agents -f both.yaml -o json');
  expect(several.json()).toMatchObject({ apiVersion: 'v1', kind: 'List', items: [FILLED, { kind: 'ConfigMap' }] });
});

test('-o patch: a line for each object, that gives what -o json gives', async () => {
  const folder = folderWith({ 'both.yaml': `${BARE_POD}---\n${CONFIG_MAP}`, 'pod.yaml': BARE_POD });
  const printed = await sandgate(folder, 'inject -p agents -f both.yaml -o patch');
  const [first = '', second = '', ...rest] = printed.stdout.split('\n');
  expect([second, rest]).toEqual(['[]', ['']]);
  const operations: unknown = JSON.parse(first);
  if (!Array.isArray(operations)) throw new Error('no patch');
  const patched = applyJsonPatch(parse(BARE_POD), operations);
  expect((await sandgate(folder, 'inject -p agents -f pod.yaml -o json')).json()).toEqual(patched);
});

test('-o diff is one that patch takes, for YAML and JSON', async () => {
  const json = `${JSON.stringify(parse(BARE_POD), null, 4)}\n`;
  const folder = folderWith({ 'deploy/pod.yaml': BARE_POD, 'deploy/pod.json': json });
  for (const [file, text] of [
    ['deploy/pod.yaml', BARE_POD],
    ['deploy/pod.json', json],
  ] as const) {
    const printed = await sandgate(folder, `inject -p agents -f ${file} -o diff`);
    expect(printed.stdout.startsWith(`--- a/${file}\n+++ b/${file}\n@@ `)).toBe(true);
    const after = applyPatch(text, printed.stdout);
    expect(parse(String(after))).toMatchObject(FILLED);
  }
});

test('JSON becomes YAML where YAML is asked for', async () => {
  const folder = folderWith({ 'pod.json': JSON.stringify(parse(BARE_POD)) });
  const printed = await sandgate(folder, 'inject -p agents -f pod.json');
  expect(printed.stdout.startsWith('apiVersion: v1\nkind: Pod\n')).toBe(true);
  expect(parse(printed.stdout)).toMatchObject(FILLED);
});

test('items of a List are filled in where they stand', async () => {
  const list = `apiVersion: v1\nkind: List\nitems:\n- ${BARE_POD.trimEnd().replaceAll('\n', '\n  ')}\n- ${CONFIG_MAP.trimEnd().replaceAll('\n', '\n  ')}\n`;
  const printed = await sandgate(folderWith({ 'list.yaml': list }), 'inject -p agents -f list.yaml');
  expect(parse(printed.stdout)).toMatchObject({ kind: 'List', items: [FILLED, { kind: 'ConfigMap' }] });
  for (const line of list.split('\n')) expect(printed.stdout.split('\n')).toContain(line);
});

test('a file with nothing to judge comes back as it is; one with nothing in it is a mistake', async () => {
  const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a } # mine\n';
  const folder = folderWith({ 'ns.yaml': namespace, 'empty.yaml': '# nothing\n' });
  expect(await sandgate(folder, 'inject -p agents -f ns.yaml')).toMatchObject({
    code: 0,
    stdout: namespace,
    stderr: '',
  });
  const empty = await sandgate(folder, 'inject -p agents -f empty.yaml');
  expect(empty).toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'sandgate: no Kubernetes objects in empty.yaml (expected at least one)\n',
  });
});

test('kinds that are left as written are said to be', async () => {
  const printed = await sandgate(folderWith({ 'web.yaml': DEPLOYMENT }), 'inject -p agents -f web.yaml');
  expect(printed).toMatchObject({
    code: 0,
    stdout: DEPLOYMENT,
    stderr:
      'sandgate: web.yaml:1: Deployment web is left as written; its pods are filled in when they are created (--controllers fills it in here)\n',
  });
});
