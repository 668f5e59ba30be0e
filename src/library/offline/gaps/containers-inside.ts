// Containers in objects of kinds that Sandgate does not know: Argo, Tekton, Knative, Kubeflow and others make pods of them.
import { isJsonObject, type JsonObject } from '../../../model/json.ts';

/** The fields that hold a list of containers, in Kubernetes and in the kinds that make pods. */
const LISTS: ReadonlySet<string> = new Set([
  'containers',
  'initContainers',
  'ephemeralContainers',
  'sidecars',
  'steps',
]);

/** The fields of Argo and others that hold a single one. */
const SINGLE: ReadonlySet<string> = new Set(['container', 'script', 'stepTemplate']);

type Keys = readonly (string | number)[];

/** The keys that lead to every container in an object, in its order. Level by level: values can be nested deeply. */
export function containersInside(object: JsonObject): readonly Keys[] {
  const found: Keys[] = [];
  let level: (readonly [keys: Keys, value: unknown])[] = [[[], object]];
  while (level.length > 0) {
    const next: typeof level = [];
    for (const [keys, value] of level) {
      if (Array.isArray(value)) for (const [index, item] of value.entries()) next.push([[...keys, index], item]);
      if (!isJsonObject(value)) continue;
      if (isContainerAt(keys) && looksLikeContainer(value)) found.push(keys);
      for (const [key, member] of Object.entries(value)) {
        if (typeof member === 'object' && member !== null) next.push([[...keys, key], member]);
      }
    }
    level = next;
  }
  return found;
}

function isContainerAt(keys: Keys): boolean {
  const last = keys.at(-1);
  if (typeof last === 'string') return SINGLE.has(last);
  const list = keys.at(-2);
  return typeof list === 'string' && LISTS.has(list);
}

/** Other lists have these names, too, such as the steps of a rollout. */
function looksLikeContainer(value: JsonObject): boolean {
  return typeof value.image === 'string' || (isJsonObject(value.securityContext) && !('spec' in value));
}
