/*
Probes and lifecycle hooks are run by the kubelet: one that names a host makes the node connect to wherever the pod's author likes.
The Pod Security Standards ask for the same from 1.34 on; this is for policies that are pinned to an older version, or to none.

**Restricted Fields:** `.httpGet.host` and `.tcpSocket.host` of
spec.containers[*].livenessProbe, .readinessProbe, .startupProbe, .lifecycle.postStart, .lifecycle.preStop
spec.initContainers[*].livenessProbe, .readinessProbe, .startupProbe, .lifecycle.postStart, .lifecycle.preStop
spec.ephemeralContainers[*].livenessProbe, .readinessProbe, .startupProbe, .lifecycle.postStart, .lifecycle.preStop

**Allowed Values:** "", undefined/null
*/
import {
  hostProbesAndHostLifecycle,
  hostProbesAndHostLifecycle_1_34,
} from '../../pod-security/checks/hostProbesAndHostLifecycle.ts';
import type { RuleCheck } from '../check.ts';
import { actionOf, isAsked, type ProcessParameters } from './parameters.ts';

/** A check that no probe or lifecycle hook names a host, whatever version of the Standards a policy asks for. */
export const hostProbes: RuleCheck<ProcessParameters> = {
  id: 'hostProbes',
  title: 'Probes and lifecycle hooks must not name a host, in any version of the Standards.',
  fix: hostProbesAndHostLifecycle.fix,
  platform: 'any',
  compile: ({ hostProbes: action }) => (isAsked(action) ? hostProbesAndHostLifecycle_1_34 : undefined),
  describe: hostProbesAndHostLifecycle.describe,
  action: ({ hostProbes: action }) => actionOf(action),
  examples: {
    pass: [
      {
        name: 'no host',
        parameters: { hostProbes: 'Deny' },
        pod: { spec: { containers: [{ name: 'a', livenessProbe: { httpGet: { host: '' } } }] } },
      },
      {
        name: 'a policy that ignores it',
        parameters: { hostProbes: 'Ignore' },
        pod: { spec: { containers: [{ name: 'a', livenessProbe: { httpGet: { host: 'x' } } }] } },
      },
    ],
    fail: [
      {
        name: 'every list of containers',
        parameters: { hostProbes: 'Deny' },
        pod: {
          spec: {
            initContainers: [{ name: 'i', startupProbe: { tcpSocket: { host: '169.254.169.254' } } }],
            containers: [{ name: 'a', lifecycle: { postStart: { httpGet: { host: '127.0.0.1' } } } }],
            ephemeralContainers: [{ name: 'e', readinessProbe: { httpGet: { host: ' ' } } }],
          },
        },
        says: 'probe or lifecycle host (containers "a", "e", "i" use probe or lifecycle hosts " ", "127.0.0.1", "169.254.169.254")',
        paths: [
          'spec.initContainers[0].startupProbe.tcpSocket.host',
          'spec.containers[0].lifecycle.postStart.httpGet.host',
          'spec.ephemeralContainers[0].readinessProbe.httpGet.host',
        ],
        values: ['169.254.169.254', '127.0.0.1', ' '],
      },
    ],
  },
};
