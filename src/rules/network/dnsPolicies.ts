/*
With `Default` a pod asks the name servers of its node, with `None` any that its author names: neither is the DNS of the cluster,
which logs and filters.

**Restricted Fields:** spec.dnsPolicy

**Allowed Values:** those that the policy lists. Undefined/null is ClusterFirst; and on the network of the node ClusterFirst is
Default, as the kubelet has it.
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Violation } from '../../model/finding.ts';
import { quoteVisible } from '../../model/text.ts';
import type { RuleCheck } from '../check.ts';
import { listedNames } from '../name-list.ts';
import type { NetworkParameters } from './parameters.ts';

const CLUSTER = { dns: { allowedPolicies: ['ClusterFirst' as const] } };

/** A check that pods have a DNS policy that the policy lists. */
export const dnsPolicies: RuleCheck<NetworkParameters> = {
  id: 'dnsPolicies',
  title: 'Pods must have a dnsPolicy that the policy lists.',
  fix: 'set spec.dnsPolicy to a value that is allowed',
  platform: 'any',
  compile: ({ dns }) => {
    if (dns?.allowedPolicies === undefined) return undefined;
    const { allowedPolicies } = dns;
    const allowed: ReadonlySet<string> = new Set(allowedPolicies);
    const listed = listedNames(allowedPolicies);
    return (pod) => findOther(pod, allowed, listed);
  },
  describe: ([first]) => ({ reason: 'DNS policy', detail: first?.kind ?? '' }),
  examples: {
    pass: [
      { name: 'a listed one', parameters: CLUSTER, pod: { spec: { dnsPolicy: 'ClusterFirst' } } },
      { name: 'none, null or empty, which is ClusterFirst', parameters: CLUSTER, pod: { spec: { dnsPolicy: null } } },
      {
        name: "the cluster's DNS on the network of the node",
        parameters: { dns: { allowedPolicies: ['ClusterFirstWithHostNet'] } },
        pod: { spec: { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' } },
      },
    ],
    fail: [
      {
        name: 'another one',
        parameters: CLUSTER,
        pod: { spec: { dnsPolicy: 'Default' } },
        says: 'DNS policy (pod has dnsPolicy "Default"; allowed: "ClusterFirst")',
        paths: ['spec.dnsPolicy'],
        values: ['Default'],
      },
      {
        name: 'one that Kubernetes does not know',
        parameters: { dns: { allowedPolicies: [] } },
        pod: { spec: { dnsPolicy: 'clusterFirst' } },
        says: 'DNS policy (pod has dnsPolicy "clusterFirst"; allowed: none)',
        paths: ['spec.dnsPolicy'],
        values: ['clusterFirst'],
      },
      {
        name: 'on the network of the node, where it means something else',
        parameters: CLUSTER,
        pod: { spec: { hostNetwork: true } },
        says: 'DNS policy (pod has dnsPolicy "ClusterFirst", which is Default with hostNetwork; allowed: "ClusterFirst")',
        paths: ['spec.dnsPolicy'],
        values: [undefined],
      },
    ],
  },
};

function findOther({ spec }: PodView, allowed: ReadonlySet<string>, listed: string): readonly Violation[] | undefined {
  const stated = spec.dnsPolicy || 'ClusterFirst';
  const isDefault = stated === 'ClusterFirst' && spec.hostNetwork === true;
  if (allowed.has(isDefault ? 'Default' : stated)) return undefined;
  const meaning = isDefault ? ', which is Default with hostNetwork' : '';
  const kind = `pod has dnsPolicy ${quoteVisible(stated)}${meaning}; allowed: ${listed}`;
  return [{ path: 'spec.dnsPolicy', value: spec.dnsPolicy, kind }];
}
