// What we ask of others holds for us: our own judgement of what the chart deploys.
import { expect, test } from 'vitest';
import { stringField } from '../../src/model/json.ts';
import { folderWith, sandgate } from '../cli/console.ts';
import { at, EVERY_VALUE, find, HOST_NETWORK, template, templateText, VALUE_SETS } from './rendered.ts';

/** What test/chart/network.test.ts has is left out: in the network of its node no pod is restricted. */
const RESTRICTED = VALUE_SETS.filter((set) => set !== HOST_NETWORK);

test.each(RESTRICTED)('every pod of the chart is restricted with the values of $name', async ({ name, args }) => {
  const folder = folderWith({ 'chart.yaml': await templateText(args) });
  const printed = await sandgate(folder, 'check -p restricted -f chart.yaml -o json --no-inject');
  expect(printed.stderr).toBe('');
  // With every value there is the CronJob of the audit as well.
  const allowed = name === EVERY_VALUE.name ? 2 : 1;
  expect(printed.json()).toMatchObject({ summary: { denied: 0, allowed } });
  expect(printed.code).toBe(0);
});

test('the pod of helm test is restricted, and the Service does not lead to it', async () => {
  const objects = await template([], { hooks: true });
  const pod = find(objects, 'Pod');
  const folder = folderWith({ 'pod.json': JSON.stringify(pod) });
  const printed = await sandgate(folder, 'check -p restricted -f pod.json -o json --no-inject');
  expect(printed.json()).toMatchObject({ summary: { denied: 0, allowed: 1 } });
  expect(at(pod, 'metadata', 'annotations', 'helm.sh/hook')).toBe('test');
  const selected = at(find(objects, 'Service', 'sandgate'), 'spec', 'selector', 'app.kubernetes.io/name');
  expect(at(pod, 'metadata', 'labels', 'app.kubernetes.io/name')).not.toBe(selected);
});

test('our own pod is refused if one word of it is left out', async () => {
  const text = await templateText();
  for (const line of ['runAsNonRoot: true', 'allowPrivilegeEscalation: false', '- ALL', 'type: RuntimeDefault']) {
    const without = text
      .split('\n')
      .filter((candidate) => candidate.trim() !== line)
      .join('\n');
    const folder = folderWith({ 'chart.yaml': without });
    expect([line, (await sandgate(folder, 'check -p restricted -f chart.yaml --no-inject')).code]).toEqual([line, 1]);
  }
});

test('the policies of the values load as a file', async () => {
  const files = at(find(await template(EVERY_VALUE.args), 'ConfigMap', 'admission-gate-policies'), 'data');
  const policy = stringField(files, 'tenants.yaml') ?? '';
  const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {hostPID: true, containers: []}\n';
  const folder = folderWith({ 'tenants.yaml': policy, 'pod.yaml': pod });
  const printed = await sandgate(folder, 'check -p tenants.yaml -f pod.yaml --namespace-labels tier=tenants -o json');
  expect(printed.stderr).toBe('');
  expect(printed.json()).toMatchObject({ results: [{ verdict: 'denied', findings: [{ policy: 'tenants' }] }] });
});
