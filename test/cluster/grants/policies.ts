// Policies for namespaces that are restricted, told apart by a label: each lists other classes, or one class in another form.
import type { JsonObject } from '../../../src/model/json.ts';
import { at } from '../control-plane/at.ts';

/** What the policy of each tier lists. */
const LISTED = {
  rootless: [{ name: 'docker', implementation: 'rootless' }, { name: 'nsjail' }],
  'rootless-tun-host-path': [{ name: 'docker', implementation: 'rootless-tun-host-path' }, { name: 'nsjail' }],
  privileged: [{ name: 'docker', implementation: 'privileged' }],
  sysbox: [{ name: 'docker', implementation: 'sysbox' }],
  'kata-qemu': [{ name: 'docker', implementation: 'kata-qemu' }],
  'kata-qemu-emptydir': [{ name: 'docker', implementation: 'kata-qemu-emptydir' }],
  'kata-fc': [{ name: 'docker', implementation: 'kata-fc' }],
  'kata-fc-emptydir': [{ name: 'docker', implementation: 'kata-fc-emptydir' }],
  /** What the class adds is also written into Sandboxes. */
  stored: [{ name: 'docker', implementation: 'rootless', into: 'Object' }],
  /** The class decides by the pod and its namespace. */
  chosen: [{ name: 'docker' }, { name: 'nsjail' }, { name: 'landjail' }],
  'nsjail-bottlerocket-unconfined': [{ name: 'nsjail', implementation: 'bottlerocket-unconfined' }],
  'nsjail-bottlerocket-sys-admin': [{ name: 'nsjail', implementation: 'bottlerocket-sys-admin' }],
  'nsjail-no-user-namespace-sys-admin': [{ name: 'nsjail', implementation: 'no-user-namespace-sys-admin' }],
  always: [{ name: 'docker', implementation: 'rootless', assign: 'Always' }],
  colliding: [
    { name: 'docker', implementation: 'rootless' },
    { name: 'other-daemon' },
    { name: 'other-socket' },
    { name: 'other-host' },
  ],
  nothing: [],
} as const satisfies Readonly<Record<string, readonly JsonObject[]>>;

export type Tier = keyof typeof LISTED;

const TIER = 'sandgate.dev/tier';
const FLOOR = 'sandgate.dev/floor';
const RIVAL = 'sandgate.dev/rival';

/** The labels that bring a namespace under the policy of a tier. */
export function tierLabels(tier: Tier): Readonly<Record<string, string>> {
  return { [TIER]: tier };
}

/** Of a namespace that a second policy judges as well, which lists nothing. */
export const FLOORED = { [FLOOR]: 'restricted' };
/** Of a namespace that a second policy judges as well, which goes first and wants the privileged daemon. */
export const RIVALLED = { [RIVAL]: 'privileged' };

/** The Restricted level, with all that it needs filled in. */
function restricted(name: string, matchLabels: JsonObject, more: JsonObject): JsonObject {
  const spec = {
    match: { namespaceSelector: { matchLabels } },
    podSecurity: { level: 'restricted', version: 'latest' },
    harden: 'restricted',
    identity: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 },
    ...more,
  };
  return { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy', metadata: { name }, spec };
}

/** One policy for each tier. */
export function tierPolicies(): readonly JsonObject[] {
  return Object.entries(LISTED).map(([tier, capabilities]) => restricted(tier, { [TIER]: tier }, { capabilities }));
}

/** The policies that a namespace can have beside that of its tier. */
export function secondPolicies(): readonly JsonObject[] {
  const capabilities = [{ name: 'docker', implementation: 'privileged' }];
  return [restricted('floor', FLOORED, { priority: -1 }), restricted('rival', RIVALLED, { priority: 1, capabilities })];
}

/** Classes that want the same name, the same volume, and the same variable as class docker, for something else. */
export function collidingClasses(): readonly JsonObject[] {
  const image = `example.com/other@sha256:${'0'.repeat(64)}`;
  const mount = { name: 'docker-socket', mountPath: '/run/other' };
  const other = { name: 'other', image, restartPolicy: 'Always' };
  return [
    classOf('other-daemon', { template: { spec: { containers: [{ name: 'docker-daemon', image }] } } }),
    classOf('other-socket', {
      template: {
        spec: {
          initContainers: [{ ...other, volumeMounts: [mount] }],
          volumes: [{ name: 'docker-socket', emptyDir: { sizeLimit: '1Gi' } }],
        },
      },
    }),
    classOf('other-host', { grant: { env: [{ name: 'DOCKER_HOST', value: 'tcp://other:2375' }] } }),
  ];
}

function classOf(name: string, implementation: JsonObject): JsonObject {
  const spec = { authorization: 'Policy', implementations: [{ name: 'only', ...implementation }] };
  return { apiVersion: 'sandgate.dev/v1alpha1', kind: 'CapabilityClass', metadata: { name }, spec };
}

/** Those of some tiers. */
export function policiesFor(...tiers: readonly Tier[]): readonly JsonObject[] {
  return tierPolicies().filter((policy) => tiers.some((tier) => at(policy, 'metadata', 'name') === tier));
}

/** The policies but for that of one tier. */
export function without(tier: Tier, policies: readonly JsonObject[]): readonly JsonObject[] {
  return policies.filter((policy) => at(policy, 'metadata', 'name') !== tier);
}
