// The CRD of capability classes on a real API server; and the rules for their templates beside the server's own.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { definitionOf } from '../../../scripts/crd/custom-resource.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../../src/model/json.ts';
import { acceptClass } from '../../../src/resources/capability-class/accept.ts';
import { CAPABILITY_CLASS } from '../../../src/resources/capability-class/index.ts';
import { ROWS } from '../../resources/capability-class/bad-classes.ts';
import { classYaml } from '../../resources/capability-class/class-files.ts';
import { listAt } from '../control-plane/at.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { installDefinition } from '../control-plane/custom-resources.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import { createNamespace } from '../control-plane/namespaces.ts';

let plane: ControlPlane;
let namespace = '';

beforeAll(async () => {
  plane = await startControlPlane();
  await installDefinition(plane, definitionOf(CAPABILITY_CLASS));
  namespace = await createNamespace(plane, {});
  const runtime = {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'kata-qemu' },
    handler: 'kata',
  };
  await expectOk(plane.admin.create(runtime));
});

afterAll(async () => {
  await plane?.stop();
});

function documentOf(text: string, name?: string): JsonObject {
  const value: unknown = parse(text, { version: '1.1' });
  if (!isJsonObject(value)) throw new Error('no object');
  return name === undefined ? value : { ...value, metadata: { name } };
}

test('the server has nothing to say against it', async () => {
  const name = 'capabilityclasses.sandgate.dev';
  const { body } = await expectOk(
    plane.admin.get({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name }),
  );
  const conditions = listAt(body, 'status', 'conditions').map(
    (condition) => `${stringField(condition, 'type')}=${stringField(condition, 'status')}`,
  );
  expect(conditions.toSorted()).toEqual(['Established=True', 'NamesAccepted=True']);
  const again = await expectOk(
    plane.admin.apply(definitionOf(CAPABILITY_CLASS), { fieldValidation: 'Strict', dryRun: true }),
  );
  expect(again.warnings).toEqual([]);
});

const SHIPPED = join(import.meta.dirname, '../../../policies/capabilities');

const SHIPPED_NAMES = readdirSync(SHIPPED, { withFileTypes: true }).filter((entry) => entry.isDirectory());

test.each(SHIPPED_NAMES)('the shipped class $name comes back as it was sent', async ({ name }) => {
  const document = documentOf(readFileSync(join(SHIPPED, name, 'class.yaml'), 'utf8'), name);
  const applied = await expectOk(plane.admin.apply(document, { fieldValidation: 'Strict' }));
  expect(applied.warnings).toEqual([]);
  const { body } = await expectOk(plane.admin.get(refOf(document)));
  expect(body.spec).toEqual(document.spec);
});

test('kubectl shows what a class is', async () => {
  const document = documentOf(classYaml('    - { name: rootless, grant: {} }\n'), 'shown');
  await expectOk(plane.admin.create({ ...document, spec: { ...fieldsOf(document.spec), authorization: 'Policy' } }));
  const { stdout } = await plane.kubectl(['get', 'ccl', 'shown', '--no-headers']);
  expect(stdout.trim().split(/\s+/).slice(0, 3)).toEqual(['shown', 'Policy', 'rootless']);
});

describe('what loads from a file comes back as it was sent, and what does not is refused by somebody', () => {
  test.each(ROWS.map((row, index) => ({ ...row, index })))(
    'the API server and the loader agree on: $name',
    async ({ good, bad, index }) => {
      const accepted = documentOf(classYaml(good), `good-${index}`);
      const created = await expectOk(plane.admin.create(accepted, { fieldValidation: 'Strict' }));
      expect(created.body.spec).toEqual(accepted.spec);
      expect(acceptClass(documentOf(classYaml(good)), 'x').errors).toEqual([]);
      const refused = documentOf(classYaml(bad), `bad-${index}`);
      const reply = await plane.admin.create(refused, { fieldValidation: 'Strict' });
      if (reply.status !== 201) return;
      const { apiVersion, kind, metadata, spec } = reply.body;
      const errors = acceptClass(
        { apiVersion, kind, metadata: { name: ownField(metadata, 'name') }, spec },
        'x',
      ).errors;
      expect(errors).not.toEqual([]);
    },
  );
});

/** A pod with the template of the first implementation, and a container of its own. */
function podOf(implementations: string): JsonObject | undefined {
  const [first] = listAt(documentOf(classYaml(implementations)), 'spec', 'implementations');
  const template = ownField(first, 'template');
  if (!isJsonObject(template)) return undefined;
  const spec = ownField(template, 'spec');
  const own: unknown = ownField(spec, 'containers') ?? [];
  const containers: readonly unknown[] = [{ name: 'workload', image: 'i' }, own].flat();
  const metadata = { ...fieldsOf(template.metadata), name: 'x', namespace };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...fieldsOf(spec), containers } };
}

function fieldsOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

describe('a template that loads is one the server takes', () => {
  test.each(ROWS)('the API server takes a pod with the good template of: $name', async ({ good }) => {
    const pod = podOf(good);
    if (!pod) return;
    const reply = await plane.admin.create(pod, { dryRun: true, fieldValidation: 'Strict' });
    expect([reply.status, stringField(reply.body, 'message')]).toEqual([201, undefined]);
  });
});

/** What the server takes, and why we do not. */
const OURS_ALONE: Readonly<Record<string, string>> = {
  'restartPolicy of an init container': 'newer than the oldest version a class has to run on',
  'restartPolicy of a container': 'newer than the oldest version a class has to run on',
  'an image that is none': 'the node would say so, for every pod',
  'environment variables': 'of the grant',
  'SYS_ADMIN without privilege escalation': 'the server looks for CAP_SYS_ADMIN, which no runtime knows',
  'runAsUser: 0 of the pod, which the workload would inherit':
    'a pod may well say so: it is what a class must not say for it',
  'seccompProfile: { type: Unconfined } of the pod, which the workload would inherit':
    'a pod may well say so: it is what a class must not say for it',
  'runAsNonRoot: false of the pod, which the workload would inherit':
    'a pod may well say so: it is what a class must not say for it',
  'an unmasked /proc for the workload, without a user namespace': 'of the grant',
  'capabilities that are none': 'of the grant',
  'a grant that drops': 'of the grant',
  'root that must not be root': 'the node would say so, for every pod',
  'mounts without a volume of the class': 'of the grant',
  'two mounts in one place': 'of the grant',
};

describe('a template that does not load is one the server refuses, or we say why we are stricter', () => {
  test.each(ROWS)('the API server refuses a pod with the bad template of: $name', async ({ name, bad }) => {
    const pod = podOf(bad);
    if (!pod) return;
    const { status } = await plane.admin.create(pod, { dryRun: true, fieldValidation: 'Strict' });
    expect(status === 201, OURS_ALONE[name]).toBe(Object.hasOwn(OURS_ALONE, name));
  });
});
