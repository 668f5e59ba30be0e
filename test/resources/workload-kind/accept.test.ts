// WorkloadKinds as files: what is accepted and what becomes of it, and every mistake with its place and what was expected.
import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../../src/manifests/source.ts';
import { loadPolicies } from '../../../src/resources/load.ts';
import type { Workload } from '../../../src/workloads/workload.ts';
import { policyYaml } from '../../support/gate.ts';

const POLICY = policyYaml('p', 'podSecurity: { level: baseline }');
const FULL = `group: example.dev
  kind: Foo
  plural: foos
  versions: [v1, v1beta1]
  templates: [/spec/pods/*/template]`;

/** A document at the first line of `k.yaml`; the spec begins at its fifth line. */
function document(name: string, spec: string): string {
  return `apiVersion: sandgate.dev/v1alpha1\nkind: WorkloadKind\nmetadata: { name: ${name} }\nspec:\n  ${spec.trim()}\n`;
}

function load(...texts: readonly string[]): ReturnType<typeof loadPolicies> {
  return loadPolicies([
    { file: 'p.yaml', text: POLICY },
    ...texts.map((text, index) => ({ file: `k${index || ''}.yaml`, text })),
  ]);
}

function problems(name: string, spec: string): readonly string[] {
  const loaded = load(document(name, spec));
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}

function row(name: string, spec: string): Workload {
  const loaded = load(document(name, spec));
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  const [own] = loaded.policies.workloads.own;
  if (!own) throw new Error('no row');
  return own;
}

describe('accepted', () => {
  test('a kind of one’s own is warned about, left as written, and found by group and kind', () => {
    const loaded = load(document('foo.example.dev', FULL));
    const found = loaded.ok ? loaded.policies.workloads.find('example.dev', 'Foo') : undefined;
    expect(found).toEqual({
      group: 'example.dev',
      kind: 'Foo',
      versions: ['v1', 'v1beta1'],
      resource: 'foos',
      templates: ['/spec/pods/*/template'],
      subresources: [],
      enforcement: 'Warn',
      fillIn: false,
    });
  });

  test('of a built-in kind everything that is not said stays', () => {
    const own = row('job.batch', 'group: batch\n  kind: Job\n  enforcement: Enforce\n  fillIn: true');
    expect(own).toMatchObject({
      resource: 'jobs',
      versions: ['v1'],
      templates: ['/spec/template'],
      enforcement: 'Enforce',
      fillIn: true,
      fillInAround: true,
    });
    const workflow = row('workflow.argoproj.io', 'group: argoproj.io\n  kind: Workflow\n  enforcement: Enforce');
    expect(workflow.partials?.length).toBeGreaterThan(3);
    expect(workflow.patches).toContain('/spec/podSpecPatch');
  });

  test('a built-in kind that is not looked at is not filled in either', () => {
    const own = row('sandbox.agents.x-k8s.io', 'group: agents.x-k8s.io\n  kind: Sandbox\n  enforcement: Ignore');
    expect(own).toMatchObject({ enforcement: 'Ignore', fillIn: false });
  });

  test('a kind of the core group', () => {
    expect(row('podtemplate', 'group: ""\n  kind: PodTemplate\n  enforcement: Enforce').enforcement).toBe('Enforce');
  });

  test('each form of a kind is accepted', () => {
    expect(row('foo.example.dev', `${FULL}\n  form: PodSpec`)).toMatchObject({
      templates: [],
      partials: [{ form: 'PodSpec' }],
    });
    const own = row(
      'foo.example.dev',
      `${FULL}\n  form: Partial\n  parts: [{ from: /image, to: container.image, name: foo }]`,
    );
    expect(own.partials).toMatchObject([
      { at: '/spec/pods/*/template', form: 'Partial', parts: [{ to: 'container.image' }] },
    ]);
    expect(row('foo.example.dev', `${FULL}\n  scope: Cluster`).scope).toBe('Cluster');
  });
});

