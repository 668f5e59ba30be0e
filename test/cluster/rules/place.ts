// A namespace for the attempts of a section: with its policy, a tenant, and what is stored there before they begin.
import type { JsonObject } from '../../../src/model/json.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createServiceAccount } from '../control-plane/namespaces.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { policyOf } from '../support/gated-cluster.ts';
import { createTenant, type Tenant } from '../support/tenants.ts';
import type { Section } from './attempt.ts';
import { RUNTIME_CLASSES } from './cluster.ts';
import { engineWith, type Offline } from './offline.ts';
import { BASE, controllerOf, objectOf, podOf, sandboxOf } from './pods.ts';

const TIER = 'sandgate.dev/tier';
/** Those that a pod could name: Kubernetes refuses one that is not there. */
const SERVICE_ACCOUNTS = ['admin', 'agent-root'];

export interface Place {
  readonly plane: ControlPlane;
  readonly tenant: Tenant;
  /** The pod template that attempts begin with. */
  readonly base: JsonObject;
  /** The pod and the Sandbox of that template, as they are stored. */
  readonly running: JsonObject;
  readonly sandbox: JsonObject;
  /** A Deployment, or a Job where none can hold the pod. */
  readonly controller: JsonObject;
  readonly engine: Offline;
}

/** The name of a section's policy, and the value of the label by which it selects namespaces. */
export function tierOf({ title }: Section): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

export function policyFor(section: Section): JsonObject {
  const tier = tierOf(section);
  return policyOf(tier, { match: { namespaceSelector: { matchLabels: { [TIER]: tier } } }, ...section.spec });
}

/** Makes the namespace, and stores a pod and a Sandbox that the policy has nothing against. */
export async function makePlace(plane: ControlPlane, section: Section): Promise<Place> {
  const labels = { [TIER]: tierOf(section) };
  const tenant = await createTenant(plane, labels);
  const { namespace, client, user } = tenant;
  const { annotations } = section;
  if (annotations !== undefined) {
    const ref = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
    await expectOk(plane.admin.patch(ref, { metadata: { annotations } }, 'merge'));
  }
  const base = section.base(BASE);
  const pod = podOf(base, { namespace, name: 'running' });
  const isLetIn = async (): Promise<boolean> => (await client.create(pod, { dryRun: true })).status === 201;
  if (annotations !== undefined)
    await waitFor(isLetIn, { within: 30_000, what: `the annotations of ${namespace} are known` });
  const running = await expectOk(client.create(pod));
  const sandbox = await expectOk(client.apply(sandboxOf(base, { namespace, name: 'stored' })));
  const controller = await storedController(tenant, section, base);
  await Promise.all(SERVICE_ACCOUNTS.map((name) => createServiceAccount(plane, namespace, name)));
  const engine = engineWith(policyFor(section), {
    namespace,
    namespaceLabels: { ...labels, 'kubernetes.io/metadata.name': namespace },
    namespaceAnnotations: annotations ?? {},
    user: { username: user, groups: ['tenants', 'system:authenticated'] },
    context: RUNTIME_CLASSES.map((document, index) => ({ file: `${index}.json`, text: JSON.stringify(document) })),
  });
  return { plane, tenant, base, running: running.body, sandbox: sandbox.body, controller, engine };
}

/** Without pods, so that no controller has anything to do with it. */
async function storedController(
  { client, namespace }: Tenant,
  { controllers }: Section,
  base: JsonObject,
): Promise<JsonObject> {
  const kind = controllers?.includes('Deployment') === false ? 'Job' : 'Deployment';
  const made = controllerOf(kind, base, { namespace, name: 'stored' });
  const none = kind === 'Job' ? { suspend: true } : { replicas: 0 };
  return (await expectOk(client.create({ ...made, spec: { ...objectOf(made.spec), ...none } }))).body;
}
