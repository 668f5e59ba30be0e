// Objects as values of expressions.
import type { StringMap } from '../kubernetes/pod.ts';
import { isJsonObject, type JsonObject, ownField } from '../model/json.ts';

const NOTHING: JsonObject = Object.freeze({});

/**
 * A pod, or the template of one, as a value of the type `Pod`. Nothing of it is copied. What is not an object in the place of
 * its metadata or spec counts as an empty one.
 */
export function podValue(pod: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: objectField(pod, 'metadata'), spec: objectField(pod, 'spec') };
}

/** A namespace as a value of the type `Namespace`. */
export function namespaceValue(name: string, labels: StringMap): JsonObject {
  return { metadata: { name, labels } };
}

function objectField(value: unknown, key: string): JsonObject {
  const field = ownField(value, key);
  return isJsonObject(field) ? field : NOTHING;
}
