// Small definitions of agent-sandbox's kinds: what upstream's have that matters here is two served versions and a pod template
// whose fields nobody prunes.
import { isJsonObject, ownField, stringField } from '../../../src/model/json.ts';
import { sandbox } from '../../../src/workloads/sandbox.ts';
import { sandboxTemplate } from '../../../src/workloads/sandbox-template.ts';
import type { Workload } from '../../../src/workloads/workload.ts';
import type { ControlPlane } from './control-plane.ts';
import { expectOk } from './expect-ok.ts';
import { waitFor } from './wait-for.ts';

const ESTABLISHED_WITHIN_MS = 30_000;
const API_VERSION = 'apiextensions.k8s.io/v1';

/** Installs Sandbox and SandboxTemplate, v1alpha1 and v1beta1 both served, and resolves when both can be created. */
export async function installSandboxes(plane: ControlPlane): Promise<void> {
  await Promise.all([
    installDefinition(plane, definitionOf(sandbox)),
    installDefinition(plane, definitionOf(sandboxTemplate)),
  ]);
}

/** Applies a CustomResourceDefinition and resolves when all its served versions are. */
export async function installDefinition(plane: ControlPlane, definition: object): Promise<void> {
  const { body } = await expectOk(plane.admin.apply(definition, { force: true }));
  const spec = ownField(body, 'spec');
  const group = stringField(spec, 'group') ?? '';
  const plural = stringField(ownField(spec, 'names'), 'plural') ?? '';
  for (const version of arrayOf(ownField(spec, 'versions'))) {
    if (ownField(version, 'served') !== true) continue;
    const path = `/apis/${group}/${stringField(version, 'name') ?? ''}`;
    // What is established is not served at once: the list must come, and the discovery of its version must name it.
    await waitFor(async () => (await isServed(plane, path, plural)) && (await isDiscovered(plane, path, plural)), {
      within: ESTABLISHED_WITHIN_MS,
      what: `${path}/${plural} is served`,
    });
  }
}

async function isServed(plane: ControlPlane, path: string, plural: string): Promise<boolean> {
  return (await plane.admin.request('GET', `${path}/${plural}?limit=1`)).status === 200;
}

async function isDiscovered(plane: ControlPlane, path: string, plural: string): Promise<boolean> {
  const { body } = await plane.admin.request('GET', path);
  return arrayOf(ownField(body, 'resources')).some((resource) => stringField(resource, 'name') === plural);
}

function definitionOf({ group, kind, versions, resource }: Workload): object {
  const podTemplate = {
    type: 'object',
    properties: {
      metadata: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
    required: ['spec'],
  };
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const spec = { ...open, properties: { podTemplate, replicas: { type: 'integer', minimum: 0, maximum: 1 } } };
  const openAPIV3Schema = { type: 'object', properties: { spec, status: open } };
  return {
    apiVersion: API_VERSION,
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${resource}.${group}`,
      // Groups under k8s.io ask for this; without a reviewed proposal to name, this is what they take.
      annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' },
    },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural: resource, singular: kind.toLowerCase(), listKind: `${kind}List` },
      conversion: { strategy: 'None' },
      versions: versions.map((name, i) => ({
        name,
        served: true,
        storage: i === versions.length - 1,
        subresources: { status: {} },
        schema: { openAPIV3Schema },
      })),
    },
  };
}

function arrayOf(value: unknown): readonly object[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
