// Everything that reads files reads them alike: each odd text gives the same documents everywhere, or the same words.
// What kubectl makes of these texts is written beside those where it matters (kubectl 1.32, `kubectl label --local -f FILE`).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { policiesFrom } from '../../src/cli/policies.ts';
import { ownField } from '../../src/model/json.ts';
import { folderWith, LABEL_POLICY, type Printed, sandgate } from '../cli/console.ts';
import { inLongTests } from '../support/long-tests.ts';

/** A document of the kind that a reader takes: four lines that all kinds share, and one of its own. */
interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** The last line; it may belong to the metadata. */
  readonly last: (name: string) => string;
}

/** Names of the documents that were read, or what was said instead. */
type Outcome = { readonly names: readonly string[] } | { readonly words: readonly string[] };

/** Something that reads a file. */
interface Reader {
  readonly kind: Kind;
  /** Reads `FILE` in a folder that also has policy.yaml, by-label.yaml and pods.yaml. */
  readonly read: (folder: string) => Promise<Outcome>;
  /** What it says of a file without documents; undefined where that is nothing unusual. */
  readonly ofNothing: string | undefined;
  /** What it says of two documents where it takes one. */
  readonly ofTwo?: string;
}

const FILE = 'odd.yaml';
const CONFIG_MAP: Kind = { apiVersion: 'v1', kind: 'ConfigMap', last: () => 'data: {"a": "b"}' };
const NAMESPACE: Kind = { apiVersion: 'v1', kind: 'Namespace', last: () => '  labels: {"tier": "agents"}' };
const POLICY: Kind = {
  apiVersion: 'sandgate.dev/v1alpha1',
  kind: 'IsolationPolicy',
  last: () => 'spec: {"podSecurity": {"level": "baseline"}}',
};
const SUITE: Kind = {
  apiVersion: 'sandgate.dev/v1alpha1',
  kind: 'PolicyTest',
  last: () =>
    'spec: {"policies": ["baseline"], "cases": [{"name": "one", "object": {"apiVersion": "v1", "kind": "Secret"}, "expect": {"verdict": "skipped"}}]}',
};
const REVIEW: Kind = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  last: (name) =>
    `request: {"uid": "${name.replace('&name ', '')}", "operation": "CREATE", "kind": {"group": "", "version": "v1", "kind": "Secret"}, "resource": {"group": "", "version": "v1", "resource": "secrets"}, "userInfo": {}, "object": {}}`,
};

function wordsOf({ stderr }: Printed): Outcome {
  return {
    words: stderr
      .trimEnd()
      .split('\n')
      .map((line) => line.replace('sandgate: ', '')),
  };
}

/** The names at a path of every member of a list in JSON that was printed. */
function namesIn(json: unknown, list: string, ...path: readonly string[]): Outcome {
  const members = ownField(json, list);
  const all: readonly unknown[] = Array.isArray(members) ? members : [json];
  return { names: all.map((member) => String(path.reduce<unknown>(ownField, member))) };
}

function commandOn(kind: Kind, args: string, names: (printed: Printed) => Outcome, ofNothing?: string): Reader {
  const read = async (folder: string): Promise<Outcome> => {
    const printed = await sandgate(folder, args);
    return printed.code === 2 ? wordsOf(printed) : names(printed);
  };
  return { kind, read, ofNothing };
}

const READERS: Readonly<Record<string, Reader>> = {
  'check -f': commandOn(
    CONFIG_MAP,
    `check -p baseline -f ${FILE} -o json`,
    (printed) => namesIn(printed.json(), 'results', 'object', 'name'),
    `no Kubernetes objects in ${FILE} (expected at least one)`,
  ),
  'inject -f': commandOn(
    CONFIG_MAP,
    `inject -p baseline -f ${FILE} -o json`,
    (printed) => namesIn(printed.json(), 'items', 'metadata', 'name'),
    `no Kubernetes objects in ${FILE} (expected at least one)`,
  ),
  // Namespaces that were read have the label that the policy asks for, and a privileged pod each.
  '--context': commandOn(NAMESPACE, `check -p by-label.yaml -f pods.yaml --context ${FILE}`, ({ stdout }) => ({
    // What is said of several pods is said once, and the others are named below.
    names: [...stdout.matchAll(/^(?:Pod (\S+)\/p {2}denied| {2}same {3}Pod (\S+)\/p )/gm)].map(
      (match) => match[1] ?? match[2] ?? '',
    ),
  })),
  '-p': {
    kind: POLICY,
    ofNothing: `${FILE}:1:1: no policy found (expected at least one IsolationPolicy)`,
    read: async (folder) => {
      const printed = await sandgate(folder, `check -p ${FILE} -f pods.yaml`);
      if (printed.code === 2) return wordsOf(printed);
      const io = { cwd: folder, stderr: { write: () => true } };
      const { policies } = await policiesFrom([FILE], { ...UNUSED_IO, ...io });
      return { names: policies.map((policy) => policy.name) };
    },
  },
  test: commandOn(
    SUITE,
    `test ${FILE}`,
    ({ stdout }) => ({ names: [...stdout.matchAll(/^(\S+) {2}odd\.yaml$/gm)].map((match) => match[1] ?? '') }),
    `no test suite in ${FILE} (expected kind PolicyTest)`,
  ),
  'review -f': {
    ...commandOn(REVIEW, `review -p baseline -f ${FILE}`, (printed) =>
      namesIn(ownField(printed.json(), 'response'), 'none', 'uid'),
    ),
    ofNothing: `${FILE}: 0 documents (expected one AdmissionReview)`,
    ofTwo: `${FILE}: 2 documents (expected one AdmissionReview)`,
  },
};

