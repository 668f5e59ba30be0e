// Warnings about seccomp annotations from before Kubernetes 1.19 that keep a policy from filling in the profile.
import { viewOf } from '../kubernetes/containers.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import type { Policy } from '../policy/policy.ts';
import { WHOLE_TEMPLATE } from '../rules/fill-in.ts';
import { seccompProfile } from '../rules/harden/seccompProfile.ts';
import { type FoundTemplate, pathInObject } from '../workloads/template.ts';
import type { Gate } from './gate.ts';
import { classContainers } from './grants/class-resize.ts';

/**
 * Kubernetes no longer reads these annotations, so that such a pod runs without a profile, but it refuses a pod whose field says
 * something else.
 * @param filling the policies that fill in the template
 * @param found where the template stands in the object
 */
export function legacySeccomp(
  template: PodTemplate,
  filling: readonly Policy[],
  gate: Gate,
  found: Omit<FoundTemplate, 'value'>,
): readonly string[] {
  const annotations = template.metadata?.annotations;
  if (!annotations || !Object.keys(annotations).some((key) => key.includes('seccomp'))) return [];
  // Beside a class's own containers each container is given a profile of its own, which the pod's annotation does not contradict.
  const ofClasses = classContainers(filling, gate);
  const own = viewOf(template).containers.filter(({ name }) => !ofClasses.has(name));
  if (own.every(({ container }) => container.securityContext?.seccompProfile)) return [];
  const warnings = new Set<string>();
  for (const policy of filling) {
    const fillIn = policy.fillIns.find(({ id }) => id === seccompProfile.id);
    fillIn?.fill(template, WHOLE_TEMPLATE, {
      warn() {},
      claim: () => true,
      skip(_, text) {
        warnings.add(
          `${pathInObject(found, 'metadata.annotations')}: seccompProfile is not filled in, since ${text} (Kubernetes does not read the annotation any more, and the pod runs without a profile)`,
        );
      },
    });
  }
  return [...warnings];
}
