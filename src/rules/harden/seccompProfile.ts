// Fills in the container runtime's default seccomp profile: without a profile a pod runs with every system call open.

import { viewOf } from '../../kubernetes/containers.ts';
import type { PodTemplate } from '../../kubernetes/pod.ts';
import { PROFILE_RULES, podConflicts } from '../../kubernetes/pod-validation.ts';
import type { FillNotes, FillScope } from '../fill-in.ts';
import { withContainerSecurity, withPodSecurity } from '../write.ts';
import { hardenField } from './field.ts';

const RUNTIME_DEFAULT = { seccompProfile: { type: 'RuntimeDefault' } } as const;

/** Sets the pod's seccompProfile to RuntimeDefault where it has none; containers with a profile of their own keep it. */
export const seccompProfile = hardenField({
  id: 'seccompProfile',
  title: 'Fills in seccompProfile RuntimeDefault.',
  sets: ['spec.securityContext.seccompProfile', 'spec.ephemeralContainers[*].securityContext.seccompProfile'],
  satisfies: ['seccompProfile_restricted'],
  levels: ['baseline', 'restricted'],
  platform: 'linux',
  fill(template, scope, notes) {
    if (template.spec?.securityContext?.seccompProfile) return template;
    const filled = fillAll(template, scope, () => true);
    if (filled === template || !template.metadata?.annotations) return filled;
    const contradicted = contradictions(template, filled, notes);
    if (contradicted.size === 0) return filled;
    if (contradicted.has('')) return template;
    return fillAll(template, scope, (name) => !contradicted.has(name));
  },
  examples: [
    {
      name: 'a pod without a profile',
      before: { spec: { containers: [{ name: 'a' }] } },
      after: {
        spec: { containers: [{ name: 'a' }], securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
      },
    },
    {
      name: "a user's profile is kept, to be judged",
      before: { spec: { securityContext: { seccompProfile: { type: 'Unconfined' } } } },
    },
    {
      name: 'beside an annotation that says something else, the API server would refuse the pod',
      before: {
        metadata: { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' } },
        spec: { containers: [{ name: 'a' }] },
      },
      skips: ['legacy-seccomp'],
    },
    {
      name: 'an annotation that says the same',
      before: {
        metadata: { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'docker/default' } },
        spec: { containers: [{ name: 'a' }] },
      },
      after: {
        metadata: { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'docker/default' } },
        spec: { containers: [{ name: 'a' }], securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
      },
    },
  ],
});

/** @param fits whether a container of this name is given a profile; asked only where the pod is given none */
function fillAll(template: PodTemplate, scope: FillScope, fits: (name: string) => boolean): PodTemplate {
  if (scope.podDefaults) return withPodSecurity(template, RUNTIME_DEFAULT);
  return withContainerSecurity(template, scope, ({ name, securityContext }) =>
    securityContext?.seccompProfile || !fits(name ?? '') ? undefined : RUNTIME_DEFAULT,
  );
}

/** The containers whose new profile an old annotation contradicts, by name; empty for the pod. */
function contradictions(before: PodTemplate, filled: PodTemplate, notes: FillNotes): ReadonlySet<string> {
  const old = new Set(podConflicts(viewOf(before), PROFILE_RULES).map(({ sides: [{ path }] }) => path));
  const found = new Set<string>();
  for (const { rule, sides } of podConflicts(viewOf(filled), PROFILE_RULES)) {
    const [profile, annotation] = sides;
    if (old.has(profile.path)) continue;
    notes.skip(rule, `the pod has ${annotation.text}, which ${profile.text} does not go with: ${annotation.change}`);
    found.add(profile.container ?? '');
  }
  return found;
}
