/*
Containers must not take ports of the node.

**Restricted Fields:**
spec.containers[*].ports[*].hostPort
spec.initContainers[*].ports[*].hostPort
spec.ephemeralContainers[*].ports[*].hostPort

**Allowed Values:** 0, undefined/null
*/
import { containerPath, type PodView } from '../../kubernetes/containers.ts';
import type { Failure, FieldRef } from '../../model/finding.ts';
import { pluralize, sortBytewise } from '../../model/text.ts';
import type { Check } from '../check.ts';
import { nameContainers } from '../setters.ts';

/** A baseline check that forbids host ports in 1.0+. */
export const hostPorts: Check = {
  id: 'hostPorts',
  level: 'baseline',
  title: 'Containers must not use ports of the node.',
  fix: 'remove ports[*].hostPort and reach the pod through a Service',
  versions: [{ since: '1.0', check: hostPorts_1_0 }],
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
      },
    ],
  },
};

function hostPorts_1_0(pod: PodView): Failure | undefined {
  const names: string[] = [];
  const values: string[] = [];
  const fields: FieldRef[] = [];
  for (const ref of pod.containers) {
    const { ports } = ref.container;
    if (!ports) continue;
    const before = fields.length;
    for (const [index, { hostPort }] of ports.entries()) {
      if (!hostPort) continue;
      values.push(String(hostPort));
      fields.push({ path: containerPath(ref, `ports[${index}].hostPort`), container: ref.name });
    }
    if (fields.length > before) names.push(ref.name);
  }
  if (names.length === 0) return undefined;
  const taken = sortBytewise(new Set(values));
  const uses = `${pluralize('uses', 'use', names.length)} ${pluralize('hostPort', 'hostPorts', taken.length)}`;
  return { reason: 'hostPort', detail: `${nameContainers(names)} ${uses} ${taken.join(', ')}`, fields };
}
