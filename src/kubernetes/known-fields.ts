// A value without the fields that Kubernetes does not have: the API server drops them before it stores a pod or a custom
// resource, so that they make no difference between two versions of one.
import { isJsonObject, type JsonObject } from '../model/json.ts';
import { type FieldType, fieldsOf, isTypeName, type TypeName } from './field-type.ts';

/** A copy of an object of this type with the fields of the table alone, also inside of them. Total for any JSON. */
export function knownFields(object: JsonObject, name: TypeName): JsonObject {
  const types = fieldsOf(name);
  const known = Object.entries(object).flatMap(([key, value]) => {
    const type = types.get(key);
    return type ? [[key, knownValue(value, type)] as const] : [];
  });
  return Object.fromEntries(known);
}

function knownValue(value: unknown, { form, name }: FieldType): unknown {
  if (!isTypeName(name)) return value;
  if (form === 'list') return Array.isArray(value) ? value.map((entry) => knownEntry(entry, name)) : value;
  if (form === 'map' && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, knownEntry(entry, name)]));
  }
  return knownEntry(value, name);
}

function knownEntry(value: unknown, name: TypeName): unknown {
  return isJsonObject(value) ? knownFields(value, name) : value;
}
