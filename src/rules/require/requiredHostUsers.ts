/*
In a user namespace of the pod's own, root in the pod is nobody on the node. Kubernetes' default is the namespace of the node.

**Restricted Fields:**
spec.hostUsers

**Allowed Values:** false
*/

import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import type { RuleCheck } from '../check.ts';
import { grantedField } from '../granted-field.ts';
import type { RequireParameters } from './parameters.ts';

/** A check that pods have a user namespace of their own. */
export const requiredHostUsers: RuleCheck<RequireParameters> = {
  id: 'requiredHostUsers',
  title: 'Pods must have a user namespace of their own.',
  fix: 'set spec.hostUsers to false, and share no namespace of the node and no raw device',
  platform: 'linux',
  compile: (fields) => (fields.includes('hostUsers') ? findHostUsers : undefined),
  describe,
  examples: {
    pass: [
      {
        name: 'a user namespace of its own',
        parameters: ['hostUsers'],
        pod: { spec: { hostUsers: false, containers: [{ name: 'a' }] } },
      },
    ],
    fail: [
      {
        name: 'a pod that does not say',
        parameters: ['hostUsers'],
        pod: { spec: { containers: [{ name: 'a' }] } },
        says: 'user namespace of the node (pod does not set hostUsers to false)',
        paths: ['spec.hostUsers'],
        values: [undefined],
      },
      {
        name: 'a pod that says true',
        parameters: ['hostUsers'],
        pod: { spec: { hostUsers: true } },
        says: 'user namespace of the node (pod sets hostUsers to true)',
        paths: ['spec.hostUsers'],
        values: [true],
      },
    ],
  },
};

function findHostUsers(pod: PodView): readonly Violation[] | undefined {
  const { hostUsers } = pod.spec;
  if (hostUsers === false || (hostUsers !== true && grantedField(pod, 'hostUsers').length > 0)) return undefined;
  return [{ path: 'spec.hostUsers', value: hostUsers }];
}

function describe([violation]: readonly Violation[]): Sentence {
  const set = violation?.value === true ? 'pod sets hostUsers to true' : 'pod does not set hostUsers to false';
  return { reason: 'user namespace of the node', detail: set };
}
