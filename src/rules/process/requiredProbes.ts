/*
Without a readiness probe a container gets requests before it can answer any, and without a liveness probe one that hangs is never
started again.

**Restricted Fields:** the probes that the policy requires, of
spec.containers[*]
spec.initContainers[*] with restartPolicy Always; other init containers and ephemeral containers cannot have probes

**Allowed Values:** a probe with exec, httpGet, tcpSocket or grpc
*/
import type { ContainerRef, PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { pluralize } from '../../model/text.ts';
import { append, containersIn, inContainer, nameContainers } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import type { ProcessParameters } from './parameters.ts';

type Probe = NonNullable<ProcessParameters['requiredProbes']>[number];

/** A check that containers have the probes that the policy requires. */
export const requiredProbes: RuleCheck<ProcessParameters> = {
  id: 'requiredProbes',
  title: 'Containers must have the probes that the policy requires.',
  fix: 'add these probes, each with exec, httpGet, tcpSocket or grpc',
  platform: 'any',
  compile: ({ requiredProbes: probes = [] }) => (probes.length === 0 ? undefined : (pod) => findMissing(pod, probes)),
  describe,
  examples: {
    pass: [
      {
        name: 'every container has one; init containers and ephemeral containers cannot',
        parameters: { requiredProbes: ['readinessProbe'] },
        pod: {
          spec: {
            initContainers: [
              { name: 'i' },
              { name: 's', restartPolicy: 'Always', readinessProbe: { grpc: { port: 1 } } },
            ],
            containers: [
              { name: 'a', readinessProbe: { exec: { command: ['true'] } } },
              { name: 'b', readinessProbe: { httpGet: {} } },
              { name: 'c', readinessProbe: { tcpSocket: {} } },
            ],
            ephemeralContainers: [{ name: 'e' }],
          },
        },
      },
      { name: 'none is required', parameters: { requiredProbes: [] }, pod: { spec: { containers: [{ name: 'a' }] } } },
    ],
    fail: [
      {
        name: 'absent, null, and empty, of containers and of a native sidecar',
        parameters: { requiredProbes: ['readinessProbe', 'livenessProbe'] },
        pod: {
          spec: {
            initContainers: [{ name: 's', restartPolicy: 'Always', readinessProbe: null, livenessProbe: { exec: {} } }],
            containers: [{ name: 'a', readinessProbe: { periodSeconds: 1, exec: null }, startupProbe: { exec: {} } }],
          },
        },
        says: 'missing probes (containers "s", "a" must have readinessProbe, livenessProbe)',
        paths: [
          'spec.initContainers[0].readinessProbe',
          'spec.containers[0].readinessProbe',
          'spec.containers[0].livenessProbe',
        ],
        values: [null, { periodSeconds: 1, exec: null }, undefined],
      },
    ],
  },
};

function findMissing(pod: PodView, probes: readonly Probe[]): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    if (!canHaveProbes(ref)) continue;
    for (const name of probes) {
      const probe = ref.container[name];
      if (probe?.exec || probe?.httpGet || probe?.tcpSocket || probe?.grpc) continue;
      found = append(found, { ...inContainer(ref, name, probe), kind: name });
    }
  }
  return found;
}

function canHaveProbes({ list, container }: ContainerRef): boolean {
  return list === 'containers' || (list === 'initContainers' && container.restartPolicy === 'Always');
}

function describe(violations: readonly Violation[]): Sentence {
  const names = containersIn(violations);
  const probes = [...new Set(violations.map(({ kind = '' }) => kind))];
  return {
    reason: pluralize('missing probe', 'missing probes', violations.length),
    detail: `${nameContainers(names)} must have ${probes.join(', ')}`,
  };
}
