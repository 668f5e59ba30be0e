/*
A port of the node is reached from outside of the cluster's network, past its Services and, with some plugins, past its
NetworkPolicies.

**Restricted Fields:**
spec.containers[*].ports[*].hostPort
spec.initContainers[*].ports[*].hostPort
spec.ephemeralContainers[*].ports[*].hostPort

**Allowed Values:** ports that the policy lists; 0, undefined/null
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { pluralize } from '../../model/text.ts';
import { append, containersIn, inContainer, nameContainers, valuesOf } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { listedNames } from '../name-list.ts';
import type { NetworkParameters } from './parameters.ts';
import { type PortRange, parsePorts } from './ports.ts';

const LISTED = { hostPorts: { allowed: ['8080-8090', '9000'] } };

/** A check that containers take no ports of the node but those that the policy lists. */
export const hostPortRanges: RuleCheck<NetworkParameters> = {
  id: 'hostPortRanges',
  title: 'Containers must take no ports of the node but those that the policy lists.',
  fix: 'remove ports[*].hostPort and reach the pod through a Service, or take a port that is allowed',
  platform: 'any',
  compile: ({ hostPorts }) => {
    if (hostPorts === undefined) return undefined;
    const ranges = hostPorts.allowed.flatMap((range) => parsePorts(range) ?? []);
    const allowed = listedNames(hostPorts.allowed);
    return (pod) => findOthers(pod, ranges, allowed);
  },
  describe,
  examples: {
    pass: [
      {
        name: 'the ends of a range, a single port, and none',
        parameters: LISTED,
        pod: {
          spec: {
            containers: [
              { name: 'a', ports: [{ hostPort: 8080 }, { hostPort: 8090 }, { hostPort: 9000 }] },
              { name: 'b', ports: [{ containerPort: 22 }, { hostPort: 0 }, { hostPort: null }] },
              { name: 'c', ports: null },
            ],
          },
        },
      },
    ],
    fail: [
      {
        name: 'every list of containers',
        parameters: LISTED,
        pod: {
          spec: {
            initContainers: [{ name: 'i', ports: [{ hostPort: 8079 }] }],
            containers: [{ name: 'a', ports: [{ hostPort: 8080 }, { hostPort: 8091 }] }],
            ephemeralContainers: [{ name: 'e', ports: [{ hostPort: -1 }] }],
          },
        },
        says: 'port of the node (containers "i", "a", "e" take hostPorts -1, 8079, 8091; allowed: "8080-8090", "9000")',
        paths: [
          'spec.initContainers[0].ports[0].hostPort',
          'spec.containers[0].ports[1].hostPort',
          'spec.ephemeralContainers[0].ports[0].hostPort',
        ],
        values: [8079, 8091, -1],
      },
      {
        name: 'no port is allowed',
        parameters: { hostPorts: { allowed: [] } },
        pod: { spec: { containers: [{ name: 'a', ports: [{ hostPort: 80 }] }] } },
        says: 'port of the node (container "a" takes hostPort 80; allowed: none)',
        paths: ['spec.containers[0].ports[0].hostPort'],
        values: [80],
      },
    ],
  },
};

function findOthers(pod: PodView, ranges: readonly PortRange[], allowed: string): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    for (const [index, { hostPort }] of (ref.container.ports ?? []).entries()) {
      if (!hostPort || ranges.some(({ first, last }) => hostPort >= first && hostPort <= last)) continue;
      found = append(found, { ...inContainer(ref, `ports[${index}].hostPort`, hostPort), kind: allowed });
    }
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const names = containersIn(violations);
  const ports = valuesOf(violations);
  const take = `${pluralize('takes', 'take', names.length)} ${pluralize('hostPort', 'hostPorts', ports.length)}`;
  return {
    reason: 'port of the node',
    detail: `${nameContainers(names)} ${take} ${ports.join(', ')}; allowed: ${violations[0]?.kind ?? ''}`,
  };
}
