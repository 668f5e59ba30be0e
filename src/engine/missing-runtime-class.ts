// A RuntimeClass that does not exist: the API server refuses pods with it, and accepts Sandboxes and Deployments, whose pods then
// never come.

import { quoteAscii } from '../grants/quote.ts';
import type { PodTemplate } from '../kubernetes/pod.ts';
import { stringField } from '../model/json.ts';
import type { Policy } from '../policy/policy.ts';
import { runtimeExists } from '../rules/runtime/runtimeExists.ts';
import { pathInObject } from '../workloads/template.ts';
import type { Gate } from './gate.ts';
import { isPod, type Located, type LocatedTemplate } from './locate.ts';

/**
 * A warning where the object around a template names a RuntimeClass that is known not to exist. None where a policy judges that
 * itself, and where nobody knows which classes there are.
 */
export function missingRuntimeClass(
  template: PodTemplate,
  { workload }: Located,
  located: LocatedTemplate,
  judging: readonly Policy[],
  { surroundings }: Gate,
): readonly string[] {
  const name = stringField(template.spec, 'runtimeClassName') ?? '';
  if (name === '' || isPod(workload) || surroundings.cluster?.runtimeClass(name) !== 'missing') return [];
  if (judging.some(({ checks }) => checks.some(({ id }) => id === runtimeExists.id))) return [];
  return [
    `${pathInObject(located, 'spec.runtimeClassName')}: RuntimeClass ${quoteAscii(name)} does not exist, so the API server will refuse the pods (kubectl get runtimeclasses lists those that do)`,
  ];
}
