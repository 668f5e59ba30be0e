// Policies of the node's namespaces, told apart by a label.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { agentsPolicy } from '../../cluster/support/gated-cluster.ts';

const POLICIES = resolve(import.meta.dirname, '../../../policies');

/** The shipped classes that the tests' cluster has. */
export const BUNDLES = ['docker', 'nsjail', 'landjail'] as const;

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

/** Shipped policies, each for the namespaces of one tier; the policy `agents` is for those of `AGENTS_TIER`. */
const SHIPPED = [
  'agent-sandbox-strict',
  'baseline',
  'coder',
  'gvisor',
  'k8s-runner',
  'kagent',
  'kata',
  'nanoclaw',
  'notebooks',
  'restricted',
  'runners',
] as const;

export type Tier = keyof typeof LISTED | (typeof SHIPPED)[number];

const TIER = 'sandgate.dev/tier';

/** The labels that bring a namespace under the policy of a tier. */
export function tierLabels(tier: Tier): Readonly<Record<string, string>> {
  return { [TIER]: `node-${tier}` };
}

/** All policies of the tests. */
export function nodePolicies(): readonly JsonObject[] {
  return [agentsPolicy(), ...SHIPPED.map(shippedPolicy), ...tierPolicies()];
}

/** The same, with the classes that they list, for a cluster that may have neither. */
export function foreignObjects(): readonly JsonObject[] {
  const classes = BUNDLES.map((bundle) => documentOf(`capabilities/${bundle}/class.yaml`));
  return [...classes, ...nodePolicies()];
}

/** A shipped policy as it is, but for whom it is for. */
function shippedPolicy(name: (typeof SHIPPED)[number]): JsonObject {
  const policy = documentOf(`${name}/policy.yaml`);
  const spec = isJsonObject(policy.spec) ? policy.spec : {};
  const match = { namespaceSelector: { matchLabels: tierLabels(name) } };
  return { ...policy, metadata: { name: `node-${name}` }, spec: { ...spec, match } };
}

function documentOf(file: string): JsonObject {
  const document: unknown = parse(readFileSync(resolve(POLICIES, file), 'utf8'));
  if (!isJsonObject(document)) throw new Error(`${file} holds no object`);
  return document;
}

/** One policy for each tier. */
function tierPolicies(): readonly JsonObject[] {
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
