// No silent green: what a verdict does not cover is a warning, and an error under --strict, which is the default in CI.
import { expect, test } from 'vitest';
import { BARE_POD, CONFIG_MAP, DEPLOYMENT, folderWith, LABEL_POLICY, sandgate } from './console.ts';

/** Kinds that nobody knows, each as one that is known. */
const RUN = `apiVersion: tekton.example.com/v1
kind: PipelineRun
metadata: { name: build, namespace: ci }
spec:
  pipelineSpec:
    tasks:
      - name: t
        taskSpec: { steps: [{ name: s, image: alpine, securityContext: { privileged: true } }] }
`;
const WORKFLOW = `apiVersion: argo.example.com/v1alpha1
kind: Workflow
metadata: { name: w, namespace: a }
spec: { entrypoint: x, templates: [{ name: x, container: { image: alpine, securityContext: { privileged: true } } }] }
`;
const NOTEBOOK = `apiVersion: kubeflow.example.com/v1
kind: Notebook
metadata: { name: nb, namespace: a }
spec: { template: { spec: { initContainers: [{ name: a, image: b }], containers: [{ name: nb, image: jupyter }] } } }
`;
const SERVICE = `apiVersion: knative.example.com/v1
kind: Service
metadata: { name: s }
spec: { template: { spec: { containers: [{ image: web, securityContext: { privileged: true } }] } } }
`;
const NOT_JUDGED = 'that were not judged: no pod template is known there';

/** A file beside a pod that is judged, and the gap in it as stderr has it. */
const GAPS: readonly (readonly [what: string, text: string, line: string])[] = [
  [
    'containers in steps, as those of Tekton, in a kind that is not known',
    RUN,
    `x.yaml:8:29: PipelineRun of tekton.example.com/v1 holds containers (spec.pipelineSpec.tasks[0].taskSpec.steps[0]) ${NOT_JUDGED}`,
  ],
  [
    'a single container, as that of Argo, in a kind that is not known',
    WORKFLOW,
    `x.yaml:4:58: Workflow of argo.example.com/v1alpha1 holds containers (spec.templates[0].container) ${NOT_JUDGED}`,
  ],
  [
    'containers in a pod template, as that of Kubeflow, in a kind that is not known',
    NOTEBOOK,
    `x.yaml:4:46: Notebook of kubeflow.example.com/v1 holds containers (spec.template.spec.initContainers[0] and 1 more) ${NOT_JUDGED}`,
  ],
  [
    'containers without names, as those of Knative, in a kind that is not known',
    SERVICE,
    `x.yaml:4:42: Service of knative.example.com/v1 holds containers (spec.template.spec.containers[0]) ${NOT_JUDGED}`,
  ],
  [
    'a field that pods do not have',
    BARE_POD.replace('  containers:', '  contaners: [{ name: b }]\n  containers:'),
    'x.yaml:6:14: spec.contaners: pods have no such field, so it was not judged (did you mean "containers"?)',
  ],
  [
    'a field that pods do not have beside their spec',
    `${BARE_POD}spce: {}\n`,
    'x.yaml:9:7: spce: pods have no such field, so it was not judged (did you mean "spec"?)',
  ],
  [
    'a field that containers do not have',
    DEPLOYMENT.replace('securityContext: { privileged: true }', 'securityContex: { privileged: true }'),
    'x.yaml:12:27: spec.template.spec.containers[0].securityContex: pods have no such field, so it was not judged (did you mean "securityContext"?)',
  ],
  [
    'a pod template in the wrong place',
    DEPLOYMENT.replace('template:', 'templat:').replace('securityContext: { privileged: true }', 'tty: true'),
    `x.yaml:10:11: Deployment of apps/v1 holds containers (spec.templat.spec.containers[0]) ${NOT_JUDGED}`,
  ],
  [
    'a misspelt kind',
    'apiVersion: v1\nkind: pod\nmetadata: { name: p }\n',
    'x.yaml:2:7: Kubernetes has no kind pod in v1 (did you mean Pod of v1?)',
  ],
];

test.each(GAPS)('%s is a warning, and an error with --strict and in CI', async (_, text, line) => {
  const folder = folderWith({ 'pod.yaml': BARE_POD, 'x.yaml': text });
  const args = 'check -p baseline -f pod.yaml x.yaml -o json';
  const plain = await sandgate(folder, args);
  expect(plain).toMatchObject({ code: 0, stderr: `sandgate: warning: ${line}\n` });
  const warnings = [line.replace(/^[^ ]+ /, '')];
  expect(plain.json()).toMatchObject({ results: [{ warnings: [] }, { warnings }] });
  for (const [strictly, env] of [
    [`${args} --strict`, {}],
    [args, { CI: 'true' }],
    [args, { CI: '1' }],
  ] as const) {
    const strict = await sandgate(folder, strictly, { env });
    expect(strict).toMatchObject({ code: 2, stdout: plain.stdout });
    expect(strict.stderr).toMatch(/^sandgate: x\.yaml:[^\n]*\nsandgate: this may have been overlooked[^\n]*\n$/);
  }
  for (const [loosely, env] of [
    [`${args} --no-strict`, { CI: 'true' }],
    [args, { CI: 'false' }],
    [args, { CI: '0' }],
    [args, { CI: '' }],
  ] as const) {
    expect(await sandgate(folder, loosely, { env })).toMatchObject({ code: 0, stderr: plain.stderr });
  }
});

