// A template that takes note of the fields that are read of it and that the table of pod fields does not have.
import { type FieldType, fieldsOf, isTypeName, type TypeName } from '../../src/kubernetes/field-type.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';

/** What a Pod has beside the fields of a template. */
const OF_POD = ['apiVersion', 'kind', 'status'];

/** The pod behind a proxy. `unknown` gets `TYPE.FIELD` of every field that is read and is not in the table. */
export function watchedPod(pod: JsonObject, unknown: Set<string>): JsonObject {
  return watchedObject(pod, 'PodTemplateSpec', unknown);
}

function watchedObject(object: JsonObject, name: TypeName, unknown: Set<string>): JsonObject {
  const types = fieldsOf(name);
  // Whoever goes through all keys there are asks for none of them.
  let enumerated = false;
  const note = (key: PropertyKey): void => {
    if (typeof key !== 'string' || types.has(key) || (enumerated && Object.hasOwn(object, key))) return;
    // Any key of a volume can be its source.
    if (name === 'Volume' || (name === 'PodTemplateSpec' && OF_POD.includes(key))) return;
    unknown.add(`${name}.${key}`);
  };
  // What is read twice is the same object both times, as in a pod that nobody watches.
  const fields = new Map<PropertyKey, unknown>();
  return new Proxy(object, {
    get(target, key): unknown {
      note(key);
      const type = typeof key === 'string' ? types.get(key) : undefined;
      const value: unknown = Reflect.get(target, key);
      if (!type) return value;
      const watched = fields.get(key) ?? watchedField(value, type, unknown);
      fields.set(key, watched);
      return watched;
    },
    has(target, key): boolean {
      note(key);
      return Reflect.has(target, key);
    },
    getOwnPropertyDescriptor(target, key): PropertyDescriptor | undefined {
      note(key);
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
    ownKeys(target): ArrayLike<string | symbol> {
      enumerated = true;
      return Reflect.ownKeys(target);
    },
  });
}

function watchedField(value: unknown, { form, name }: FieldType, unknown: Set<string>): unknown {
  if (!isTypeName(name) || form === 'map') return value;
  const watch = (entry: unknown): unknown => (isJsonObject(entry) ? watchedObject(entry, name, unknown) : entry);
  return form === 'list' && Array.isArray(value) ? value.map(watch) : watch(value);
}
