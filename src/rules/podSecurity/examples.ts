// Pods for which each parameter of `podSecurity` decides the verdict.
import type { RuleExample } from '../rule.ts';
import type { PodSecurityParameters } from './parameters.ts';

const HOST_NETWORK = { spec: { hostNetwork: true, containers: [{ name: 'a' }] } };

export const examples: readonly RuleExample<PodSecurityParameters>[] = [
  {
    name: 'a level refuses what it forbids',
    parameters: { level: 'baseline' },
    pod: HOST_NETWORK,
  },
  {
    name: 'an older version does not know a newer exception',
    // Since 1.35 a pod in a user namespace may run as root.
    parameters: { level: 'restricted', version: 'v1.34' },
    pod: { spec: { hostUsers: false, containers: [{ name: 'a' }] } },
  },
  {
    name: "the namespace's labels decide",
    parameters: { fromNamespaceLabels: true },
    pod: HOST_NETWORK,
    namespaceLabels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
  },
];
