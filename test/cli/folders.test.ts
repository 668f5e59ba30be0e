// What of a folder is judged: one odd file does not hide the verdicts of the others.
import { expect, test } from 'vitest';
import { BARE_POD, folderWith, PRIVILEGED_POD, sandgate } from './console.ts';

const REPOSITORY = {
  'repo/pod.yaml': PRIVILEGED_POD,
  'repo/cloudbuild.yaml': 'steps:\n- name: gcr.io/cloud-builders/docker\n',
  'repo/package.json': '{"name": "web", "version": "1.0.0"}',
  'repo/chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
  'repo/chart/values.yaml': 'kind: DaemonSet\nreplicas: 1\n',
  'repo/node_modules/other/pod.yaml': BARE_POD,
  'repo/.git/pod.yaml': BARE_POD,
};
const TEMPLATE = { 'repo/chart/pod.tpl.yaml': 'kind: Pod\nmetadata: { name: {{ .Release.Name }} }\n' };
const DENIED =
  /^Pod agents\/bad {2}denied {2}repo\/pod\.yaml:1\n(?:.*\n)*1 denied, 0 allowed, 0 skipped\nTo see why, and what to change: sandgate explain .*\n$/;
const DENIED_OUTPUT: unknown = expect.stringMatching(DENIED);
const PASSED_OVER = 'sandgate: 4 files hold no Kubernetes object, such as repo/chart/Chart.yaml: passed over\n';

test('files of a folder that hold no Kubernetes object are passed over, and counted', async () => {
  const printed = await sandgate(folderWith(REPOSITORY), 'check -p baseline -f repo');
  expect(printed).toMatchObject({ code: 1, stderr: PASSED_OVER, stdout: DENIED_OUTPUT });
});

test('a file that cannot be parsed is reported with its place, the others are judged, and the exit code is 2', async () => {
  const printed = await sandgate(folderWith({ ...REPOSITORY, ...TEMPLATE }), 'check -p baseline -f repo');
  expect(printed).toMatchObject({ code: 2, stdout: DENIED_OUTPUT });
  expect(printed.stderr).toMatch(/^sandgate: repo\/chart\/pod\.tpl\.yaml:2:\d+: /m);
});

test('what is named must be what it is expected to be', async () => {
  const printed = await sandgate(folderWith(REPOSITORY), 'check -p baseline -f repo/pod.yaml repo/chart/values.yaml');
  expect(printed).toMatchObject({ code: 2, stdout: DENIED_OUTPUT });
  expect(printed.stderr).toBe(
    'sandgate: repo/chart/values.yaml:1:1: not a Kubernetes object (expected an apiVersion, such as v1)\n',
  );
});

test('an object in a folder whose kind or apiVersion was forgotten is a mistake', async () => {
  const files = {
    'repo/a.yaml': 'kind: Pod\nspec: { containers: [] }\n',
    'repo/b.yaml': 'apiVersion: v1\nmetadata: {}\n',
  };
  const printed = await sandgate(folderWith(files), 'check -p baseline -f repo');
  expect(printed).toMatchObject({
    code: 2,
    stdout: '',
    stderr: [
      'sandgate: repo/a.yaml:1:1: not a Kubernetes object (expected an apiVersion, such as v1)',
      'sandgate: repo/b.yaml:1:1: not a Kubernetes object (expected a kind, such as Pod)',
      '',
    ].join('\n'),
  });
});

test.each([
  ['--ignore', {}, '--ignore *.tpl.yaml Chart.yaml'],
  ['several --ignore', {}, '--ignore chart/*.tpl.yaml --ignore /chart/Chart.yaml'],
  ['a .sandgateignore', { 'repo/.sandgateignore': '# templates\n*.tpl.yaml\nChart.yaml\n' }, ''],
  ['both', { 'repo/.sandgateignore': '*.tpl.yaml' }, '--ignore Chart.yaml'],
])('%s passes files of a folder over', async (_, more, args) => {
  const folder = folderWith({ ...REPOSITORY, ...TEMPLATE, ...more });
  const printed = await sandgate(folder, `check -p baseline -f repo ${args}`.trim());
  expect(printed).toMatchObject({ code: 1, stderr: PASSED_OVER.replace('4', '3').replace('Chart', 'values') });
});

test('a folder that is ignored is not looked into, and ! takes a file back', async () => {
  const printed = await sandgate(
    folderWith({ ...REPOSITORY, ...TEMPLATE, 'repo/.sandgateignore': 'chart/\n*.json\ncloudbuild.yaml\n!pod.yaml\n' }),
    'check -p baseline -f repo',
  );
  expect(printed).toMatchObject({ code: 1, stderr: '', stdout: DENIED_OUTPUT });
});

test('inject fills in what it can read, and exits with 2', async () => {
  const folder = folderWith({ ...REPOSITORY, ...TEMPLATE });
  const printed = await sandgate(folder, 'inject -p baseline -f repo');
  expect(printed).toMatchObject({ code: 2, stdout: PRIVILEGED_POD });
});
