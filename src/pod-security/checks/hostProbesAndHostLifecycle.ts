/*
Probes and lifecycle hooks are run by the kubelet: one that names a host makes the node connect to wherever the pod's
author likes. Even 127.0.0.1 is forbidden: it is the node's own.

**Restricted Fields:** `.httpGet.host` and `.tcpSocket.host` of
spec.containers[*].livenessProbe, .readinessProbe, .startupProbe, .lifecycle.postStart, .lifecycle.preStop
spec.initContainers[*].livenessProbe, .readinessProbe, .startupProbe, .lifecycle.postStart, .lifecycle.preStop
spec.ephemeralContainers[*].livenessProbe, .readinessProbe, .startupProbe, .lifecycle.postStart, .lifecycle.preStop

**Allowed Values:** "", undefined/null
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Container, Handler } from '../../kubernetes/pod.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { joinQuoted, pluralize, sortBytewise } from '../../model/text.ts';
import type { Check } from '../check.ts';
import { append, containersIn, inContainer, nameContainers, valuesOf } from '../violations.ts';

/** A baseline check that forbids probes and lifecycle hooks of other hosts in 1.34+. */
export const hostProbesAndHostLifecycle: Check = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  title: 'Probes and lifecycle hooks must not name a host.',
  fix: "remove the host from httpGet and tcpSocket; the pod's own address is the default",
  versions: [{ since: '1.34', check: hostProbesAndHostLifecycle_1_34 }],
  describe,
  examples: {
    pass: [
      {
        name: 'no host',
        pod: {
          spec: {
            containers: [
              { name: 'a', livenessProbe: { httpGet: {} }, readinessProbe: { tcpSocket: { host: '' } } },
              { name: 'b', startupProbe: null, lifecycle: { preStop: { httpGet: { host: null } }, postStart: null } },
            ],
          },
        },
      },
    ],
    fail: [
      {
        name: 'the loopback address',
        since: '1.34',
        pod: { spec: { containers: [{ name: 'a', livenessProbe: { tcpSocket: { host: '127.0.0.1' } } }] } },
        says: 'probe or lifecycle host (container "a" uses probe or lifecycle host "127.0.0.1")',
        paths: ['spec.containers[0].livenessProbe.tcpSocket.host'],
        values: ['127.0.0.1'],
      },
      {
        name: 'a sidecar and its startup probe',
        pod: { spec: { initContainers: [{ name: 's', startupProbe: { httpGet: { host: '::1' } } }] } },
        says: 'probe or lifecycle host (container "s" uses probe or lifecycle host "::1")',
        paths: ['spec.initContainers[0].startupProbe.httpGet.host'],
        values: ['::1'],
      },
      {
        name: 'every list of containers; here alone their names are sorted, once each',
        pod: {
          spec: {
            containers: [
              { name: 'b', lifecycle: { preStop: { httpGet: { host: 'y' }, tcpSocket: { host: 'x' } } } },
              {
                name: 'a',
                readinessProbe: { httpGet: { host: 'x' } },
                lifecycle: { postStart: { httpGet: { host: 'x' } } },
              },
            ],
            initContainers: [{ name: 'c', startupProbe: { tcpSocket: { host: 'x' } } }],
            ephemeralContainers: [{ name: 'a', livenessProbe: { httpGet: { host: 'z' } } }],
          },
        },
        says: 'probe or lifecycle host (containers "a", "b", "c" use probe or lifecycle hosts "x", "y", "z")',
        paths: [
          'spec.initContainers[0].startupProbe.tcpSocket.host',
          'spec.containers[0].lifecycle.preStop.httpGet.host',
          'spec.containers[0].lifecycle.preStop.tcpSocket.host',
          'spec.containers[1].readinessProbe.httpGet.host',
          'spec.containers[1].lifecycle.postStart.httpGet.host',
          'spec.ephemeralContainers[0].livenessProbe.httpGet.host',
        ],
        values: ['x', 'y', 'x', 'x', 'x', 'z'],
      },
    ],
  },
};

interface HandlerField {
  readonly path: string;
  readonly of: (container: Container) => Handler | null | undefined;
}

const HANDLERS: readonly HandlerField[] = [
  { path: 'livenessProbe', of: (container) => container.livenessProbe },
  { path: 'readinessProbe', of: (container) => container.readinessProbe },
  { path: 'startupProbe', of: (container) => container.startupProbe },
  { path: 'lifecycle.postStart', of: (container) => container.lifecycle?.postStart },
  { path: 'lifecycle.preStop', of: (container) => container.lifecycle?.preStop },
];

const ACTIONS = ['httpGet', 'tcpSocket'] as const;

/** Every host that a probe or a lifecycle hook names. */
export function hostProbesAndHostLifecycle_1_34(pod: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    const { livenessProbe, readinessProbe, startupProbe, lifecycle } = ref.container;
    if (!livenessProbe && !readinessProbe && !startupProbe && !lifecycle) continue;
    for (const { path, of } of HANDLERS) {
      const handler = of(ref.container);
      if (!handler) continue;
      for (const action of ACTIONS) {
        const host = handler[action]?.host;
        if (host) found = append(found, inContainer(ref, `${path}.${action}.host`, host));
      }
    }
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const names = sortBytewise(new Set(containersIn(violations)));
  const hosts = valuesOf(violations);
  const use = pluralize('uses', 'use', names.length);
  const what = pluralize('probe or lifecycle host', 'probe or lifecycle hosts', hosts.length);
  return {
    reason: 'probe or lifecycle host',
    detail: `${nameContainers(names)} ${use} ${what} ${joinQuoted(hosts)}`,
  };
}
