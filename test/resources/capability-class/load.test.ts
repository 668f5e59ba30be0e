// Classes and policies in the same sources: what becomes of them together.
import { expect, test } from 'vitest';
import { formatProblem } from '../../../src/manifests/source.ts';
import { type LoadOptions, loadPolicies } from '../../../src/resources/load.ts';
import { classYaml, HEAD, POLICY } from './class-files.ts';

const ENV = 'grant: { env: [{ name: A, value: x }] }';
const DOCKER = classYaml(`    - { name: rootless, when: has(pod.spec.hostUsers), ${ENV} }
    - { name: fargate, when: has(pod.spec.nodeName), reject: use landjail }
    - { name: privileged, ${ENV} }
`);

function load(texts: readonly string[], options?: LoadOptions): ReturnType<typeof loadPolicies> {
  return loadPolicies(
    texts.map((text, index) => ({ file: `${index + 1}.yaml`, text })),
    options,
  );
}

function problems(texts: readonly string[], options?: LoadOptions): readonly string[] {
  const result = load(texts, options);
  return result.ok ? [] : result.problems.map(formatProblem);
}

function policyWith(capabilities: string): string {
  return POLICY.replace('spec: { harden: baseline }', `spec:\n  capabilities: ${capabilities}`);
}

/** A class as JSON. */
function document(name: string): object {
  return {
    apiVersion: 'sandgate.dev/v1alpha1',
    kind: 'CapabilityClass',
    metadata: { name },
    spec: { implementations: [{ name: 'a', grant: { env: [{ name: 'A' }] } }] },
  };
}

function named(name: string): string {
  return DOCKER.replace('name: docker', `name: ${name}`);
}

test('a class beside policies, in one file or another, before or after them', () => {
  for (const texts of [[DOCKER, POLICY], [POLICY, DOCKER], [`${POLICY}---\n${DOCKER}`]]) {
    const result = load(texts);
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
    expect([...result.policies.classes.keys()]).toEqual(['docker']);
    expect(result.policies.policies.map((policy) => policy.name)).toEqual(['agents']);
  }
});

test('classes in lists', () => {
  const result = load([
    POLICY,
    JSON.stringify(
      { apiVersion: 'sandgate.dev/v1alpha1', kind: 'CapabilityClassList', items: [document('b')] },
      null,
      1,
    ),
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [document('c')] }),
  ]);
  expect(result.ok ? [...result.policies.classes.values()].map(({ name, origin }) => `${name} ${origin}`) : []).toEqual(
    ['b 2.yaml:5', 'c 3.yaml:1'],
  );
});

test('a misspelt kind is taken for the one it is near', () => {
  expect(problems([DOCKER.replace('kind: CapabilityClass', 'kind: CapabilityClas')])).toEqual([
    '1.yaml:2:7: /kind: expected "CapabilityClass", found "CapabilityClas"',
  ]);
});

test('classes alone are not enough', () => {
  expect(problems([DOCKER])).toEqual([
    '1.yaml:1:1: no policy found, only capability classes (expected at least one IsolationPolicy)',
  ]);
});

test('a name is taken once among classes; a policy may share it', () => {
  const policy = POLICY.replace('name: agents', 'name: docker');
  expect(problems([policy, DOCKER, DOCKER])).toEqual([
    '3.yaml:3:19: /metadata/name: "docker" is taken by the class at 2.yaml:3 (expected a name of its own)',
  ]);
});

test('names of classes', () => {
  const longest = 'a'.repeat(52);
  expect(problems([POLICY, named(longest)])).toEqual([]);
  expect(problems([POLICY, named(`${longest}a`)])).toEqual([
    '2.yaml:3:19: /metadata/name: too long (expected at most 52 characters)',
  ]);
  expect(problems([POLICY, named('docker.io')])).toEqual([
    '2.yaml:3:19: /metadata/name: "docker.io" is not valid (expected lower-case letters, digits and "-", beginning and ending with a letter or digit)',
  ]);
});

test('a document without anything', () => {
  expect(problems([POLICY, 'apiVersion: sandgate.dev/v1alpha1\nkind: CapabilityClass\n'])).toEqual([
    '2.yaml:1:1: /metadata: required',
    '2.yaml:1:1: /spec: required',
  ]);
  expect(problems([POLICY, `${HEAD}spec: {}\n`])).toEqual(['2.yaml:4:7: /spec/implementations: required']);
});

test('what a policy lists', () => {
  const result = load([DOCKER, policyWith('[{ name: docker, implementation: privileged, assign: Always }]')]);
  expect(result.ok && result.policies.policies[0]?.capabilities).toEqual([
    { name: 'docker', implementation: 'privileged', assign: 'Always' },
  ]);
  expect(result.warnings).toEqual([]);
});

test('a policy that only lists classes does something, and can say what is done about grants', () => {
  const text = `${policyWith('[{ name: docker }]')}  checks: { capabilityGrants: { validationActions: [Warn] } }\n`;
  const result = load([DOCKER, text]);
  expect(result.ok && result.policies.policies[0]?.actionsFor('capabilityGrants')).toEqual({
    action: 'Warn',
    audited: false,
  });
  expect(result.warnings).toEqual([]);
});

test('classes and implementations that are not there', () => {
  const policy = policyWith(`
    - { name: dokcer }
    - { name: nsjail }
    - { name: docker, implementation: rootles }
    - { name: docker, implementation: fargate }
    - { name: docker, implementation: sysbox }
    - { nme: docker }
`);
  expect(problems([DOCKER, policy])).toEqual([
    '2.yaml:6:15: /spec/capabilities/0/name: "dokcer" is not a capability class (did you mean "docker"?)',
    '2.yaml:7:15: /spec/capabilities/1/name: "nsjail" is not a capability class (expected docker)',
    '2.yaml:8:39: /spec/capabilities/2/implementation: "rootles" is not an implementation of class docker (did you mean "rootless"?)',
    '2.yaml:9:15: /spec/capabilities/3/name: "docker" is taken by an entry before it',
    '2.yaml:9:39: /spec/capabilities/3/implementation: "fargate" of class docker only says why it is not available (expected one that gives something: rootless, privileged)',
    '2.yaml:10:15: /spec/capabilities/4/name: "docker" is taken by an entry before it',
    '2.yaml:10:39: /spec/capabilities/4/implementation: "sysbox" is not an implementation of class docker (expected rootless, privileged)',
    '2.yaml:11:9: /spec/capabilities/5/nme: unknown key (did you mean "name"?)',
  ]);
});

test('a class that has faults is still a class that policies may list', () => {
  expect(
    problems([DOCKER.replace('env:', 'envs:'), policyWith('[{ name: docker, implementation: rootless }]')]),
  ).toEqual(['1.yaml:6:65: /spec/implementations/0/grant/envs: unknown key (did you mean "env"?)']);
});

test('no classes at all', () => {
  expect(problems([policyWith('[{ name: docker }]')])).toEqual([
    '1.yaml:5:26: /spec/capabilities/0/name: "docker" is not a capability class (there is none)',
  ]);
});

test('where classes also come from elsewhere, only what is known to be wrong is', () => {
  const elsewhere = { classesElsewhere: true };
  expect(problems([policyWith('[{ name: nsjail, implementation: b }]')], elsewhere)).toEqual([]);
  expect(problems([DOCKER, policyWith('[{ name: docker, implementation: b }]')], elsewhere)).toEqual([
    '2.yaml:5:50: /spec/capabilities/0/implementation: "b" is not an implementation of class docker (expected rootless, privileged)',
  ]);
});
