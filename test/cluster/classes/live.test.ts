// CapabilityClasses as objects of a real cluster: applied, edited, broken and deleted with kubectl, while pods ask for them.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { policyYaml } from '../../support/gate.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import type { ObjectRef } from '../control-plane/discovery.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import type { KubeReply } from '../control-plane/kube-http.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { type GatedCluster, startGatedCluster } from '../support/gated-cluster.ts';

const SHIPPED = resolve(import.meta.dirname, '../../../policies/capabilities');
const LANDJAIL = readFileSync(resolve(SHIPPED, 'landjail/class.yaml'), 'utf8');
const DOCKER = readFileSync(resolve(SHIPPED, 'docker/class.yaml'), 'utf8');
const WEBHOOKS: ObjectRef = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  name: 'sandgate',
};
/** What is stored is in force within a second; other tests want the processor, too. */
const SOON = { timeout: 10_000, interval: 20 };

let cluster: GatedCluster;
let plane: ControlPlane;

beforeAll(async () => {
  cluster = await startGatedCluster();
  plane = cluster.plane;
});

afterAll(async () => {
  await cluster?.stop();
});

async function kubectl(args: readonly string[], stdin?: string): Promise<{ stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await plane.kubectl(args, stdin === undefined ? {} : { stdin });
  if (code !== 0) throw new Error(stderr);
  return { stdout, stderr };
}

/** Applies manifests, and returns the warnings. */
async function apply(text: string): Promise<string> {
  return (await kubectl(['apply', '-f', '-'], text)).stderr;
}

/** A policy for the namespaces with `tier: NAME` that lists these. */
function listing(name: string, capabilities: string): string {
  const spec = [
    `match: { namespaceSelector: { matchLabels: { tier: ${name} } } }`,
    'podSecurity: { level: restricted }',
    'harden: restricted',
    'identity: { runAsUser: 1000 }',
    `capabilities: ${capabilities}`,
  ];
  return policyYaml(name, spec.join('\n'));
}

function refTo(kind: string, name: string): ObjectRef {
  return { apiVersion: 'sandgate.dev/v1alpha1', kind, name };
}

async function accepted(kind: string, name: string): Promise<unknown> {
  const { body } = await expectOk(plane.admin.get(refTo(kind, name)));
  return listAt(body, 'status', 'conditions').find((condition) => at(condition, 'type') === 'Accepted');
}

async function messageOf(kind: string, name: string): Promise<string> {
  return String(at(await accepted(kind, name), 'message'));
}

function podOf(namespace: string, name: string, capability: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, annotations: { 'sandgate.dev/capabilities': capability } },
    spec: { containers: [{ name: 'app', image: 'example.com/app:1' }] },
  };
}

function asked(namespace: string, capability: string): Promise<KubeReply> {
  return plane.admin.create(podOf(namespace, 'asks', capability), { dryRun: true });
}

/** The variables that a pod is given which asks; or the status it is refused with. */
async function given(namespace: string, capability: string): Promise<unknown> {
  const { status, body } = await asked(namespace, capability);
  if (status !== 201) return status;
  return listAt(body, 'spec', 'containers', 0, 'env').map((variable) => at(variable, 'name'));
}

