// WorkloadKinds of files and of a cluster beside the policies that name their kinds: what is in force after every change, and what
// statuses say of kinds of which nothing arrives.
import { describe, expect, test } from 'vitest';
import { validate } from '../../src/engine/validate.ts';
import { parseManifest } from '../../src/manifests/manifest.ts';
import { isJsonObject } from '../../src/model/json.ts';
import { namesOf } from '../../src/resources/kind.ts';
import { loadPolicies } from '../../src/resources/load.ts';
import {
  objectsOf,
  openSnapshot,
  type Snapshot,
  type StoredObject,
  unresolvedIn,
  withObjects,
} from '../../src/resources/snapshot.ts';
import { WORKLOAD_KIND } from '../../src/resources/workload-kind/index.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';
import { asStored, policyObject } from '../support/policy-objects.ts';
import { policyVerdicts, withPolicies } from '../support/snapshots.ts';

const POLICY = policyYaml('p', 'podSecurity: { level: baseline }');
const NAMING = policyYaml(
  'q',
  'match: { kinds: [Pod, Foo.example.dev] }\nenforcement: { Foo.example.dev: Enforce }\npodSecurity: { level: baseline }',
);
const FOO = 'group: example.dev, kind: Foo, plural: foos, versions: [v1], templates: [/spec/template]';
const OBJECT = {
  apiVersion: 'example.dev/v1',
  kind: 'Foo',
  metadata: { name: 'x', namespace: 'agents' },
  spec: { template: { spec: { containers: [{ name: 'a', image: 'b', securityContext: { privileged: true } }] } } },
};

function kindYaml(spec: string, name = 'foo.example.dev'): string {
  return `apiVersion: sandgate.dev/v1alpha1\nkind: WorkloadKind\nmetadata: { name: ${name} }\nspec: { ${spec} }\n`;
}

function kindObject(yaml: string, generation = 1, uid = 'k-1'): StoredObject {
  const [document] = parseManifest(yaml, 'kind.yaml').documents;
  if (!isJsonObject(document?.value)) throw new Error('not an object');
  const stored = asStored(document.value, uid, generation);
  return { name: namesOf(stored).name, uid, generation, document: stored, status: undefined };
}

function filesOf(...texts: readonly string[]) {
  const loaded = loadPolicies(
    texts.map((text, index) => ({ file: `f${index}.yaml`, text })),
    { classesElsewhere: true },
  );
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded.policies;
}

function withKinds(snapshot: Snapshot, ...objects: readonly StoredObject[]): Snapshot {
  return withObjects(snapshot, WORKLOAD_KIND, objects);
}

function statusMessage(snapshot: Snapshot): string | undefined {
  return policyVerdicts(snapshot)[0]?.message;
}

function verdict({ policies }: Snapshot): string {
  const { verdict: decided, skip } = validate(subjectOf(OBJECT), { ...gateOf(POLICY), policies });
  return skip ?? decided;
}

function said(snapshot: Snapshot): readonly string[] {
  return objectsOf(snapshot, WORKLOAD_KIND).verdicts.map(
    ({ name, reason, message }) => `${name} ${reason}: ${message}`,
  );
}

test('a kind is judged from when its object is there to when it is gone, as strictly as it says now', () => {
  const before = openSnapshot(filesOf(POLICY));
  expect(verdict(before)).toBe('kind-not-handled');
  const warned = withKinds(before, kindObject(kindYaml(FOO)));
  expect(verdict(warned)).toBe('allowed');
  expect(said(warned)).toEqual(['foo.example.dev Accepted: in force']);
  const enforced = withKinds(warned, kindObject(kindYaml(`${FOO}, enforcement: Enforce`), 2));
  expect(verdict(enforced)).toBe('denied');
  expect(verdict(withKinds(enforced))).toBe('kind-not-handled');
});

