// Objects as values of expressions: only fields of known types, without those that are null.
import type { StringMap } from '../kubernetes/pod.ts';
import { isJsonObject, type JsonObject, ownField } from '../model/json.ts';
import { kubernetesTypes } from './types.ts';

/** A pod, or the template of one, as a value of the type `Pod`. Nothing below the fields of `metadata` and `spec` is copied. */
export function podValue(pod: JsonObject): JsonObject {
  return {
    metadata: knownFields(ownField(pod, 'metadata'), 'ObjectMeta'),
    spec: knownFields(ownField(pod, 'spec'), 'PodSpec'),
  };
}

/** A namespace as a value of the type `Namespace`. */
export function namespaceValue(name: string, labels: StringMap): JsonObject {
  return { metadata: { name, labels: mapValue(labels) } };
}

/** The known fields that have a value. To the API server a null field is absent. */
function knownFields(value: unknown, type: string): JsonObject {
  const fields: Record<string, unknown> = {};
  for (const [key, of] of Object.entries(kubernetesTypes()[type] ?? {})) {
    const field = ownField(value, key);
    if (field !== undefined && field !== null) fields[key] = of.startsWith('map<') ? mapValue(field) : field;
  }
  return fields;
}

/** The evaluator tells a map by its `constructor`, which can also be the key of a label. A Map has no such conflict. */
function mapValue(value: unknown): unknown {
  return isJsonObject(value) && Object.hasOwn(value, 'constructor') ? new Map(Object.entries(value)) : value;
}
