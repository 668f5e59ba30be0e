/*
A HostProcess container of Windows runs on the node itself, with the node's rights. Pods must not ask for one.

**Restricted Fields:**
spec.securityContext.windowsOptions.hostProcess
spec.containers[*].securityContext.windowsOptions.hostProcess
spec.initContainers[*].securityContext.windowsOptions.hostProcess
spec.ephemeralContainers[*].securityContext.windowsOptions.hostProcess

**Allowed Values:** false, undefined/null
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import type { Check } from '../check.ts';
import { append, inContainer, settersOf } from '../violations.ts';

/** A baseline check that forbids hostProcess=true in 1.0+. */
export const windowsHostProcess: Check = {
  id: 'windowsHostProcess',
  level: 'baseline',
  title: 'Windows pods must not run HostProcess containers.',
  fix: 'remove securityContext.windowsOptions.hostProcess, or set it to false',
  versions: [{ since: '1.0', check: windowsHostProcess_1_0 }],
  describe,
  examples: {
    pass: [
      { name: 'unset', pod: { spec: { os: { name: 'windows' }, containers: [{ name: 'a' }] } } },
      {
        name: 'false or null',
        pod: {
          spec: {
            securityContext: { windowsOptions: { hostProcess: false } },
            containers: [{ name: 'a', securityContext: { windowsOptions: { hostProcess: null } } }],
          },
        },
      },
    ],
    fail: [
      {
        name: 'the pod',
        pod: { spec: { securityContext: { windowsOptions: { hostProcess: true } }, containers: [{ name: 'a' }] } },
        says: 'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)',
        paths: ['spec.securityContext.windowsOptions.hostProcess'],
        values: [true],
      },
      {
        name: 'a container',
        pod: { spec: { containers: [{ name: 'a', securityContext: { windowsOptions: { hostProcess: true } } }] } },
        says: 'hostProcess (container "a" must not set securityContext.windowsOptions.hostProcess=true)',
        paths: ['spec.containers[0].securityContext.windowsOptions.hostProcess'],
        values: [true],
      },
      {
        name: 'the pod and every list of containers',
        pod: {
          spec: {
            securityContext: { windowsOptions: { hostProcess: true } },
            containers: [{ name: 'a', securityContext: { windowsOptions: { hostProcess: true } } }],
            initContainers: [{ name: 'b', securityContext: { windowsOptions: { hostProcess: true } } }],
            ephemeralContainers: [{ name: 'c', securityContext: { windowsOptions: { hostProcess: true } } }],
          },
        },
        says: 'hostProcess (pod and containers "b", "a", "c" must not set securityContext.windowsOptions.hostProcess=true)',
        paths: [
          'spec.securityContext.windowsOptions.hostProcess',
          'spec.initContainers[0].securityContext.windowsOptions.hostProcess',
          'spec.containers[0].securityContext.windowsOptions.hostProcess',
          'spec.ephemeralContainers[0].securityContext.windowsOptions.hostProcess',
        ],
        values: [true, true, true, true],
      },
    ],
  },
};

function windowsHostProcess_1_0(pod: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  if (pod.spec.securityContext?.windowsOptions?.hostProcess === true) {
    found = append(found, { path: 'spec.securityContext.windowsOptions.hostProcess', value: true });
  }
  for (const ref of pod.containers) {
    if (ref.container.securityContext?.windowsOptions?.hostProcess !== true) continue;
    found = append(found, inContainer(ref, 'securityContext.windowsOptions.hostProcess', true));
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const setters = settersOf(violations).join(' and ');
  return {
    reason: 'hostProcess',
    detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true`,
  };
}