describe('a shipped class, and a policy that lists it', () => {
  test('may come in this order: the policy says what is missing for as long as it is', async () => {
    const namespace = await createNamespace(plane, { tier: 'jailed' });
    expect(await apply(listing('jailed', '[{ name: landjail, implementation: landlock }]'))).toBe(
      'Warning: IsolationPolicy "jailed": /spec/capabilities/0/name: class landjail does not exist (yet)\n',
    );
    const missing = 'in force, but /spec/capabilities/0/name: class landjail does not exist (yet)';
    await expect.poll(() => messageOf('IsolationPolicy', 'jailed'), SOON).toBe(missing);
    expect(await accepted('IsolationPolicy', 'jailed')).toMatchObject({ status: 'True', reason: 'Accepted' });
    const refused = await asked(namespace, 'landjail');
    expect(refused.status).toBe(403);
    expect(refused.body.message).toContain('unknown_capability: landjail (there are no capability classes)');

    expect(await apply(LANDJAIL)).toBe('');
    const began = performance.now();
    await expect.poll(() => given(namespace, 'landjail'), SOON).toEqual(['BOUNDARY_JAIL_TYPE']);
    console.log(`a pod was injected ${Math.round(performance.now() - began)} ms after kubectl apply of the class`);
    await expect.poll(() => messageOf('IsolationPolicy', 'jailed'), SOON).toBe('in force');
    await kubectl(['wait', '--for=condition=Accepted', 'ccl/landjail', '--timeout=30s']);
    const { stdout } = await kubectl(['get', 'capclass', 'landjail', '--no-headers']);
    expect(stdout.trim().split(/\s+/).slice(0, 5)).toEqual(['landjail', 'Policy', 'gvisor', 'True', 'Accepted']);
  });

  test('may come together; whoever asks needs the right to use it', async () => {
    const namespace = await createNamespace(plane, { tier: 'docking' });
    await apply(`${listing('docking', '[{ name: docker, implementation: rootless }]')}---\n${DOCKER}`);
    await kubectl(['wait', '--for=condition=Accepted', 'ccl/docker', 'isopol/docking', '--timeout=30s']);
    await expect.poll(() => messageOf('IsolationPolicy', 'docking'), SOON).toBe('in force');
    // The administrator may use everything.
    const reply = await waitFor(
      async () => {
        const made = await plane.admin.create(podOf(namespace, 'with-docker', 'docker'));
        return made.status === 201 && made;
      },
      { within: 30_000, what: 'a pod that asks for docker is let in' },
    );
    const sidecars = listAt(reply.body, 'spec', 'initContainers').map((container) => at(container, 'name'));
    expect(sidecars).toContain('docker-daemon');
  });

  test('have a status that is written, and then left alone', async () => {
    const refs = [
      refTo('CapabilityClass', 'landjail'),
      refTo('CapabilityClass', 'docker'),
      refTo('IsolationPolicy', 'jailed'),
      refTo('IsolationPolicy', 'docking'),
    ];
    const versions = (): Promise<unknown[]> =>
      Promise.all(
        refs.map(async (ref) => at((await expectOk(plane.admin.get(ref))).body, 'metadata', 'resourceVersion')),
      );
    const before = await versions();
    // As long as a loop would take for several turns.
    await new Promise((done) => setTimeout(done, 5000));
    expect(await versions()).toEqual(before);
  });
});

describe('a class that changes', () => {
  test('its implementations: the policies that name them follow', async () => {
    await apply(LANDJAIL.replace('name: landlock', 'name: landlocks'));
    await expect
      .poll(() => messageOf('IsolationPolicy', 'jailed'), SOON)
      .toBe(
        'in force, but /spec/capabilities/0/implementation: "landlock" is not an implementation of class landjail (did you mean "landlocks"?)',
      );
    const again = await apply(listing('again', '[{ name: landjail, implementation: landlock }]'));
    expect(again).toContain('Warning: IsolationPolicy "again": /spec/capabilities/0/implementation: "landlock" is no');
    await apply(LANDJAIL);
    await expect.poll(() => messageOf('IsolationPolicy', 'jailed'), SOON).toBe('in force');
    await expect.poll(() => messageOf('IsolationPolicy', 'again'), SOON).toBe('in force');
  });

  test('for the worse, is refused field by field', async () => {
    const broken = DOCKER.replace('image: &dind docker.io/library/docker:', 'image: &dind docker.io/library/Docker:');
    const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], { stdin: broken });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The CapabilityClass "docker" is invalid:/);
    expect(stderr).toContain('spec.implementations[1].template.spec.initContainers[0].image: ');
  });

  test('for the worse, and is stored all the same: its last good version stays, and its status says so', async () => {
    const namespace = await createNamespace(plane, { tier: 'jailed' });
    const { body } = await expectOk(plane.admin.get(WEBHOOKS));
    const entries = listAt(body, 'webhooks');
    const index = entries.findIndex((entry) => at(entry, 'name') === 'policies.validate.sandgate.dev');
    await expectOk(plane.admin.patch(WEBHOOKS, [{ op: 'remove', path: `/webhooks/${index}` }], 'json'));
    const broken = LANDJAIL.replace('BOUNDARY_JAIL_TYPE', '"A=B"');
    await waitFor(async () => (await plane.kubectl(['apply', '-f', '-'], { stdin: broken })).code === 0, {
      within: 30_000,
      what: 'nobody looks at classes any more',
    });
    await expect
      .poll(() => accepted('CapabilityClass', 'landjail'), SOON)
      .toMatchObject({ status: 'False', reason: 'Invalid' });
    const { stdout } = await kubectl(['get', 'ccl', 'landjail', '-o', 'wide', '--no-headers']);
    expect(stdout).toMatch(
      /generation \d stays in force: \/spec\/implementations\/1\/grant\/env\/0\/name: "A=B" is not valid/,
    );
    expect(await given(namespace, 'landjail')).toEqual(['BOUNDARY_JAIL_TYPE']);
    expect(await messageOf('IsolationPolicy', 'jailed')).toBe('in force');
    await apply(LANDJAIL);
    await expect.poll(() => messageOf('CapabilityClass', 'landjail'), SOON).toBe('in force');
    await expectOk(plane.admin.patch(WEBHOOKS, [{ op: 'add', path: '/webhooks/-', value: entries[index] }], 'json'));
  });
});

