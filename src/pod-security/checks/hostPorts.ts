/*
Containers must not take ports of the node.

**Restricted Fields:**
spec.containers[*].ports[*].hostPort
spec.initContainers[*].ports[*].hostPort
spec.ephemeralContainers[*].ports[*].hostPort

**Allowed Values:** 0, undefined/null
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { pluralize } from '../../model/text.ts';
import type { Check } from '../check.ts';
import { append, containersIn, inContainer, nameContainers, valuesOf } from '../violations.ts';

/** A baseline check that forbids host ports in 1.0+. */
export const hostPorts: Check = {
  id: 'hostPorts',
  level: 'baseline',
  title: 'Containers must not use ports of the node.',
  fix: 'remove ports[*].hostPort and reach the pod through a Service',
  versions: [{ since: '1.0', check: hostPorts_1_0 }],
  describe,
  examples: {
    pass: [
      { name: 'no ports', pod: { spec: { containers: [{ name: 'a', ports: null }] } } },
      {
        name: 'no host ports',
        pod: {
          spec: { containers: [{ name: 'a', ports: [{ containerPort: 80 }, { hostPort: 0 }, { hostPort: null }] }] },
        },
      },
    ],
    fail: [
      {
        name: 'a port',
        pod: { spec: { containers: [{ name: 'a', ports: [{ containerPort: 80 }, { hostPort: 80 }] }] } },
        says: 'hostPort (container "a" uses hostPort 80)',
        paths: ['spec.containers[0].ports[1].hostPort'],
        values: [80],
      },
      {
        name: 'every list of containers; ports once each and sorted as text',
        pod: {
          spec: {
            containers: [{ name: 'a', ports: [{ hostPort: 9000 }, { hostPort: 80 }] }],
            initContainers: [{ name: 'b', ports: [{ hostPort: 12345 }] }],
            ephemeralContainers: [{ name: 'c', ports: [{ hostPort: 80 }] }],
          },
        },
        says: 'hostPort (containers "b", "a", "c" use hostPorts 12345, 80, 9000)',
        paths: [
          'spec.initContainers[0].ports[0].hostPort',
          'spec.containers[0].ports[0].hostPort',
          'spec.containers[0].ports[1].hostPort',
          'spec.ephemeralContainers[0].ports[0].hostPort',
        ],
        values: [12345, 9000, 80, 80],
      },
    ],
  },
};

function hostPorts_1_0(pod: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    const { ports } = ref.container;
    if (!ports) continue;
    for (const [index, { hostPort }] of ports.entries()) {
      if (hostPort) found = append(found, inContainer(ref, `ports[${index}].hostPort`, hostPort));
    }
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const names = containersIn(violations);
  const taken = valuesOf(violations);
  const uses = `${pluralize('uses', 'use', names.length)} ${pluralize('hostPort', 'hostPorts', taken.length)}`;
  return { reason: 'hostPort', detail: `${nameContainers(names)} ${uses} ${taken.join(', ')}` };
}
