/*
A pod that may take hours to end holds its node, and goes on working after it was deleted.

**Restricted Fields:**
spec.terminationGracePeriodSeconds
`terminationGracePeriodSeconds` of the probes of spec.containers[*], spec.initContainers[*] and spec.ephemeralContainers[*]

**Allowed Values:** up to the most that the policy allows. Undefined/null is 30 for a pod, and the pod's for a probe
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { append, inContainer } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import type { LifecycleParameters } from './parameters.ts';

const MINUTE = { terminationGracePeriodSeconds: { max: 60 } };
const FIELD = 'terminationGracePeriodSeconds';

/** What the API server gives pods that say nothing. */
export const DEFAULT_GRACE_PERIOD = 30;

/** Every probe that a container can have. */
export const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** A check that pods take no longer to end than the policy allows. */
export const gracePeriod: RuleCheck<LifecycleParameters> = {
  id: 'gracePeriod',
  title: 'Pods must take no longer to end than the policy allows.',
  fix: 'lower terminationGracePeriodSeconds of the pod and of its probes, or leave it out',
  platform: 'any',
  compile: ({ terminationGracePeriodSeconds }) => {
    const max = terminationGracePeriodSeconds?.max;
    return max === undefined ? undefined : (pod) => findLong(pod, max);
  },
  describe,
  examples: {
    pass: [
      {
        name: 'the most, of the pod and of a probe',
        parameters: MINUTE,
        pod: { spec: { [FIELD]: 60, containers: [{ name: 'a', livenessProbe: { [FIELD]: 60 }, startupProbe: null }] } },
      },
      { name: 'none, which is 30', parameters: MINUTE, pod: { spec: { [FIELD]: null } } },
    ],
    fail: [
      {
        name: 'longer, also of probes in every list of containers',
        parameters: MINUTE,
        pod: {
          spec: {
            [FIELD]: 61,
            initContainers: [{ name: 's', startupProbe: { [FIELD]: 3600 } }],
            containers: [{ name: 'a', livenessProbe: { [FIELD]: 61 }, readinessProbe: { [FIELD]: 62 } }],
            ephemeralContainers: [{ name: 'e', livenessProbe: { [FIELD]: 63 } }],
          },
        },
        says:
          'grace period (pod has terminationGracePeriodSeconds 61, startupProbe of container "s" has 3600, ' +
          'livenessProbe of container "a" has 61, readinessProbe of container "a" has 62, ' +
          'livenessProbe of container "e" has 63; allowed: 0 to 60)',
        paths: [
          'spec.terminationGracePeriodSeconds',
          'spec.initContainers[0].startupProbe.terminationGracePeriodSeconds',
          'spec.containers[0].livenessProbe.terminationGracePeriodSeconds',
          'spec.containers[0].readinessProbe.terminationGracePeriodSeconds',
          'spec.ephemeralContainers[0].livenessProbe.terminationGracePeriodSeconds',
        ],
        values: [61, 3600, 61, 62, 63],
      },
      {
        name: 'none, where that is too long',
        parameters: { terminationGracePeriodSeconds: { max: 20 } },
        pod: { spec: { containers: [{ name: 'a' }] } },
        says: 'grace period (pod has terminationGracePeriodSeconds 30; allowed: 0 to 20)',
        paths: ['spec.terminationGracePeriodSeconds'],
        values: [undefined],
      },
    ],
  },
};

function findLong(pod: PodView, max: number): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  const stated = pod.spec.terminationGracePeriodSeconds;
  const seconds = stated ?? DEFAULT_GRACE_PERIOD;
  if (seconds > max) {
    const kind = `pod has ${FIELD} ${seconds}\n${max}`;
    found = append(found, { path: `spec.${FIELD}`, value: stated, kind });
  }
  for (const ref of pod.containers) {
    for (const probe of PROBES) {
      const own = ref.container[probe]?.terminationGracePeriodSeconds ?? 0;
      if (own <= max) continue;
      const kind = `${probe} of container "${ref.name}" has ${own}\n${max}`;
      found = append(found, { ...inContainer(ref, `${probe}.${FIELD}`, own), kind });
    }
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const parts: string[] = [];
  let max = '';
  for (const { kind = '' } of violations) {
    const at = kind.lastIndexOf('\n');
    parts.push(kind.slice(0, at));
    max = kind.slice(at + 1);
  }
  return { reason: 'grace period', detail: `${parts.join(', ')}; allowed: 0 to ${max}` };
}