test('a version that is not accepted changes nothing of what is in force', () => {
  const enforced = withKinds(openSnapshot(filesOf(POLICY)), kindObject(kindYaml(`${FOO}, enforcement: Enforce`)));
  const broken = withKinds(enforced, kindObject(kindYaml(`${FOO}, enforcement: Deny`), 2));
  expect(verdict(broken)).toBe('denied');
  expect(said(broken)).toEqual([
    'foo.example.dev Invalid: generation 1 stays in force: /spec/enforcement: "Deny" is not one of Enforce, Warn, Ignore',
  ]);
});

test('policies of files are held to kinds of the cluster and the other way round', () => {
  const kinds = withKinds(openSnapshot(filesOf(POLICY)), kindObject(kindYaml(`${FOO}, enforcement: Enforce`)));
  expect(verdict(kinds)).toBe('denied');
  const policies = withPolicies(openSnapshot(filesOf(kindYaml(`${FOO}, enforcement: Enforce`))), [
    policyObject(POLICY),
  ]);
  expect(verdict(policies)).toBe('denied');
});

test('a kind that a file has, no object can have', () => {
  const snapshot = withKinds(
    openSnapshot(filesOf(POLICY, kindYaml(`${FOO}, enforcement: Enforce`))),
    kindObject(kindYaml(`${FOO}, enforcement: Ignore`)),
  );
  expect(verdict(snapshot)).toBe('denied');
  expect(said(snapshot)).toEqual([
    'foo.example.dev NameTaken: not in force: /metadata/name: "foo.example.dev" is taken by the workload kind at f1.yaml:1 (expected a name of its own)',
  ]);
});

describe('where it is known which kinds the webhooks are registered for', () => {
  const NOT =
    'the webhooks are not registered for Foo.example.dev, so nothing of it is judged before its pods are (add it to workloads in the values of the chart)';

  test('a kind that is not among them says so in its status, and in the log', () => {
    const snapshot = withKinds(openSnapshot(filesOf(POLICY), new Set(['Pod'])), kindObject(kindYaml(FOO)));
    expect(said(snapshot)).toEqual([`foo.example.dev Accepted: in force, but /spec/kind: ${NOT}`]);
    const [references] = WORKLOAD_KIND.references;
    expect(references && [...unresolvedIn(snapshot, WORKLOAD_KIND, references)]).toEqual([
      ['foo.example.dev', `/spec/kind: ${NOT}`],
    ]);
  });

  test.each([
    ['it is among them', FOO, new Set(['Foo.example.dev'])],
    ['nobody said which there are', FOO, undefined],
    ['it is not to be looked at', `${FOO}, enforcement: Ignore`, new Set<string>()],
  ])('it says nothing where %s', (_, spec, registered) => {
    const snapshot = withKinds(openSnapshot(filesOf(POLICY), registered), kindObject(kindYaml(spec)));
    expect(said(snapshot)).toEqual(['foo.example.dev Accepted: in force']);
  });

  test('a policy that names a kind says of it whether it is known, and whether anything of it arrives', () => {
    const open = withPolicies(openSnapshot(filesOf(POLICY), new Set(['Pod'])), [policyObject(NAMING)]);
    // Until the kinds of the cluster are known none can be said to be missing.
    expect(statusMessage(open)).toBe('in force');
    const unknown =
      '"Foo.example.dev" is not known (expected a kind of docs/workloads.md, or of a WorkloadKind, written as Kind.group)';
    expect(statusMessage(withKinds(open))).toBe(
      `in force, but /spec/match/kinds/1: ${unknown}; /spec/enforcement/Foo.example.dev: ${unknown}`,
    );
    expect(statusMessage(withKinds(open, kindObject(kindYaml(FOO))))).toBe(
      `in force, but /spec/match/kinds/1: ${NOT}; /spec/enforcement/Foo.example.dev: ${NOT}`,
    );
    const all = withPolicies(openSnapshot(filesOf(POLICY), new Set(['Pod', 'Foo.example.dev'])), [
      policyObject(NAMING),
    ]);
    expect(statusMessage(withKinds(all, kindObject(kindYaml(FOO))))).toBe('in force');
  });
});
