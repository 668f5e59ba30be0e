// Lowers how long a pod may take to end.
import type { Container, PodTemplate } from '../../kubernetes/pod.ts';
import type { FillIn, FillNotes } from '../fill-in.ts';
import { withContainers, withSpec } from '../write.ts';
import { DEFAULT_GRACE_PERIOD, PROBES } from './gracePeriod.ts';
import type { LifecycleParameters } from './parameters.ts';

const FIELD = 'terminationGracePeriodSeconds';

/**
 * Sets the policy's most where Kubernetes' own default is above it; with `override` also in place of what somebody wrote. A pod
 * with the default counts as one that says nothing, since the API server writes it into every pod before webhooks see it.
 */
export const capGracePeriod: FillIn<LifecycleParameters> = {
  id: 'capGracePeriod',
  title: 'Lowers terminationGracePeriodSeconds to the most that is allowed.',
  sets: [
    'spec.terminationGracePeriodSeconds',
    ...['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
      PROBES.map((probe) => `spec.${list}[*].${probe}.terminationGracePeriodSeconds`),
    ),
  ],
  satisfies: [],
  platform: 'any',
  compile: ({ terminationGracePeriodSeconds }) => {
    if (terminationGracePeriodSeconds === undefined) return undefined;
    const { max, override = false } = terminationGracePeriodSeconds;
    if (!override && max >= DEFAULT_GRACE_PERIOD) return undefined;
    return (template, scope, notes) => {
      const mayReplace = notes.claim(FIELD) && override;
      const filled = scope.podLevel ? withPodCapped(template, max, mayReplace, notes) : template;
      if (!mayReplace) return filled;
      return withContainers(filled, scope, (container) => withProbesCapped(container, max, notes));
    };
  },
  examples: [
    {
      name: "a pod that says nothing, where Kubernetes' default is too long",
      parameters: { terminationGracePeriodSeconds: { max: 20 } },
      before: { spec: { containers: [{ name: 'a' }] } },
      after: { spec: { containers: [{ name: 'a' }], terminationGracePeriodSeconds: 20 } },
    },
    {
      name: 'the default, as the API server writes it',
      parameters: { terminationGracePeriodSeconds: { max: 20 } },
      before: { spec: { terminationGracePeriodSeconds: 30 } },
      after: { spec: { terminationGracePeriodSeconds: 20 } },
    },
    {
      name: "a pod's own period is kept, to be judged",
      parameters: { terminationGracePeriodSeconds: { max: 20 } },
      before: { spec: { terminationGracePeriodSeconds: 40 } },
    },
    {
      name: 'periods that are too long, of the pod and of probes',
      parameters: { terminationGracePeriodSeconds: { max: 60, override: true } },
      before: {
        spec: {
          terminationGracePeriodSeconds: 3600,
          initContainers: [{ name: 's', startupProbe: { exec: {}, terminationGracePeriodSeconds: 61 } }],
          containers: [{ name: 'a', livenessProbe: { terminationGracePeriodSeconds: 60 }, readinessProbe: null }],
        },
      },
      after: {
        spec: {
          terminationGracePeriodSeconds: 60,
          initContainers: [{ name: 's', startupProbe: { exec: {}, terminationGracePeriodSeconds: 60 } }],
          containers: [{ name: 'a', livenessProbe: { terminationGracePeriodSeconds: 60 }, readinessProbe: null }],
        },
      },
      warns: [
        'terminationGracePeriodSeconds is 60 instead of 3600',
        'terminationGracePeriodSeconds of startupProbe of container "s" is 60 instead of 61',
      ],
    },
    {
      name: 'periods that are short enough, and none',
      parameters: { terminationGracePeriodSeconds: { max: 60, override: true } },
      before: {
        spec: { terminationGracePeriodSeconds: null, containers: [{ name: 'a', livenessProbe: { exec: {} } }] },
      },
    },
  ],
};

function withPodCapped(template: PodTemplate, max: number, mayReplace: boolean, notes: FillNotes): PodTemplate {
  const stated = template.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_PERIOD;
  if (stated <= max) return template;
  const isDefault = stated === DEFAULT_GRACE_PERIOD;
  if (!isDefault && !mayReplace) return template;
  if (!isDefault) notes.warn(`${FIELD} is ${max} instead of ${stated}`);
  return withSpec(template, { terminationGracePeriodSeconds: max });
}

function withProbesCapped(container: Container, max: number, notes: FillNotes): Partial<Container> | undefined {
  let changed: Partial<Container> | undefined;
  for (const name of PROBES) {
    const probe = container[name];
    const stated = probe?.terminationGracePeriodSeconds ?? 0;
    if (!probe || stated <= max) continue;
    notes.warn(`${FIELD} of ${name} of container "${container.name ?? ''}" is ${max} instead of ${stated}`);
    changed = { ...changed, [name]: { ...probe, terminationGracePeriodSeconds: max } };
  }
  return changed;
}
