// Policies of the node's namespaces, told apart by a label.
import type { JsonObject } from '../../../src/model/json.ts';

/** What the policy of each tier lists; all are for the Restricted level, and fill in what it needs. */
const LISTED = {
  /** The class decides by the pod and its namespace. */
  chosen: [{ name: 'docker' }, { name: 'nsjail' }, { name: 'landjail' }],
  'rootless-tun-host-path': [{ name: 'docker', implementation: 'rootless-tun-host-path' }],
  privileged: [{ name: 'docker', implementation: 'privileged' }],
  sysbox: [{ name: 'docker', implementation: 'sysbox' }],
  'nsjail-bottlerocket-unconfined': [{ name: 'nsjail', implementation: 'bottlerocket-unconfined' }],
  'nsjail-bottlerocket-sys-admin': [{ name: 'nsjail', implementation: 'bottlerocket-sys-admin' }],
  'nsjail-no-user-namespace-sys-admin': [{ name: 'nsjail', implementation: 'no-user-namespace-sys-admin' }],
} as const satisfies Readonly<Record<string, readonly JsonObject[]>>;

export type Tier = keyof typeof LISTED;

const TIER = 'sandgate.dev/tier';

/** The labels that bring a namespace under the policy of a tier. */
export function tierLabels(tier: Tier): Readonly<Record<string, string>> {
  return { [TIER]: `node-${tier}` };
}

/** One policy for each tier. */
export function tierPolicies(): readonly JsonObject[] {
  return Object.entries(LISTED).map(([tier, capabilities]) => ({
    apiVersion: 'sandgate.dev/v1alpha1',
    kind: 'IsolationPolicy',
    metadata: { name: `node-${tier}` },
    spec: {
      match: { namespaceSelector: { matchLabels: { [TIER]: `node-${tier}` } } },
      podSecurity: { level: 'restricted', version: 'latest' },
      harden: 'restricted',
      identity: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 },
      capabilities,
    },
  }));
}