describe('refused, with the place and what was expected', () => {
  test.each<[what: string, name: string, spec: string, says: readonly string[]]>([
    [
      'a name that is not that of the kind',
      'foos.example.dev',
      FULL,
      ['k.yaml:3:19: /metadata/name: "foos.example.dev" is not the name of the kind (expected "foo.example.dev")'],
    ],
    [
      'a kind that is not built in without its places',
      'foo.example.dev',
      'group: example.dev\n  kind: Foo',
      [
        'k.yaml:5:3: /spec/plural: required, since no row of this kind is built in',
        'k.yaml:5:3: /spec/versions: required, since no row of this kind is built in',
        'k.yaml:5:3: /spec/templates: required, since no row of this kind is built in',
      ],
    ],
    [
      'pods',
      'pod',
      'group: ""\n  kind: Pod\n  enforcement: Warn',
      ['k.yaml:6:9: /spec/kind: pods are always judged and filled in (expected a kind that makes pods)'],
    ],
    [
      'a kind of ours',
      'isolationpolicy.sandgate.dev',
      FULL.replace('example.dev', 'sandgate.dev').replace('Foo', 'IsolationPolicy'),
      ["k.yaml:5:10: /spec/group: Sandgate's own kinds make no pods (expected the group of a kind that does)"],
    ],
    [
      'pointers that are none',
      'foo.example.dev',
      FULL.replace('/spec/pods/*/template', 'spec.template, "", /a~2'),
      [
        'k.yaml:9:15: /spec/templates/0: "spec.template" is not valid (expected a JSON pointer such as /spec/podTemplate or /spec/groups/*/template)',
        'k.yaml:9:30: /spec/templates/1: "" is not valid (expected a JSON pointer such as /spec/podTemplate or /spec/groups/*/template)',
        'k.yaml:9:34: /spec/templates/2: "/a~2" is not valid (expected a JSON pointer such as /spec/podTemplate or /spec/groups/*/template)',
      ],
    ],
    [
      'a word that is not known',
      'foo.example.dev',
      `${FULL}\n  form: PodTemplte\n  enforcement: Deny`,
      [
        'k.yaml:10:9: /spec/form: "PodTemplte" is not one of PodTemplate, PodSpec, Partial (did you mean "PodTemplate"?)',
        'k.yaml:11:16: /spec/enforcement: "Deny" is not one of Enforce, Warn, Ignore',
      ],
    ],
    [
      'a key that is not known',
      'foo.example.dev',
      `${FULL}\n  template: /spec`,
      ['k.yaml:10:3: /spec/template: unknown key (did you mean "templates"?)'],
    ],
    [
      'parts of a whole template',
      'foo.example.dev',
      `${FULL}\n  parts: [{ from: /x, to: spec }]`,
      ['k.yaml:10:3: /spec/parts: only with form: Partial'],
    ],
    [
      'a field that pods do not have',
      'foo.example.dev',
      `${FULL}\n  form: Partial\n  parts: [{ from: /x, to: spec.volume }, { from: /y, to: sidecars }]`,
      [
        'k.yaml:11:27: /spec/parts/0/to: "spec.volume" is not a field of a pod template (did you mean "spec.volumes"?)',
        'k.yaml:11:58: /spec/parts/1/to: "sidecars" is not a field of a pod template (expected such as spec.volumes, metadata.labels or container.image)',
      ],
    ],
    [
      'a form without places',
      'deployment.apps',
      'group: apps\n  kind: Deployment\n  form: PodSpec',
      ['k.yaml:7:3: /spec/form: without templates (expected the pointers to what has that form)'],
    ],
    [
      'parts of a pod that are filled in',
      'workflow.argoproj.io',
      'group: argoproj.io\n  kind: Workflow\n  fillIn: true',
      ['k.yaml:7:11: /spec/fillIn: only a kind that holds whole pod templates can be filled in (expected false)'],
    ],
    [
      'a kind that is filled in and not looked at',
      'deployment.apps',
      'group: apps\n  kind: Deployment\n  fillIn: true\n  enforcement: Ignore',
      ['k.yaml:7:11: /spec/fillIn: a kind whose enforcement is Ignore is not filled in (expected false)'],
    ],
  ])('refused with its place: %s', (_, name, spec, says) => {
    expect(problems(name, spec)).toEqual(says);
  });

  test('two of one kind', () => {
    const loaded = load(document('foo.example.dev', FULL), document('foo.example.dev', FULL));
    expect(loaded.ok ? [] : loaded.problems.map(formatProblem)).toEqual([
      'k1.yaml:3:19: /metadata/name: "foo.example.dev" is taken by the workload kind at k.yaml:3 (expected a name of its own)',
    ]);
  });
});

function naming(spec: string): string {
  return policyYaml('q', `${spec}\npodSecurity: { level: baseline }`);
}

describe('policies name kinds', () => {
  test.each([
    'match: { kinds: [Pod, Deployment, Job.batch, RunnerGroup.actions-gateway.github.com] }',
    'match: { kinds: [Foo.example.dev] }',
    'enforcement: { Foo.example.dev: Enforce, CronJob: Warn }',
  ])('a policy may name these kinds: %s', (spec) => {
    expect(load(document('foo.example.dev', FULL), naming(spec))).toMatchObject({ ok: true });
  });

  test.each<[spec: string, says: string]>([
    [
      'match: { kinds: [Service] }',
      '/spec/match/kinds/0: "Service" is not known (did you mean "Service.serving.knative.dev"?)',
    ],
    [
      'match: { kinds: [Deployment.app] }',
      '/spec/match/kinds/0: "Deployment.app" is not known (did you mean "Deployment.apps"?)',
    ],
    [
      'match: { kinds: [Foo.example.com] }',
      '/spec/match/kinds/0: "Foo.example.com" is not known (expected a kind of docs/workloads.md, or of a WorkloadKind, written as Kind.group)',
    ],
    [
      'enforcement: { Deploymnt: Warn }',
      '/spec/enforcement/Deploymnt: "Deploymnt" is not known (did you mean "Deployment"?)',
    ],
    [
      'enforcement: { Pod: Warn }',
      '/spec/enforcement/Pod: pods are always held to a policy (expected validationActions for another action than to refuse them)',
    ],
    ['enforcement: { Deployment: Deny }', '/spec/enforcement/Deployment: "Deny" is not one of Enforce, Warn, Ignore'],
    ['enforcement: {}', '/spec/enforcement: empty (expected at least one entry)'],
  ])('%s is refused', (spec, says) => {
    const loaded = load(naming(spec));
    const found = loaded.ok ? [] : loaded.problems.map(({ message }) => message);
    expect(found).toEqual([says]);
  });

  test('where the kinds may be objects of a cluster, a kind that is not known yet is accepted', () => {
    const sources = [{ file: 'q.yaml', text: naming('match: { kinds: [Foo.example.com] }') }];
    expect(loadPolicies(sources, { classesElsewhere: true })).toMatchObject({ ok: true });
  });
});
