/*
A HostProcess container of Windows runs on the node itself, with the node's rights. Pods must not ask for one.

**Restricted Fields:**
spec.securityContext.windowsOptions.hostProcess
spec.containers[*].securityContext.windowsOptions.hostProcess
spec.initContainers[*].securityContext.windowsOptions.hostProcess
spec.ephemeralContainers[*].securityContext.windowsOptions.hostProcess

**Allowed Values:** false, undefined/null
*/
import { containerPath, type PodView } from '../../kubernetes/containers.ts';
import type { Failure, FieldRef } from '../../model/finding.ts';
import type { Check } from '../check.ts';
import { nameSetters } from '../setters.ts';

/** A baseline check that forbids hostProcess=true in 1.0+. */
export const windowsHostProcess: Check = {
  id: 'windowsHostProcess',
  level: 'baseline',
  title: 'Windows pods must not run HostProcess containers.',
  fix: 'remove securityContext.windowsOptions.hostProcess, or set it to false',
  versions: [{ since: '1.0', check: windowsHostProcess_1_0 }],
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
      },
      {
        name: 'a container',
        pod: { spec: { containers: [{ name: 'a', securityContext: { windowsOptions: { hostProcess: true } } }] } },
        says: 'hostProcess (container "a" must not set securityContext.windowsOptions.hostProcess=true)',
        paths: ['spec.containers[0].securityContext.windowsOptions.hostProcess'],
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
      },
    ],
  },
};

function windowsHostProcess_1_0(pod: PodView): Failure | undefined {
  const names: string[] = [];
  const fields: FieldRef[] = [];
  const byPod = pod.spec.securityContext?.windowsOptions?.hostProcess === true;
  if (byPod) fields.push({ path: 'spec.securityContext.windowsOptions.hostProcess' });
  for (const ref of pod.containers) {
    if (ref.container.securityContext?.windowsOptions?.hostProcess !== true) continue;
    names.push(ref.name);
    fields.push({ path: containerPath(ref, 'securityContext.windowsOptions.hostProcess'), container: ref.name });
  }
  if (fields.length === 0) return undefined;
  const setters = nameSetters(byPod, names).join(' and ');
  return {
    reason: 'hostProcess',
    detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true`,
    fields,
  };
}
