// JSON as tools print it: kubectl, jq, PowerShell; and YAML that is made of it.
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ownField } from '../../src/model/json.ts';
import { folderWith, sandgate } from './console.ts';

function pod(name: string, spec: object = {}): object {
  const containers = [{ name: 'app', image: 'nginx:1' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers, ...spec } };
}

const ALLOWED = pod('a');
const DENIED = pod('b', { hostNetwork: true });

/** Several objects, one after the other, as `kubectl -o json`, `jq -c` and `jq` print them. */
const STREAMS: readonly (readonly [string, string, number, number])[] = [
  ['on lines', `${JSON.stringify(ALLOWED)}\n${JSON.stringify(DENIED)}\n`, 2, 2],
  ['over lines', `${JSON.stringify(ALLOWED, null, 4)}\n${JSON.stringify(DENIED, null, 4)}\n`, 16, 29],
  ['without anything between them', JSON.stringify(ALLOWED) + JSON.stringify(DENIED), 1, 1],
  ['with Windows line ends', `${JSON.stringify(ALLOWED)}\r\n\r\n${JSON.stringify(DENIED)}\r\n`, 3, 3],
];

describe.each(STREAMS)('JSON objects %s', (_, text, line, fieldLine) => {
  test('are judged one by one, each with its place', async () => {
    const printed = await sandgate(folderWith({ 'a.json': text }), 'check -p baseline -f a.json -o json');
    expect(printed).toMatchObject({ code: 1, stderr: '' });
    expect(printed.json()).toMatchObject({
      results: [
        { object: { name: 'a' }, source: { file: 'a.json', document: 1, line: 1 }, verdict: 'allowed' },
        { object: { name: 'b' }, source: { file: 'a.json', document: 2, line }, verdict: 'denied' },
      ],
    });
    const words = await sandgate(folderWith({ 'a.json': text }), 'check -p baseline -f a.json');
    expect(words.stdout).toContain(`where spec.hostNetwork  a.json:${fieldLine}\n`);
  });

  test('are filled in one by one', async () => {
    const folder = folderWith({ 'a.json': text });
    const list = (await sandgate(folder, 'inject -p agents -f a.json -o json')).json();
    expect(list).toMatchObject({ kind: 'List', items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] });
    const yaml = await sandgate(folder, 'inject -p agents -f a.json');
    const read: unknown[] = [];
    for (const document of parseAllDocuments(yaml.stdout)) read.push(document.toJS());
    expect(read).toEqual(ownField(list, 'items'));
    const again = await sandgate(folder, 'inject -p agents -f -', { stdin: yaml.stdout });
    expect(again.stdout).toBe(yaml.stdout);
    const patches = await sandgate(folder, 'inject -p agents -f a.json -o patch');
    expect(patches.stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  test('are not what a diff is made of', async () => {
    const printed = await sandgate(folderWith({ 'a.json': text }), 'inject -p agents -f a.json -o diff');
    expect(printed).toMatchObject({ code: 2, stdout: '' });
    expect(printed.stderr).toMatch(
      /^sandgate: a\.json: -o diff cannot print several JSON objects of one file \(expected -o yaml, json\b.* or \w+\)\n$/,
    );
  });
});

test.each([
  [
    'the same key twice',
    '{"apiVersion":"v1","kind":"Pod","spec":{"hostPID":true,"hostPID":false}}',
    'Map keys must be',
  ],
  ['a list of objects', `[${JSON.stringify(DENIED)}]`, 'a.json:1:1: not a Kubernetes object'],
  ['objects with commas between them', `${JSON.stringify(ALLOWED)},\n${JSON.stringify(DENIED)}`, 'a.json:1:'],
  ['a text that has no end', '{"apiVersion": "v1}\n{"kind": "Pod"}', 'a.json:'],
  ['deep nesting', JSON.stringify(ALLOWED).replace('{', `{"x":${nested(5000)},`), 'nested too deeply to be read'],
  [
    'deep nesting of several',
    JSON.stringify(ALLOWED)
      .repeat(2)
      .replace('{', `{"x":${nested(600)},`),
    'a.json:1:1: nested',
  ],
  [
    'deep nesting in much',
    JSON.stringify(ALLOWED).replace('{', `{"x":${nested(600_000)},`),
    'nested more than 500 levels',
  ],
])('is refused: %s', async (_, text, message) => {
  for (const command of ['check -p baseline', 'inject -p agents -o json']) {
    const printed = await sandgate(folderWith({ 'a.json': text }), `${command} -f a.json`);
    expect(printed).toMatchObject({ code: 2, stdout: '' });
    expect(printed.stderr).toContain(message);
    expect(printed.stderr).not.toMatch(/^ {4}at /m);
  }
});

test('what looks like JSON and is several YAML documents is read as YAML', async () => {
  const text = `{apiVersion: v1, kind: Pod, metadata: {name: "{"}}\n---\n${JSON.stringify(DENIED)}\n`;
  const printed = await sandgate(folderWith({ 'a.json': text }), 'check -p baseline -f a.json -o json');
  expect(printed.json()).toMatchObject({ summary: { allowed: 1, denied: 1 } });
});

test('texts that YAML 1.1 takes for something else are in quotes in the YAML made of them', async () => {
  const texts = [
    'yes',
    'no',
    'on',
    'y',
    'N',
    'off',
    'OFF',
    '0644',
    '1e3',
    '1:30',
    '0x1F',
    '0b1',
    '1_000',
    '~',
    '.inf',
    '',
  ];
  const labels = Object.fromEntries(texts.map((text, index) => [`k${index}`, text]));
  const json = JSON.stringify({ ...pod('a'), metadata: { name: 'a', labels } });
  const folder = folderWith({ 'a.json': json });
  const yaml = await sandgate(folder, 'inject -p agents -f a.json');
  const [document] = parseAllDocuments(yaml.stdout, { version: '1.1' });
  const read: unknown = document?.toJS();
  expect(ownField(ownField(read, 'metadata'), 'labels')).toEqual(labels);
});

function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

test('a key written with an escape is read as kubectl reads it, whatever came before it', async () => {
  const text = [1, 2, 3]
    .map((number) => JSON.stringify(pod(`p${number}`, { hostNetwork: true })))
    // V8 takes the third one for the others' (nodejs/node#63785).
    .map((line, index) =>
      line.replace('hostNetwork', index < 2 ? String.raw`hostNetwor\\` : String.raw`hostNetwor\u006b`),
    );
  const printed = await sandgate(folderWith({ 'a.json': text.join('\n') }), 'check -p baseline -f a.json -o json');
  expect(printed.json()).toMatchObject({
    results: [{ verdict: 'allowed' }, { verdict: 'allowed' }, { object: { name: 'p3' }, verdict: 'denied' }],
  });
});
