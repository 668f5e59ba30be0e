// Objects as expressions ask about them: the fields of known types and nothing else, a null field absent.
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

/** The fields that are there. The API server takes a null one for an absent one. */
function knownFields(value: unknown, type: string): JsonObject {
  const fields: Record<string, unknown> = {};
  for (const [key, of] of Object.entries(kubernetesTypes()[type] ?? {})) {
    const field = ownField(value, key);
    if (field !== undefined && field !== null) fields[key] = of.startsWith('map<') ? mapValue(field) : field;
  }
  return fields;
}

/** The evaluator tells objects by their constructor, and `constructor` is a key that a label can have. */
function mapValue(value: unknown): unknown {
  return isJsonObject(value) && Object.hasOwn(value, 'constructor') ? new Map(Object.entries(value)) : value;
}
