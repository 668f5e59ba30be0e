// Whether a pod with a class in it is one that Kubernetes accepts. Where it is not, the class is not granted, and the message
// says what the class brings, what the pod has and what to change.

import { viewOf } from '../kubernetes/containers.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import { type PodConflict, podConflicts } from '../kubernetes/pod-validation.ts';
import type { Failure } from '../model/finding.ts';
import { ownField } from '../model/json.ts';
import type { Implementation } from './class.ts';
import { quoteShort } from './quote.ts';

/** Why a class cannot be granted, and what to do. */
export interface InvalidPod {
  readonly failure: Failure;
  readonly fix: string;
}

type Side = PodConflict['sides'][number];

/** More parts of a class than this are counted, not named. */
const MOST_NAMED = 3;

/**
 * What Kubernetes would refuse of a template into which a class was merged, as far as it is about the class; one entry for
 * each field that the pod has and the class does not go with.
 * @param chosen the workload's own containers that get what the class grants, by name
 */
export function invalidPods(
  template: PodTemplate,
  className: string,
  implementation: Implementation,
  chosen: ReadonlySet<string>,
): readonly InvalidPod[] {
  const byPod = new Map<string, { readonly has: Side; readonly brings: string[] }>();
  for (const { sides } of podConflicts(viewOf(template))) {
    const [a, b] = sides;
    const brings = isOf(a, implementation, chosen) ? a : isOf(b, implementation, chosen) ? b : undefined;
    if (brings === undefined) continue;
    const has = brings === a ? b : a;
    const known = byPod.get(has.path);
    if (known) known.brings.push(brings.text);
    else byPod.set(has.path, { has, brings: [brings.text] });
  }
  return [...byPod.values()].map(({ has, brings }) => ({
    failure: {
      reason: `capability_invalid_pod: ${className}`,
      detail: `class ${quoteShort(className)} brings ${listed(brings)}, which Kubernetes does not accept beside ${has.text}`,
      fields: [has.container === undefined ? { path: has.path } : { path: has.path, container: has.container }],
    },
    fix: `${has.change}, or do without class ${quoteShort(className)} in this pod`,
  }));
}

function listed(texts: readonly string[]): string {
  const unique = [...new Set(texts)];
  const named = unique.slice(0, MOST_NAMED).join(', ');
  return unique.length > MOST_NAMED ? `${named} and ${unique.length - MOST_NAMED} more fields` : named;
}

/** True for a field that the class sets, of the pod, of its own containers or of the workload's. */
function isOf({ path, container }: Side, { template, grant }: Implementation, chosen: ReadonlySet<string>): boolean {
  if (container === undefined) {
    const annotation = /^metadata\.annotations\[(.+)\]$/.exec(path)?.[1];
    if (annotation !== undefined) return Object.hasOwn(template.annotations, annotation);
    let value: unknown = template.podFields;
    for (const key of path.replace(/^spec\./, '').split('.')) value = ownField(value, key.replace(/\[\d+\]$/, ''));
    return value !== undefined;
  }
  if (template.containerNames.has(container)) return true;
  if (!chosen.has(container)) return false;
  const [, list = '', field] = /^spec\.\w+\[\d+\]\.(\w+)(?:\[\d+\])?(?:\.(\w+))?/.exec(path) ?? [];
  if (list === 'volumeMounts') return grant.volumeMounts.length > 0;
  if (list === 'volumeDevices') return grant.volumeDevices.length > 0;
  if (field === 'capabilities') return grant.addCapabilities.length > 0;
  return list === 'securityContext' && field !== undefined && Object.hasOwn(grant.securityContext, field);
}
