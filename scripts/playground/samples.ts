// What the playground offers to start from: files of examples/, and every shipped bundle and class with the pods of its own suite.
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { Sample } from '../../playground/state.ts';
import { isJsonObject, ownField, stringField } from '../../src/model/json.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Names, policies and manifests, as paths. */
const EXAMPLES: readonly (readonly [name: string, policies: readonly string[], manifests: string])[] = [
  ['A Deployment that asks for too much', ['policies/restricted/policy.yaml'], 'examples/deploy.yaml'],
  ['A Sandbox that says nothing about security', ['policies/agents/policy.yaml'], 'examples/sandbox.yaml'],
  [
    'A pod that is given a Docker daemon',
    ['examples/builders.yaml', 'policies/capabilities/docker/class.yaml'],
    'examples/builder.yaml',
  ],
  ['A policy with mistakes', ['examples/broken.yaml'], 'examples/deploy.yaml'],
];

/** For bundles whose suites write all of their pods themselves. */
const OTHERWISE = 'examples/deploy.yaml';
/** What a case may say beside its manifests: everything else would be given to the command line as an option. */
const PLAIN = ['name', 'input', 'expect'];

/** All samples, in the order in which they are offered. */
export function samples(): readonly Sample[] {
  const bundles = globSync('policies/*/policy.yaml', { cwd: ROOT }).toSorted();
  const classes = globSync('policies/capabilities/*/class.yaml', { cwd: ROOT }).toSorted();
  return [...EXAMPLES.map(example), ...bundles.flatMap(samplesOfBundle), ...classes.map(sampleOfClass)];
}

function example([name, policies, manifests]: (typeof EXAMPLES)[number]): Sample {
  return { group: 'Examples', name, policies: textOf(policies), manifests: textOf([manifests]) };
}

/** A bundle with the classes that it names, and each manifest of its suite that needs no more than that. */
function samplesOfBundle(bundle: string): readonly Sample[] {
  const folder = join(dirname(bundle), 'tests');
  const spec = ownField(parse(readFileSync(join(ROOT, folder, 'suite.yaml'), 'utf8')), 'spec');
  const policies = textOf(textsIn(ownField(spec, 'policies')).map((path) => join(folder, path)));
  const cases = ownField(spec, 'cases');
  const inputs = (Array.isArray(cases) ? cases : []).filter(isPlain).map((one) => stringField(one, 'input') ?? '');
  const files = [...new Set(inputs)].map((input) => join(folder, input));
  return (files.length > 0 ? files : [OTHERWISE]).map((file) => {
    const name = `${basename(dirname(bundle))}: ${basename(file)}`;
    return { group: 'Policies', name, policies, manifests: textOf([file]) };
  });
}

/** A class, a policy that grants it, and a pod that asks for it. */
function sampleOfClass(file: string): Sample {
  const name = basename(dirname(file));
  const policy = `# Baseline, and the class below for those who ask for it and may use it.
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata:
  name: tenants
spec:
  podSecurity: { level: baseline }
  harden: restricted
  capabilities: [{ name: ${name} }]
---
`;
  const pod = textOf([join(dirname(file), 'tests/pod.yaml')]);
  return { group: 'Capability classes', name, policies: policy + textOf([file]), manifests: pod };
}

function isPlain(one: unknown): boolean {
  if (!isJsonObject(one) || stringField(one, 'input') === undefined) return false;
  return Object.keys(one).every((key) => PLAIN.includes(key));
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** Several files as one, document after document. */
function textOf(paths: readonly string[]): string {
  const texts = paths.map((path) => readFileSync(join(ROOT, path), 'utf8').replace(/^---\n/, ''));
  return texts.join('---\n');
}
