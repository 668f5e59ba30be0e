// YAML as people and tools write it. What kubectl reads stands beside each case, as kubectl 1.32 printed it for the same text
// (`kubectl label --local -f FILE a=b -o json`): a verdict on anything else is refused.
import { describe, expect, test } from 'vitest';
import { folderWith, sandgate } from './console.ts';

const HEAD = 'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\n';
const POD = `${HEAD}spec:\n  containers:\n    - name: app\n      image: nginx:1\n`;

/** What `check` makes of a text: exit code, verdicts, and the first complaint. */
async function checked(text: string): Promise<{ code: number; verdicts: string[]; stderr: string }> {
  const printed = await sandgate(folderWith({ 'a.yaml': text }), 'check -p baseline -f a.yaml');
  const verdicts = [...printed.stdout.matchAll(/^Pod \S+ {2}(\w+)/gm)].map((match) => match[1] ?? '');
  return { code: printed.code, verdicts, stderr: printed.stderr };
}

describe('is read as kubectl reads it', () => {
  test.each<[string, string, readonly string[]]>([
    ['Windows line ends', POD.replaceAll('\n', '\r\n'), ['allowed']],
    ['a byte order mark', `\uFEFF${POD}  hostNetwork: true\n`, ['denied']],
    ['byte order marks of files put together', `${POD}---\n\uFEFF${POD}  hostNetwork: true\n`, ['allowed', 'denied']],
    ['documents of comments', `# a\n---\n# b\n---\n${POD}---\n\n---\n# c\n`, ['allowed']],
    ['a separator with a comment', `${POD}--- # second\n${POD}`, ['allowed', 'allowed']],
    ['null documents', `null\n---\n~\n---\n${POD}`, ['allowed']],
    ['an end of document', `${POD}...\n---\n${POD}...\n`, ['allowed', 'allowed']],
    ['tabs between a key and its value', POD.replace('name: app', 'name:\tapp\t# tab'), ['allowed']],
    ['yes', `${POD}  hostNetwork: yes\n`, ['denied']],
    ['ON', `${POD}  hostNetwork: ON\n`, ['denied']],
    ['y', `${POD}  hostNetwork: y\n`, ['denied']],
    ['off', `${POD}  hostNetwork: off\n`, ['allowed']],
    ['an anchor', `${HEAD}x: &on true\nspec: { hostNetwork: *on, containers: [] }\n`, ['denied']],
    ['a merge', `${HEAD}x: &x { hostNetwork: true }\nspec: { <<: *x, containers: [] }\n`, ['denied']],
    ['a key after a merge', `${HEAD}x: &x { hostNetwork: true }\nspec: { <<: *x, hostNetwork: false }\n`, ['allowed']],
    ['a list of merges', `${HEAD}x: &x { hostPID: true }\nspec: { <<: [{ hostPID: false }, *x] }\n`, ['allowed']],
  ])('YAML is read as kubectl reads it: %s', async (_, text, verdicts) => {
    const read = await checked(text);
    expect(read).toEqual({ code: verdicts.includes('denied') ? 1 : 0, verdicts: [...verdicts], stderr: '' });
  });
});

