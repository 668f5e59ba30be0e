// A stand-in for agent-sandbox's controller: not its code, but its pods. For each Sandbox that is to run it creates the pod that
// the real one would (controllers/sandbox_controller.go of v0.5): the template's spec as it is stored, under the Sandbox's
// name, as the controller's own service account.
//
// What it does not do: watch (it looks again and again), status, Services, the volume claims themselves, the adoption of
// existing pods, warm pools and claims, the propagation of later changes to labels, and anything about SandboxTemplates.
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import type { KubeReply } from '../control-plane/kube-http.ts';
import { waitFor } from '../control-plane/wait-for.ts';

/** Who the real one is, where it is installed as its manifests say. */
export const SANDBOX_CONTROLLER = 'system:serviceaccount:agent-sandbox-system:agent-sandbox-controller';

const EVERY_MS = 100;
const SANDBOX = { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox' };
/** Of the template's labels and annotations these are the controller's own, and not copied. */
const RESERVED = /^(?:[^/]+\.)?agents\.x-k8s\.io\//;

export interface SandboxController {
  /** What the server last said to the creation of a Sandbox's pod, by `NAMESPACE/NAME`. */
  readonly replies: ReadonlyMap<string, KubeReply>;
  stop(): Promise<void>;
}

/** Lets the service account do what the controller's role lets it, and begins. */
export async function startSandboxController(plane: ControlPlane): Promise<SandboxController> {
  await grantRole(plane);
  const client = plane.as(SANDBOX_CONTROLLER);
  const replies = new Map<string, KubeReply>();
  const stop = new AbortController();

  async function reconcile(sandbox: JsonObject): Promise<void> {
    const [name, namespace] = [String(at(sandbox, 'metadata', 'name')), namespaceOf(sandbox)];
    const { status } = await client.get({ apiVersion: 'v1', kind: 'Pod', namespace, name });
    if (!isToRun(sandbox)) {
      if (status === 200)
        await client.delete({ apiVersion: 'v1', kind: 'Pod', namespace, name }, { gracePeriodSeconds: 0 });
      return;
    }
    if (status !== 404) return;
    replies.set(
      `${namespace}/${name}`,
      await client.create(podOfSandbox(sandbox), { fieldManager: 'sandbox-controller' }),
    );
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      const { body } = await expectOk(client.list(SANDBOX));
      for (const item of listAt(body, 'items')) if (isJsonObject(item) && !stop.signal.aborted) await reconcile(item);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }
  // The authorizer hears of a new role a moment after it is stored.
  const mayList = async (): Promise<boolean> => (await client.list(SANDBOX)).status === 200;
  await waitFor(mayList, { within: 30_000, what: 'the stand-in controller may list Sandboxes' });
  const ended = run();
  // Whoever stops it hears of it.
  ended.catch(() => {});
  return {
    replies,
    async stop() {
      stop.abort();
      await ended;
    },
  };
}

/** The pod of a Sandbox: its template, and nothing defaulted. */
export function podOfSandbox(sandbox: JsonObject): JsonObject {
  const name = String(at(sandbox, 'metadata', 'name'));
  const template = at(sandbox, 'spec', 'podTemplate');
  const spec = at(template, 'spec');
  const owner = { ...SANDBOX, name, uid: at(sandbox, 'metadata', 'uid') };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: namespaceOf(sandbox),
      name,
      labels: { ...copied(at(template, 'metadata', 'labels')), 'agents.x-k8s.io/sandbox-name-hash': nameHash(name) },
      annotations: copied(at(template, 'metadata', 'annotations')),
      ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
    },
    spec: isJsonObject(spec) ? withClaims(spec, sandbox, name) : spec,
  };
}

/** The only change to the spec: a volume for each claim template, in the place of one of the same name. */
function withClaims(spec: JsonObject, sandbox: JsonObject, name: string): JsonObject {
  const claims = listAt(sandbox, 'spec', 'volumeClaimTemplates').map((claim) => String(at(claim, 'metadata', 'name')));
  if (claims.length === 0) return spec;
  const others = listAt(spec, 'volumes').filter((volume) => !claims.includes(String(at(volume, 'name'))));
  const volumes = claims.map((claim) => ({ name: claim, persistentVolumeClaim: { claimName: `${claim}-${name}` } }));
  return { ...spec, volumes: [...others, ...volumes] };
}

function isToRun(sandbox: JsonObject): boolean {
  if (at(sandbox, 'metadata', 'deletionTimestamp') !== undefined) return false;
  return at(sandbox, 'spec', 'replicas') !== 0 && at(sandbox, 'spec', 'operatingMode') !== 'Suspended';
}

function copied(map: unknown): JsonObject {
  return isJsonObject(map) ? Object.fromEntries(Object.entries(map).filter(([key]) => !RESERVED.test(key))) : {};
}

/** FNV-1a, 32 bits, as hexadecimal. */
function nameHash(name: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

function namespaceOf(sandbox: JsonObject): string {
  return String(at(sandbox, 'metadata', 'namespace'));
}

async function grantRole(plane: ControlPlane): Promise<void> {
  const apiGroup = 'rbac.authorization.k8s.io';
  const metadata = { name: 'agent-sandbox-controller' };
  const rules = [
    { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'] },
    { apiGroups: ['agents.x-k8s.io'], resources: ['*'], verbs: ['*'] },
  ];
  const subjects = [{ kind: 'User', apiGroup, name: SANDBOX_CONTROLLER }];
  const roleRef = { apiGroup, kind: 'ClusterRole', name: metadata.name };
  await expectOk(plane.admin.create({ apiVersion: `${apiGroup}/v1`, kind: 'ClusterRole', metadata, rules }));
  await expectOk(
    plane.admin.create({ apiVersion: `${apiGroup}/v1`, kind: 'ClusterRoleBinding', metadata, subjects, roleRef }),
  );
}
