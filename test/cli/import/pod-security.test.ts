// Pod Security labels of namespaces, imported.
import { expect, test } from 'vitest';
import { folderWith, sandgate } from '../console.ts';
import { fieldAt, imported, notes, objectsIn, pod } from './imports.ts';

function namespace(name: string, labels: Readonly<Record<string, string>>): string {
  const all = Object.entries(labels).map(([key, value]) => `    pod-security.kubernetes.io/${key}: ${value}\n`);
  return `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n  labels:\n    a: b\n${all.join('')}---\n`;
}

const NAMESPACES = [
  namespace('team-a', { enforce: 'baseline', warn: 'restricted', 'warn-version': 'v1.30' }),
  namespace('team-b', { enforce: 'baseline' }),
  namespace('team-c', { enforce: 'privileged', audit: 'restricted' }),
  namespace('team-d', { enforce: 'basline', 'enforce-versoin': 'v1.30' }),
  namespace('plain', {}),
].join('');

test('each mode, level and version is a policy for the namespaces that ask for it', async () => {
  const labels = await imported('pod-security', NAMESPACES);
  const found = labels.specs.map((spec, index) => [labels.names[index], spec.validationActions, namespacesOf(spec)]);
  expect(found).toEqual([
    ['pod-security-enforce-baseline-latest', ['Deny'], ['team-a', 'team-b']],
    ['pod-security-warn-restricted-v1.30', ['Warn'], ['team-a']],
    ['pod-security-warn-baseline-latest', ['Warn'], ['team-b']],
    ['pod-security-audit-restricted-latest', ['Audit'], ['team-c']],
    ['pod-security-enforce-restricted-latest', ['Deny'], ['team-d']],
  ]);
});

function namespacesOf(spec: object): unknown {
  const [requirement] = objectsIn(fieldAt(spec, 'match', 'namespaceSelector', 'matchExpressions'));
  return requirement?.values;
}

test('pods are judged as the API server judges them by the labels', async () => {
  const labels = await imported('pod-security', NAMESPACES);
  const privileged = { securityContext: { privileged: true } };
  const judge = async (name: string, container: object) => {
    const { verdict, findings } = await labels.judge(pod({}, container, { namespace: name }));
    return [verdict, [...new Set(findings.map(({ action }) => action))].toSorted()];
  };
  expect(await judge('team-a', privileged)).toEqual(['denied', ['Deny', 'Warn']]);
  expect(await judge('team-a', {})).toEqual(['allowed', ['Warn']]);
  expect(await judge('team-b', {})).toEqual(['allowed', []]);
  expect(await judge('team-c', privileged)).toEqual(['allowed', ['Audit']]);
  expect(await judge('team-d', {})).toEqual(['denied', ['Deny']]);
  expect(await judge('plain', privileged)).toEqual(['skipped', []]);
});

test('labels that Kubernetes cannot read, and namespaces without any, are reported', async () => {
  expect(
    notes(await imported('pod-security', `${NAMESPACES}apiVersion: v1\nkind: Pod\nmetadata: { name: p }\n`)),
  ).toEqual([
    'metadata.labels["pod-security.kubernetes.io/enforce"]: the level privileged asks for nothing [none]',
    'metadata.labels["pod-security.kubernetes.io/enforce-versoin"]: Kubernetes has no such label [none]',
    'metadata.labels: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "basline": must be one of privileged, baseline, restricted; carried over as Kubernetes takes it [none]',
    'metadata.labels: it has no pod-security.kubernetes.io labels: what the API server is configured with for such namespaces is not in the API [laxer]',
    ': not a Namespace [none]',
  ]);
});

test('text goes to stderr with the file and the line, and only policies to stdout', async () => {
  const cwd = folderWith({ 'ns.yaml': namespace('team-a', { audit: 'baseline', enforce: 'privileged' }) });
  const { code, stdout, stderr } = await sandgate(cwd, 'import pod-security -f ns.yaml');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^# Imported from ns\.yaml:1, Namespace team-a\.\napiVersion: sandgate\.dev\/v1alpha1\n/);
  expect(stderr).toBe(
    'sandgate: ns.yaml:8: Namespace team-a: metadata.labels["pod-security.kubernetes.io/enforce"]: the level privileged asks for nothing (no difference to verdicts)\n' +
      'sandgate: 1 policy, 1 note on what was not carried over as it was\n',
  );
});

test('--strict exits with 2 where the policies are laxer than what they come from, and nothing to write does', async () => {
  const cwd = folderWith({
    'ns.yaml': namespace('a', { enforce: 'baseline' }) + namespace('b', {}),
    'b.yaml': namespace('b', {}),
  });
  expect((await sandgate(cwd, 'import pod-security -f ns.yaml')).code).toBe(0);
  expect((await sandgate(cwd, 'import pod-security -f ns.yaml --strict')).code).toBe(2);
  expect((await sandgate(cwd, 'import pod-security -f b.yaml')).code).toBe(2);
});

test.each([
  ['import psa -f ns.yaml', 'nothing to import from is called "psa" (expected one of pod-security, kyverno,'],
  ['import pod-security', 'no manifests given (expected -f with a file, a folder or -)'],
  ['import pod-security -f none.yaml', 'none.yaml: no such file or folder'],
  ['import pod-security -f ns.yaml --home /home/x', '--home says nothing about pod-security'],
  ['import gatekeeper --kubeconfig x', '--kubeconfig cannot be used with gatekeeper (expected -f)'],
  ['import pod-security --kubeconfig none', 'none: there is no such file (expected a kubeconfig)'],
  ['import nanoclaw -f ns.yaml --home x', '--home x (expected an absolute path)'],
])('a mistake in the command line is said: %s', async (line, message) => {
  const { code, stderr } = await sandgate(folderWith({ 'ns.yaml': namespace('a', {}) }), line);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