describe('is refused with its place', () => {
  const MERGED =
    'is also among the keys that a later << merges in, and kubectl takes that one (expected << first, and once)';
  test.each<[string, string, string]>([
    // kubectl: privileged is true.
    [
      'a merge after a key that it has, too',
      `${HEAD}x: &x { privileged: true }\nspec:\n  containers:\n    - name: a\n      securityContext:\n        privileged: false\n        <<: *x\n`,
      `:9:9: "privileged" ${MERGED}`,
    ],
    // kubectl: hostPID is true, of the second; by the specification of YAML it is that of the first.
    [
      'two merges of one key',
      `${HEAD}x: &x { hostPID: false }\ny: &y { hostPID: true }\nspec:\n  <<: *x\n  <<: *y\n`,
      `:7:3: "hostPID" ${MERGED}`,
    ],
    [
      'a merge of a merge',
      `${HEAD}x: &x { hostPID: true }\ny: &y { <<: *x }\nspec: { hostPID: false, <<: *y }\n`,
      `:6:9: "hostPID" ${MERGED}`,
    ],
    // kubectl: anchor 's' value contains itself.
    [
      'what contains itself',
      `${HEAD}spec: &s\n  hostPID: false\n  x: [*s]\n`,
      ':6:7: *s stands for something that contains it, without end (expected an alias of something else)',
    ],
    ['a merge of itself', `${HEAD}spec: &s\n  hostPID: false\n  <<: *s\n`, ':1:1: Excessive alias count'],
    // kubectl: unsupported map key, invalid map key.
    ['a key without a name', `${HEAD}x: { ~: 1 }\n`, ':4:4: a key without a name (expected a string)'],
    // kubectl: the mark is part of the key, which is unknown then.
    [
      'a byte order mark inside a document',
      `${HEAD}\uFEFFspec: { hostNetwork: true }\n`,
      ':4:1: a byte order mark in a key (expected one before a document, or none)',
    ],
    ['a list as a key', `${HEAD}x: { [a]: 1 }\n`, ':4:4: a list or a map is used as a key (expected a string)'],
    // kubectl: json: unsupported value: +Inf.
    ['infinity', `${HEAD}x: .inf\n`, ':4:4: .inf is not a number that JSON has (expected quotes around a string)'],
    ['a power beyond all numbers', `${HEAD}x: [1e400]\n`, ':4:5: 1e400 is not a number that JSON has'],
    // kubectl takes the last, and the API server warns of it.
    ['a key given twice', `${POD}  hostPID: true\n  hostPID: false\n`, ':9:3: Map keys must be unique'],
    ['tabs as indentation', 'apiVersion: v1\nmetadata:\n\tname: a\n', ':3:1: Tabs are not allowed as indentation'],
    ['an alias of nothing', `${HEAD}spec: *s\n`, ':1:1: Unresolved alias'],
    ['aliases of aliases', `${bomb()}${POD}`, ':1:1: Excessive alias count'],
    ['what is nested for ever', `${POD}x: ${'['.repeat(5000)}${']'.repeat(5000)}\n`, ': nested too deeply to be read'],
  ])('YAML is refused with its place: %s', async (_, text, message) => {
    const { code, verdicts, stderr } = await checked(text);
    expect([code, verdicts]).toEqual([2, []]);
    expect(stderr).toContain('sandgate: a.yaml:');
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});

test('what contains itself is refused in a suite, too', async () => {
  const suite = `apiVersion: sandgate.dev/v1alpha1
kind: PolicyTest
metadata: { name: t }
spec:
  policies: [baseline]
  cases:
    - name: endless
      object: { apiVersion: v1, kind: Pod, spec: &s { x: *s } }
      expect: { verdict: allowed }
`;
  const printed = await sandgate(folderWith({ 'suite.yaml': suite }), 'test suite.yaml');
  expect(printed).toMatchObject({ code: 2, stdout: '' });
  expect(printed.stderr).toContain('sandgate: suite.yaml:8:58: *s stands for something that contains it');
});

test('one mistake that confuses the reader does not fill the screen', async () => {
  const { code, stderr } = await checked(`${POD}x: { a\n${'b: [c, d\n'.repeat(500)}`);
  expect(code).toBe(2);
  const lines = stderr.trimEnd().split('\n');
  expect(lines.length).toBe(6);
  expect(lines.at(-1)).toMatch(/^sandgate: a\.yaml: and \d+ more, which may follow from these$/);
});

test.each([
  ['a control structure', `${POD}{{- if .Values.x }}\n  hostPID: true\n{{- end }}\n`],
  ['a value', POD.replace('nginx:1', '{{ .Values.image }}')],
])('a template is said to look like one: %s', async (_, text) => {
  const { code, stderr } = await checked(text);
  expect(code).toBe(2);
  expect(stderr).toContain(
    'sandgate: a.yaml: contains {{, so it may be a template (expected rendered manifests, such as `helm template` prints)\n',
  );
});

describe('a kind that no cluster has is not passed over in silence', () => {
  test.each([
    ['v1', 'pod', 'did you mean Pod of v1?'],
    ['v1', 'Pods', 'did you mean Pod of v1?'],
    ['extensions/v1beta1', 'Deployment', 'did you mean Deployment of apps/v1?'],
    ['v1', 'Deployment', 'did you mean Deployment of apps/v1?'],
    ['apps/v1', 'Job', 'did you mean Job of batch/v1?'],
    ['batch/v1', 'Cronjob', 'did you mean CronJob of batch/v1?'],
  ])('the unknown kind %s %s is reported with a hint', async (apiVersion, kind, hint) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a }\n`;
    const printed = await sandgate(folderWith({ 'a.yaml': text }), 'check -p baseline -f a.yaml -o json');
    expect(printed.code).toBe(0);
    expect(printed.json()).toMatchObject({
      results: [{ verdict: 'skipped', warnings: [`Kubernetes has no kind ${kind} in ${apiVersion} (${hint})`] }],
    });
  });

  test.each([
    ['batch.volcano.sh/v1alpha1', 'Job'],
    ['argoproj.io/v1alpha1', 'Rollout'],
    ['v1', 'Service'],
  ])('no hint is given for %s %s, which may exist', async (apiVersion, kind) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a }\n`;
    const printed = await sandgate(folderWith({ 'a.yaml': text }), 'check -p baseline -f a.yaml -o json');
    expect(printed.json()).toMatchObject({ results: [{ verdict: 'skipped', warnings: [] }] });
  });
});

/** A thousand million of them, in ten lines. */
function bomb(): string {
  const lines = ['a0: &a0 [x, x]'];
  for (let level = 1; level < 10; level++) {
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
  }
  return `${lines.join('\n')}\n`;
}