const UNUSED_IO = {
  stdin: { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: '' } as const) }) },
  stdout: { write: () => true },
  env: {},
  stdoutIsTTY: false,
  stderrIsTTY: false,
};

function yamlOf({ apiVersion, kind, last }: Kind, name: string): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n${last(name)}\n`;
}

function jsonOf({ apiVersion, kind, last }: Kind, name: string): string {
  const line = last(name);
  const own = `"${line.trim().replace(':', '":')}`;
  const metadata = line.startsWith(' ') ? `{"name": "${name}", ${own}}` : `{"name": "${name}"}, ${own}`;
  return `{"apiVersion": "${apiVersion}", "kind": "${kind}", "metadata": ${metadata}}`;
}

type Written = (yaml: (name: string) => string, json: (name: string) => string) => string | Uint8Array;

const MARK = '\uFEFF';
const DOCUMENTS: readonly (readonly [name: string, written: Written, names: readonly string[]])[] = [
  ['a byte order mark', (yaml) => MARK + yaml('a'), ['a']],
  ['two byte order marks', (yaml) => MARK + MARK + yaml('a'), ['a']],
  ['a byte order mark before the second document', (yaml) => `${yaml('a')}---\n${MARK}${yaml('b')}`, ['a', 'b']],
  [
    'one after a separator with a comment',
    (yaml) => `---\n${MARK}${yaml('a')}--- # b\n${MARK}${yaml('b')}`,
    ['a', 'b'],
  ],
  ['one in a file of Windows', (yaml) => `${yaml('a')}---\n${MARK}${yaml('b')}`.replaceAll('\n', '\r\n'), ['a', 'b']],
  ['a byte order mark before JSON', (_, json) => MARK + json('a'), ['a']],
  ['Windows line ends', (yaml) => `${yaml('a')}---\n${yaml('b')}`.replaceAll('\n', '\r\n'), ['a', 'b']],
  ['Windows line ends in JSON', (_, json) => `${json('a').replaceAll(', ', ',\r\n')}\r\n`, ['a']],
  ['a tab before a comment', (yaml) => yaml('a').replace('metadata:', 'metadata:\t# tab'), ['a']],
  ['an anchor', (yaml) => yaml('&name a'), ['a']],
  ['a separator and nothing else', () => '---\n', []],
  ['a comment and nothing else', () => '# nothing\n', []],
  ['nothing', () => '', []],
  ['an end of document', (yaml) => `${yaml('a')}...\n`, ['a']],
  ['a document after another one that ended', (yaml) => `${yaml('a')}...\n---\n${yaml('b')}...\n`, ['a', 'b']],
  ['empty documents', (yaml) => `---\n---\n# none\n---\n${yaml('a')}---\n`, ['a']],
  ['JSON', (_, json) => json('a'), ['a']],
  ['a comment of YAML in JSON', (_, json) => json('a').replace('{', '{ # comment\n'), ['a']],
  ['JSON objects one after the other', (_, json) => `${json('a')}\n${json('b')}\n`, ['a', 'b']],
  ['JSON documents', (_, json) => `${json('a')}\n---\n${json('b')}\n`, ['a', 'b']],
  ['an escaped key in JSON', (_, json) => json('a').replace('"kind"', '"\\u006bind"'), ['a']],
  ['JSON of 1.5 MB', (_, json) => json('a') + ' '.repeat(1_500_000), ['a']],
];

