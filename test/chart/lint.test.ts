import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { folderWith } from '../cli/console.ts';
import { helm, helm3 } from '../support/helm.ts';
import { CHART, CLUSTERS, template, titleOf, VALUE_SETS } from './rendered.ts';

function byTitle(a: JsonObject, b: JsonObject): number {
  return titleOf(a) < titleOf(b) ? -1 : 1;
}

describe.concurrent.each([
  { name: 'Helm 4', run: helm },
  { name: 'Helm 3', run: helm3 },
])('lint with $name', ({ run }) => {
  test.each([...VALUE_SETS, ...CLUSTERS])('finds nothing to say against $name', async ({ args }) => {
    const { code, stdout, stderr } = await run(['lint', '--strict', CHART, ...args]);
    expect(`${stdout}${stderr}`).toMatch(/1 chart\(s\) linted, 0 chart\(s\) failed/);
    expect(`${stdout}${stderr}`).not.toMatch(/\[(WARNING|ERROR)\]/);
    expect(code).toBe(0);
  });

  test('does not install it into what is too old', async () => {
    await expect(template(['--kube-version', '1.29.15'], { run })).rejects.toThrow(/requires kubeVersion: >=1.30.0-0/);
    await expect(template(['--kube-version', '1.30.5-gke.100'], { run })).resolves.not.toEqual([]);
  });
});

test.each(VALUE_SETS)('both render the same of $name', async ({ args }) => {
  // Kinds they do not know they put in orders of their own.
  const rendered = [helm, helm3].map(async (run) => (await template(args, { run })).toSorted(byTitle));
  const [four, three] = await Promise.all(rendered);
  expect(four).toEqual(three);
});

test('packed is what a release needs, and nothing that Helm would install once and never again', async () => {
  const folder = folderWith({});
  expect((await helm(['package', CHART, '--destination', folder])).code).toBe(0);
  const [archive = ''] = readdirSync(folder);
  const listed = execFileSync('tar', ['--list', '--file', join(folder, archive)], { encoding: 'utf8' });
  const files = listed.split('\n').filter((line) => line !== '');
  const templates = readdirSync(join(CHART, 'templates'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(CHART, join(entry.parentPath, entry.name)));
  const others = [
    '.helmignore',
    'Chart.yaml',
    'README.md',
    'dashboards/sandgate.json',
    'values.schema.json',
    'values.yaml',
  ];
  const expected = [...others, ...templates];
  expect(files.toSorted()).toEqual(expected.map((name) => `sandgate/${name}`).toSorted());
});

test.each([
  {
    args: [],
    says: [
      'No policy is in force yet',
      'every namespace but sandgate, cert-manager, kube-system',
      'which no registry has',
      'Nothing is refused before the API server has reached Sandgate',
      'helm test sandgate --namespace sandgate',
    ],
    not: ['EVERY POD ELSEWHERE IS'],
  },
  {
    args: ['--set', 'webhooks.registration=Chart'],
    says: ['UNTIL A POD OF SANDGATE IS READY, EVERY POD ELSEWHERE IS', 'helm uninstall sandgate --namespace sandgate'],
    not: ['Nothing is refused'],
  },
  {
    args: ['--set', 'webhooks.registration=Chart,webhooks.enforce.failurePolicy=Ignore'],
    says: ['Until a pod of Sandgate is ready, nothing is judged.'],
    not: ['EVERY POD ELSEWHERE IS', 'Nothing is refused'],
  },
  {
    args: ['--set', 'bundles={baseline,agents},image.repository=r.example.com/sandgate'],
    says: ['In force from the start: baseline agents.'],
    not: ['which no registry has', 'There is one replica', 'Put kube-system into the list'],
  },
  { args: ['--set', 'replicas=1'], says: ['no pod of the cluster can start'] },
  { args: ['--set', 'excludedNamespaces={calico-system}'], says: ['Put kube-system into the list'] },
])('it says how to go on, with $args', async ({ args, says, not = [] }) => {
  const { stdout } = await helm(['install', 'sandgate', CHART, '--dry-run=client', '--namespace', 'sandgate', ...args]);
  const notes = stdout.slice(stdout.indexOf('NOTES:'));
  for (const text of says) expect(notes).toContain(text);
  for (const text of not) expect(notes).not.toContain(text);
});