test('labels that a policy depends on and nobody gave are a gap', async () => {
  const folder = folderWith({ 'policy.yaml': LABEL_POLICY, 'web.yaml': DEPLOYMENT, 'pod.yaml': BARE_POD });
  const args = 'check -p policy.yaml restricted -f web.yaml pod.yaml -o json';
  const unknown =
    'the labels of namespace "default" are not known and were assumed to be none, and policy "by-label" depends on them';
  const plain = await sandgate(folder, args);
  expect(plain).toMatchObject({
    code: 1,
    stderr: 'sandgate: namespace "default": its labels are not known, assumed to be none\n',
  });
  expect(plain.json()).toMatchObject({ results: [{ warnings: [unknown] }, { warnings: [unknown] }] });
  const strict = await sandgate(folder, `${args} --strict`);
  expect(strict).toMatchObject({ code: 2, stdout: plain.stdout });
  expect(strict.stderr.split('\n')[1]).toBe(`sandgate: ${unknown}`);
  const known = await sandgate(folder, `${args} --strict --namespace-labels tier=agents`);
  expect(known).toMatchObject({ code: 1, stderr: '' });
});

test('nothing judged at all is a gap', async () => {
  const folder = folderWith({ 'settings.yaml': CONFIG_MAP });
  const line = 'nothing was judged: every object was skipped';
  const plain = await sandgate(folder, 'check -p baseline -f settings.yaml -o json');
  expect(plain).toMatchObject({ code: 0, stderr: `sandgate: warning: ${line}\n` });
  expect(plain.json()).toMatchObject({ results: [{ verdict: 'skipped', warnings: [] }] });
  expect(await sandgate(folder, 'check -p baseline -f settings.yaml --strict')).toMatchObject({ code: 2 });
});

test('other kinds with lists of such names, and descriptions of containers, are no gaps', async () => {
  const rollout = `apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: r }
spec: { steps: [{ setWeight: 20 }], containers: { image: none }, images: [{ image: x }] }
`;
  const schema = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: x }
spec: { example: { containers: [{ image: x }] } }
`;
  const folder = folderWith({ 'pod.yaml': BARE_POD, 'x.yaml': `${rollout}---\n${schema}` });
  expect(await sandgate(folder, 'check -p baseline -f pod.yaml x.yaml --strict')).toMatchObject({
    code: 0,
    stderr: '',
  });
});

/** A workflow that Sandgate knows, with what is put in its spec. */
function workflow(spec: string): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { generateName: w-, namespace: a }
spec:
  entrypoint: x
  templates: [{ name: x, container: { image: alpine } }]
${spec}`;
}

const IN_PART =
  'sandgate: note: Workflow of argoproj.io/v1alpha1 holds parts of pods: they were judged by what is written there, and what a controller adds is judged in the pods\n';

test('that a kind holds parts of pods is said once for all its objects, and is never an error', async () => {
  const folder = folderWith({ 'a.yaml': `${workflow('')}---\n${workflow('')}`, 'b.yaml': workflow('') });
  const { code, stderr } = await sandgate(folder, 'check -p baseline -f . --strict');
  expect({ code, stderr }).toEqual({ code: 0, stderr: IN_PART });
});

test('a patch of the pods in a text is a gap, and an error with --strict', async () => {
  const folder = folderWith({ 'w.yaml': workflow('  podSpecPatch: "hostPID: true"\n') });
  const line =
    'w.yaml:7:17: spec.podSpecPatch: what this patch makes of the pods was not judged; the pods are, when they are created';
  const plain = await sandgate(folder, 'check -p baseline -f w.yaml -o json');
  expect(plain).toMatchObject({ code: 0, stderr: `sandgate: warning: ${line}\n${IN_PART}` });
  expect(plain.json()).toMatchObject({ results: [{ warnings: [line.replace(/^[^ ]+ /, '')] }] });
  expect(await sandgate(folder, 'check -p baseline -f w.yaml --strict')).toMatchObject({ code: 2 });
});

test('containers that a known kind holds where no row has them are a gap', async () => {
  const folder = folderWith({
    'w.yaml': workflow(
      '  newFeature: { containers: [{ name: a, image: b, securityContext: { privileged: true } }] }\n',
    ),
  });
  expect(await sandgate(folder, 'check -p baseline -f w.yaml')).toMatchObject({
    code: 0,
    stderr: `sandgate: warning: w.yaml:7:30: Workflow of argoproj.io/v1alpha1 holds containers (spec.newFeature.containers[0]) ${NOT_JUDGED}\n${IN_PART}`,
  });
});
