/*
A process must not gain more privileges than its parent has, as through a set-user-ID binary.

**Restricted Fields:**
spec.containers[*].securityContext.allowPrivilegeEscalation
spec.initContainers[*].securityContext.allowPrivilegeEscalation
spec.ephemeralContainers[*].securityContext.allowPrivilegeEscalation

**Allowed Values:** false; v1.25+: anything on Windows
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import type { Check } from '../check.ts';
import { append, containersIn, inContainer, nameContainers } from '../violations.ts';
import { isWindows } from '../windows.ts';

/** A restricted check that requires allowPrivilegeEscalation=false in 1.8+; not of Windows pods from 1.25 on. */
export const allowPrivilegeEscalation: Check = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  title: 'Containers must rule out privilege escalation.',
  fix: 'set securityContext.allowPrivilegeEscalation to false in every container',
  versions: [
    { since: '1.8', check: allowPrivilegeEscalation_1_8 },
    { since: '1.25', check: allowPrivilegeEscalation_1_25 },
  ],
  describe,
  examples: {
    pass: [
      {
        name: 'false',
        since: '1.8',
        pod: { spec: { containers: [{ name: 'a', securityContext: { allowPrivilegeEscalation: false } }] } },
      },
      { name: 'Windows', since: '1.25', pod: { spec: { os: { name: 'windows' }, containers: [{ name: 'a' }] } } },
    ],
    fail: [
      {
        name: 'Windows, before 1.25',
        since: '1.24',
        pod: { spec: { os: { name: 'windows' }, containers: [{ name: 'a' }] } },
        says: 'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false)',
        paths: ['spec.containers[0].securityContext.allowPrivilegeEscalation'],
        values: [undefined],
      },
      {
        name: 'true, unset, or null, in every list of containers',
        pod: {
          spec: {
            os: { name: 'linux' },
            containers: [{ name: 'a', securityContext: { allowPrivilegeEscalation: true } }],
            initContainers: [{ name: 'b' }],
            ephemeralContainers: [{ name: 'c', securityContext: { allowPrivilegeEscalation: null } }],
          },
        },
        says: 'allowPrivilegeEscalation != false (containers "b", "a", "c" must set securityContext.allowPrivilegeEscalation=false)',
        paths: [
          'spec.initContainers[0].securityContext.allowPrivilegeEscalation',
          'spec.containers[0].securityContext.allowPrivilegeEscalation',
          'spec.ephemeralContainers[0].securityContext.allowPrivilegeEscalation',
        ],
        values: [undefined, true, null],
      },
    ],
  },
};

function allowPrivilegeEscalation_1_8(pod: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    const value = ref.container.securityContext?.allowPrivilegeEscalation;
    if (value !== false) found = append(found, inContainer(ref, 'securityContext.allowPrivilegeEscalation', value));
  }
  return found;
}

function allowPrivilegeEscalation_1_25(pod: PodView): readonly Violation[] | undefined {
  return isWindows(pod) ? undefined : allowPrivilegeEscalation_1_8(pod);
}

function describe(violations: readonly Violation[]): Sentence {
  const containers = nameContainers(containersIn(violations));
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containers} must set securityContext.allowPrivilegeEscalation=false`,
  };
}