describe('a class that is deleted while a pod has it', () => {
  test('the pod can be labelled and deleted, and not be given another image', async () => {
    const namespace = await createNamespace(plane, { tier: 'jailed' });
    const { body: pod } = await expectOk(plane.admin.create(podOf(namespace, 'running', 'landjail')));
    await kubectl(['delete', 'capabilityclass', 'landjail']);
    await expect.poll(() => given(namespace, 'landjail'), SOON).toBe(403);
    await expect
      .poll(() => messageOf('IsolationPolicy', 'jailed'), SOON)
      .toBe('in force, but /spec/capabilities/0/name: class landjail does not exist (yet)');

    const labelled = await plane.kubectl(['label', 'pod', 'running', '-n', namespace, 'team=a']);
    expect(labelled.code).toBe(0);
    expect(labelled.stderr).toContain('unknown_capability: landjail');
    const image = await plane.kubectl(['set', 'image', 'pod/running', '-n', namespace, 'app=example.com/app:2']);
    expect(image.code).toBe(1);
    expect(image.stderr).toContain('unknown_capability: landjail');
    await expectOk(plane.admin.delete(refOf(pod)));
  });
});

describe('kubectl explain', () => {
  test('the implementations of a class', async () => {
    const { stdout } = await kubectl(['explain', 'capabilityclasses.spec.implementations']);
    expect(stdout.replaceAll(/[ \t]+$/gm, '').trimEnd()).toMatchInlineSnapshot(`
      "GROUP:      sandgate.dev
      KIND:       CapabilityClass
      VERSION:    v1alpha1

      FIELD: implementations <[]Object>


      DESCRIPTION:
          The ways to have it; the first whose condition holds is taken, unless one is
          named.
          One way to have what the class is about.

      FIELDS:
        free	<[]string>
          Fields of the class's containers that need not be as the class has them.

        grant	<Object>
          What the workload's own containers are given.

        name	<string> -required-
          The name, unique in the class.

        reject	<string>
          Instead of a template: why such a pod cannot have it, and what to use
          instead.

        shareMounts	<Object>
          Containers of the class that also mount the workload's own volumes, at the
          same paths.

        template	<Object>
          A fragment of a pod template: what the class adds to a pod, and the only
          form it is granted in.

        when	<string>
          CEL over pod and namespaceObject: which pods it is for; every one where
          absent."
    `);
  });

  test('every field has something to say', async () => {
    const paths = [
      'spec',
      'spec.implementations',
      'spec.implementations.template',
      'spec.implementations.template.spec',
    ];
    for (const path of [...paths, 'spec.implementations.grant', 'status', 'status.conditions']) {
      const { stdout } = await kubectl(['explain', `ccl.${path}`]);
      expect(stdout).not.toContain('<no description>');
      const [, fields = ''] = stdout.replaceAll(/[ \t]+$/gm, '').split('FIELDS:\n');
      expect(fields).not.toBe('');
      for (const field of fields.trim().split('\n\n'))
        expect(field).toMatch(/^ *\w+\t<.*\n( +enum: .*\n)? +[A-Z\w][\s\S]*\.$/);
    }
  });
});