const WORDS: readonly (readonly [name: string, written: Written, words: string])[] = [
  [
    'tabs as indentation',
    (yaml) => yaml('a').replace('  name', '\tname'),
    `${FILE}:4:1: Tabs are not allowed as indentation`,
  ],
  // kubectl takes the last.
  ['a key twice', (yaml) => yaml('a').replace('\n', '\napiVersion: v2\n'), `${FILE}:2:1: Map keys must be unique`],
  [
    'an alias of nothing',
    (yaml) => yaml('*a'),
    `${FILE}:1:1: Unresolved alias (the anchor must be set before the alias): a`,
  ],
  [
    'comments of JavaScript in JSON',
    (_, json) => json('a').replace('{', '{ // comment\n'),
    `${FILE}:1:3: a comment in JSON, which has none (expected # in YAML)`,
  ],
  ['NUL', (yaml) => yaml('"a\0"'), `${FILE}:4:11: a control character, U+0000 (expected text in UTF-8)`],
  ['DEL', (yaml) => `# \u007f\n${yaml('a')}`, `${FILE}:1:3: a control character, U+007F (expected text in UTF-8)`],
  // To kubectl the comment ends there, and the next key counts.
  [
    'a line separator in a comment',
    (yaml) => `# \u2028hidden: true\n${yaml('a')}`,
    `${FILE}:1:3: U+2028 is a line break for kubectl (expected a line feed, or an escape in double quotes)`,
  ],
  [
    'a carriage return in a comment',
    (yaml) => `${yaml('a')}# \rhidden: true\n`,
    `${FILE}:6:3: U+000D is a line break for kubectl (expected a line feed, or an escape in double quotes)`,
  ],
  [
    'Latin-1',
    (yaml) => Buffer.from(`# caf\u00E9\n${yaml('a')}`, 'latin1'),
    `${FILE}: not a text file (expected UTF-8)`,
  ],
  ['UTF-16', (yaml) => Buffer.from(MARK + yaml('a'), 'utf16le'), `${FILE}: the text is in UTF-16 (expected UTF-8)`],
  [
    'UTF-16 without a mark',
    (yaml) => Buffer.from(yaml('a'), 'utf16le'),
    `${FILE}:1:2: a control character, U+0000 (expected text in UTF-8)`,
  ],
  [
    'what is nested for ever',
    (yaml) => `${yaml('a')}x: ${'['.repeat(5000)}${']'.repeat(5000)}\n`,
    ': nested too deeply to be read',
  ],
  [
    'JSON nested in more than 500 levels',
    (_, json) => `${json('a')}${json('b').replace('{', `{"x": ${'['.repeat(600)}${']'.repeat(600)}, `)}`,
    'nested more than 500 levels deep',
  ],
];

/** A pod that no level but privileged allows. */
function unsafePod(namespace: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ${namespace}}\nspec: {hostNetwork: true, containers: [{name: a}]}\n`;
}

/** The folder in which a reader reads. */
function folderFor(text: string | Uint8Array): string {
  const folder = folderWith({ 'by-label.yaml': LABEL_POLICY, 'pods.yaml': `${unsafePod('a')}---\n${unsafePod('b')}` });
  writeFileSync(join(folder, FILE), text);
  return folder;
}

describe.each(Object.entries(READERS))('%s reads', (_, reader) => {
  const yaml = (name: string): string => yamlOf(reader.kind, name);
  const json = (name: string): string => jsonOf(reader.kind, name);

  test.each(DOCUMENTS)('these documents of a file: %s', async (_name, written, names) => {
    const expected: Outcome = { names };
    const insteadOfTwo = names.length === 2 && reader.ofTwo !== undefined ? { words: [reader.ofTwo] } : expected;
    const insteadOfNone =
      names.length === 0 && reader.ofNothing !== undefined ? { words: [reader.ofNothing] } : insteadOfTwo;
    expect(await reader.read(folderFor(written(yaml, json)))).toEqual(insteadOfNone);
  });

  test.each(WORDS)('refuses in words a file with: %s', async (_name, written, words) => {
    const outcome = await reader.read(folderFor(written(yaml, json)));
    // A policy with such a mistake may have others, which come first.
    expect('words' in outcome ? outcome.words.join('\n') : outcome).toContain(words);
  });
});

/** In the long tests what no editor opens any more; elsewhere several times what is read without a syntax tree. */
const LARGE_MB = inLongTests(50, 5);

test.each(['check -f', '-p'])(`%s reads ${LARGE_MB} MB of JSON`, async (name) => {
  const reader = READERS[name];
  if (!reader) throw new Error('no such reader');
  const text = jsonOf(reader.kind, 'a').replace(
    '"metadata": {',
    `"metadata": {"annotations": {"note": "${'x'.repeat(LARGE_MB * 1_000_000)}"}, `,
  );
  expect(await reader.read(folderFor(text))).toEqual({ names: ['a'] });
});

describe('there is one reader', () => {
  const src = resolve(import.meta.dirname, '../../src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const thatHave = (pattern: RegExp): string[] =>
    files.filter((name) => pattern.test(readFileSync(join(src, name), 'utf8'))).toSorted();

  test('of YAML; a kubeconfig is not a manifest', () => {
    const imports = /\bimport \{[^}]*\b(?:parse|parseDocument|parseAllDocuments|Parser|Composer)\b[^}]*\} from 'yaml'/;
    expect(thatHave(imports)).toEqual(['cluster/api/kubeconfig.ts', 'manifests/yaml.ts']);
  });

  test('one file of src/manifests alone does I/O', () => {
    expect(thatHave(/ from 'node:/).filter((name) => name.startsWith('manifests/'))).toEqual(['manifests/files.ts']);
  });
});
