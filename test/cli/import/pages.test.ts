// The guides for people who come from other tools show what happens: their commands print what they say.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, sandgate } from '../console.ts';
import { fieldAt, imported, objectsIn, pod } from './imports.ts';

function page(name: string): string {
  return readFileSync(resolve(import.meta.dirname, '../../../docs', name), 'utf8');
}

/** The blocks of YAML that name their file in the first line, and the one of JSON. */
function filesOf(text: string): Readonly<Record<string, string>> {
  const yaml = [...text.matchAll(/```yaml\n(# (\S+\.yaml)\n[\s\S]*?)```/g)].map(
    ([, body = '', name = '']): [string, string] => [name, body],
  );
  const json = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, body = '']): [string, string] => [
    'mount-allowlist.json',
    body,
  ]);
  return Object.fromEntries<string>([...yaml, ...json]);
}

test.each(['from-kyverno.md', 'from-gatekeeper.md', 'from-pod-security-admission.md', 'from-nanoclaw.md'])(
  'the commands of %s print what it says',
  async (name) => {
    const text = page(name);
    const cwd = folderWith(filesOf(text));
    const commands = [...text.matchAll(/```console\n\$ sandgate (.*)\n([\s\S]*?)```/g)];
    expect(commands.length).toBeGreaterThan(0);
    for (const [, line = '', said = ''] of commands) {
      const { stdout, stderr } = await sandgate(cwd, line);
      expect(stderr + stdout, line).toBe(said);
    }
  },
);

function sandbox(image: string): object {
  return {
    apiVersion: 'agents.x-k8s.io/v1alpha1',
    kind: 'Sandbox',
    metadata: { name: 's', namespace: 'kagent' },
    spec: { podTemplate: { spec: { containers: [{ name: 'agent', image }] } } },
  };
}

/** The security contexts of the pod and its first container, as one. */
function securityOf(filled: unknown): object {
  const spec = fieldAt(filled, 'spec', 'podTemplate', 'spec');
  const [container] = objectsIn(fieldAt(spec, 'containers'));
  return Object.assign({}, fieldAt(spec, 'securityContext'), container?.securityContext);
}

test('the bundle kagent gives each image its own user, where the policy that it takes the place of gives all of them one', async () => {
  const workaround = await imported('kyverno', filesOf(page('from-kyverno.md'))['workaround.yaml'] ?? '');
  for (const [image, user] of [
    ['cr.kagent.dev/kagent-dev/kagent/app:0.9.4', 1001],
    ['ghcr.io/kagent-dev/kagent/app:0.10.0', 65532],
    ['ghcr.io/kagent-dev/kagent/golang-adk:0.9.4', 65532],
    ['ghcr.io/kagent-dev/kagent/golang-adk:0.9.4-full', 1001],
  ] as const) {
    const cwd = folderWith({ 'sandbox.json': JSON.stringify(sandbox(image)) });
    const filled = await sandgate(cwd, 'inject -p kagent -f sandbox.json -o json');
    expect([image, securityOf(filled.json())]).toMatchObject([image, { runAsNonRoot: true, runAsUser: user }]);
    expect(securityOf(await workaround.filled(sandbox(image)))).toMatchObject({ runAsNonRoot: true, runAsUser: 1001 });
  }
});

test('the policy that follows the labels of namespaces judges as they ask', async () => {
  const [, policy = ''] =
    /```yaml\n(apiVersion: sandgate\.dev[\s\S]*?)```/.exec(page('from-pod-security-admission.md')) ?? [];
  const cwd = folderWith({ 'p.yaml': policy, 'pod.json': JSON.stringify(pod({ hostPID: true })) });
  const labels = '--namespace-labels pod-security.kubernetes.io/enforce=baseline';
  expect((await sandgate(cwd, `check -p p.yaml -f pod.json ${labels}`)).code).toBe(1);
  expect((await sandgate(cwd, 'check -p p.yaml -f pod.json --namespace-labels a=b')).code).toBe(0);
});
