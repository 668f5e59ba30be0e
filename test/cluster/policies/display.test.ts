// What people see of policies: kubectl get, kubectl explain, and the status behind them.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definitionOf } from '../../../scripts/crd/custom-resource.ts';
import { isJsonObject, ownField } from '../../../src/model/json.ts';
import { createPolicySet } from '../../../src/policy/select.ts';
import { ISOLATION_POLICY } from '../../../src/resources/isolation-policy/index.ts';
import { openSnapshot, type Snapshot } from '../../../src/resources/snapshot.ts';
import { statusFor } from '../../../src/resources/status.ts';
import { policyYaml } from '../../support/gate.ts';
import { policyDocument } from '../../support/policy-objects.ts';
import { policyVerdicts, withPolicies } from '../../support/snapshots.ts';
import { at } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { installDefinition } from '../control-plane/custom-resources.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { asPolicyObject } from './objects.ts';

const KIND = { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy' };

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane();
  await installDefinition(plane, definitionOf(ISOLATION_POLICY));
});

afterAll(async () => {
  await plane?.stop();
});

/** The output of kubectl, without the spaces at the ends of its lines. */
async function kubectl(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await plane.kubectl(args);
  if (code !== 0) throw new Error(stderr);
  return stdout.replaceAll(/[ \t]+$/gm, '').trimEnd();
}

/** Writes the status of every object on the server, as a replica would. */
async function writeStatuses(snapshot: Snapshot, now: string): Promise<Snapshot> {
  const { body } = await expectOk(plane.admin.list(KIND));
  const items: readonly unknown[] = Array.isArray(body.items) ? body.items : [];
  const objects = items.map((item) => asPolicyObject({ ...KIND, ...(isJsonObject(item) && item) }));
  const next = withPolicies(snapshot, objects);
  for (const verdict of policyVerdicts(next)) {
    const object = objects.find(({ uid }) => uid === verdict.uid);
    const status = statusFor(verdict, object?.status, now);
    if (!status) continue;
    await expectOk(plane.admin.patch({ ...KIND, name: verdict.name }, { status }, 'merge', { subresource: 'status' }));
  }
  return next;
}

describe('kubectl get', () => {
  test('shows which policies are in force, and why not', async () => {
    const good = policyYaml(
      'agents',
      'priority: 100\npodSecurity: { level: restricted }\nruntime: { default: gvisor }',
    );
    await expectOk(plane.admin.create(policyDocument(good)));
    await expectOk(
      plane.admin.create(policyDocument(policyYaml('levels', 'podSecurity: { fromNamespaceLabels: true }'))),
    );
    const image = '{ image: "nginx:1", runAsUser: 1 }';
    const bad = policyYaml(
      'ci',
      `podSecurity: { level: baseline }\nvalidationActions: [Audit, Warn]\nidentity: { images: [${image}] }`,
    );
    await expectOk(plane.admin.create(policyDocument(bad)));
    const snapshot = await writeStatuses(openSnapshot(createPolicySet([])), '2026-11-22T12:00:00Z');

    expect(withoutAges(await kubectl('get', 'isopol'))).toBe(
      `NAME     PRIORITY   LEVEL        ACCEPTED   REASON     AGE
agents   100        restricted   True       Accepted   *
ci                  baseline     False      Invalid    *
levels                           True       Accepted   *`,
    );
    expect(await kubectl('get', 'ipol', '-o', 'wide')).toContain(
      'not in force: /spec/identity/images/0: image "nginx:1" can match nothing: it holds a tag; put the tag in tags',
    );
    expect(await kubectl('get', 'sandgate', '-o', 'name')).toBe(
      ['agents', 'ci', 'levels'].map((name) => `isolationpolicy.sandgate.dev/${name}`).join('\n'),
    );

    // What is there is what was written: nobody has a reason to write again.
    const { body: before } = await expectOk(plane.admin.get({ ...KIND, name: 'ci' }));
    await writeStatuses(snapshot, '2026-11-22T13:00:00Z');
    const { body: after } = await expectOk(plane.admin.get({ ...KIND, name: 'ci' }));
    expect(at(after, 'metadata', 'resourceVersion')).toBe(at(before, 'metadata', 'resourceVersion'));
    expect(at(after, 'metadata', 'generation')).toBe(1);
  });

  test('waits for an author to come to a policy', async () => {
    const document = policyDocument(policyYaml('waited-for', 'harden: baseline'));
    await expectOk(plane.admin.create(document));
    const waiting = plane.kubectl(['wait', '--for=condition=Accepted', 'isopol/waited-for', '--timeout=30s']);
    await writeStatuses(openSnapshot(createPolicySet([])), '2026-11-22T12:00:00Z');
    expect(await waiting).toMatchObject({ code: 0, stdout: 'isolationpolicy.sandgate.dev/waited-for condition met\n' });
  });
});

test('a status is not for authors to write', async () => {
  const condition = {
    type: 'Accepted',
    status: 'True',
    lastTransitionTime: '2026-11-22T12:00:00Z',
    reason: 'Accepted',
    message: 'trust me',
  };
  const document = policyDocument(policyYaml('forged', 'harden: baseline'));
  await expectOk(plane.admin.create({ ...document, status: { conditions: [condition] } }));
  const { body } = await expectOk(plane.admin.get(refOf(document)));
  expect(ownField(body, 'status')).toBeUndefined();
});

function withoutAges(table: string): string {
  return table.replaceAll(/\d+[smh]$/gm, '*');
}

describe('kubectl explain', () => {
  test('a field with choices and conditions', async () => {
    expect(await kubectl('explain', 'isolationpolicies.spec.podSecurity')).toMatchInlineSnapshot(`
      "GROUP:      sandgate.dev
      KIND:       IsolationPolicy
      VERSION:    v1alpha1

      FIELD: podSecurity <Object>


      DESCRIPTION:
          The level of the Pod Security Standards that pods must meet.

      FIELDS:
        fromNamespaceLabels	<boolean>
        enum: true
          Take levels and versions from the namespace's pod-security.kubernetes.io
          labels instead.

        level	<string>
        enum: privileged, baseline, restricted
          The level pods must meet.

        version	<string>
          The Kubernetes minor version whose definition of the level applies: latest
          or v1.N. Default: latest."
    `);
  });

  test('a field that is a word or a list', async () => {
    expect(await kubectl('explain', 'isopol.spec.harden')).toMatchInlineSnapshot(`
      "GROUP:      sandgate.dev
      KIND:       IsolationPolicy
      VERSION:    v1alpha1

      FIELD: harden <Object>


      DESCRIPTION:
          The security fields to fill in where missing: those a level needs, or a list
          of fields; or these with what to replace. Either one of baseline,
          restricted; or a list, each one of seccompProfile, allowPrivilegeEscalation,
          capabilities, runAsNonRoot, readOnlyRootFilesystem, hostUsers; or an object
          with fields, override."
    `);
  });

  test('every field has something to say', async () => {
    const paths = [
      'spec',
      'spec.match',
      'spec.match.objectSelector',
      'spec.checks',
      'spec.identity',
      'spec.identity.images',
    ];
    for (const path of [...paths, 'spec.runtime', 'status', 'status.conditions']) {
      const text = await kubectl('explain', `isolationpolicies.${path}`);
      expect(text).not.toContain('<no description>');
      const [, fields = ''] = text.split('FIELDS:\n');
      expect(fields).not.toBe('');
      for (const field of fields.trim().split('\n\n'))
        expect(field).toMatch(/^ *\w+\t<.*\n( +enum: .*\n)? +[A-Z][\s\S]*\.$/);
    }
  });
});
