// Bundles that the values narrow, soften and give classes.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { policyBundles } from '../../scripts/chart/bundles-template.ts';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import { compilePolicy } from '../../src/policy/compile.ts';
import type { IsolationPolicy } from '../../src/policy/spec.ts';
import { bundleFile, bundlesDirectory } from '../../src/resources/bundles.ts';
import { isIsolationPolicy } from '../../src/resources/isolation-policy/validate.ts';
import { folderWith, sandgate } from '../cli/console.ts';
import { at, find, template, templateText } from './rendered.ts';

const DIRECTORY = bundlesDirectory();
const BUNDLES = policyBundles(DIRECTORY);

function shipped(name: string): unknown {
  return parse(readFileSync(bundleFile(DIRECTORY, name), 'utf8'));
}

/** The policies that the chart makes of these entries, by file. Classes that bundles list are said to exist. */
async function rendered(bundles: readonly (JsonObject | string)[]): Promise<Readonly<Record<string, IsolationPolicy>>> {
  const listed = bundles.flatMap((entry) => [
    at(shipped(typeof entry === 'string' ? entry : String(entry.name)), 'spec', 'capabilities') ?? [],
    isJsonObject(entry) ? (entry.capabilities ?? []) : [],
  ]);
  const classes = new Set(listed.flat(2).map((one) => String(ownField(one, 'name'))));
  const args = [
    '--set-json',
    `bundles=${JSON.stringify(bundles)}`,
    '--set-json',
    `existingClasses=${JSON.stringify([...classes])}`,
  ];
  const files = at(find(await template(args), 'ConfigMap', 'sandgate-policies'), 'data');
  const entries = Object.entries(isJsonObject(files) ? files : {}).map(([file, text]): [string, IsolationPolicy] => {
    const policy: unknown = parse(String(text));
    if (!isIsolationPolicy(policy)) throw new Error(`${file}: not a policy: ${String(text)}`);
    return [file, policy];
  });
  return Object.fromEntries(entries);
}

test('a bundle by name alone is the shipped one, whichever way the name is written', async () => {
  const files = await rendered(BUNDLES.map((name) => ({ name })));
  expect(Object.keys(files).toSorted()).toEqual(BUNDLES.map((name) => `bundle-${name}.yaml`).toSorted());
  for (const name of BUNDLES) expect(files[`bundle-${name}.yaml`]).toEqual(shipped(name));
});

test('every bundle can be told to warn: none of its checks refuses any more, not even by a parameter of a rule', async () => {
  const files = await rendered(BUNDLES.map((name) => ({ name, validationActions: ['Warn'] })));
  for (const [file, document] of Object.entries(files)) {
    const { policy } = compilePolicy(document, file);
    const ids = [...policy.checks.flatMap((check) => check.ids), 'privileged', 'filledIn'];
    const refusing = ids.filter((id) => policy.actionsFor(id).action === 'Deny');
    expect([file, refusing]).toEqual([file, []]);
  }
});

test('what a bundle itself softens stays as soft', async () => {
  const files = await rendered([{ name: 'nanoclaw', validationActions: ['Warn'] }]);
  expect(files['bundle-nanoclaw.yaml']?.spec.checks?.restrictedVolumes).toEqual({ validationActions: ['Audit'] });
});

test('it is about the namespaces that are selected, and about the kinds that it was about before', async () => {
  const namespaceSelector = { matchLabels: { tier: 'agents' } };
  const files = await rendered(['agents', 'agent-sandbox'].map((name) => ({ name, namespaceSelector })));
  expect(files['bundle-agents.yaml']?.spec.match).toEqual({ namespaceSelector });
  const before = at(shipped('agent-sandbox'), 'spec', 'match');
  expect(files['bundle-agent-sandbox.yaml']?.spec.match).toEqual({
    ...(isJsonObject(before) ? before : {}),
    namespaceSelector,
  });
});

test('classes are added to those that it lists, and take the place of one of their name', async () => {
  const capabilities = [{ name: 'nsjail', implementation: 'user-namespace' }, { name: 'docker' }];
  const files = await rendered([{ name: 'coder', capabilities }]);
  expect(files['bundle-coder.yaml']?.spec.capabilities).toEqual([{ name: 'landjail' }, ...capabilities]);
});

test('a pod that the bundle refuses is warned about in its namespaces, and left alone in others', async () => {
  const bundles = [
    { name: 'agents', validationActions: ['Warn'], namespaceSelector: { matchLabels: { tier: 'agents' } } },
  ];
  const args = ['--set-json', `bundles=${JSON.stringify(bundles)}`];
  const files = at(find(await template(args), 'ConfigMap', 'sandgate-policies'), 'data');
  const pod =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {hostPID: true, containers: [{name: a, image: "x:1"}]}\n';
  const folder = folderWith({ 'policy.yaml': String(at(files, 'bundle-agents.yaml')), 'pod.yaml': pod });
  const check = 'check -p policy.yaml -f pod.yaml -o json --namespace-labels';
  const inside = await sandgate(folder, `${check} tier=agents`);
  expect([inside.code, inside.stdout]).toEqual([0, expect.stringContaining('"action": "Warn"')]);
  const outside = await sandgate(folder, `${check} tier=other`);
  expect([outside.code, outside.stdout]).toEqual([0, expect.not.stringContaining('"action": "Warn"')]);
});

describe.concurrent('refused is', () => {
  test.each([
    [
      'a class that is said more about',
      [{ name: 'docker' }],
      /'\/bundles\/0\/name': value must be one of 'agent-sandbox'/,
    ],
    ['a bundle that is not shipped', [{ name: 'agent' }], /'\/bundles\/0\/name'/],
    ['one twice', ['agents', { name: 'agents' }], /bundles: agents is named twice/],
    ['a typo', [{ name: 'agents', selector: {} }], /additional properties 'selector' not allowed/],
    [
      'an action that is none',
      [{ name: 'agents', validationActions: ['warn'] }],
      /must be one of 'Deny', 'Warn', 'Audit'/,
    ],
    [
      'a class that does not exist',
      [{ name: 'agents', capabilities: [{ name: 'docker' }] }],
      /bundles: agents lists the class docker, which these values do not install: add docker or docker-k8s-runner to bundles/,
    ],
  ])('the chart refuses %s', async (_, bundles, says) => {
    await expect(templateText(['--set-json', `bundles=${JSON.stringify(bundles)}`])).rejects.toThrow(says);
  });
});
