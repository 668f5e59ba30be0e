// Looks into JSON of which a test knows the shape.
import { isJsonObject, type JsonObject, ownField } from '../../../src/model/json.ts';

/** The object at these keys; throws where there is none. */
export function objectAt(value: unknown, ...keys: readonly (string | number)[]): JsonObject {
  const found = at(value, ...keys);
  if (isJsonObject(found)) return found;
  throw new Error(`no object at ${keys.join('.')}`);
}

/** The value at these keys; throws where there is none. */
export function at(value: unknown, ...keys: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of keys) {
    found = Array.isArray(found) ? found[Number(key)] : isJsonObject(found) ? ownField(found, String(key)) : undefined;
    if (found === undefined) throw new Error(`nothing at ${keys.join('.')}, from ${key}`);
  }
  return found;
}
