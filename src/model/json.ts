// JSON as it arrives: nothing about its shape is known yet.

/** A JSON object whose fields have not been looked at. Keys such as `__proto__` are ordinary own keys here. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for a JSON object; false for null, arrays and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The field `key` of `value` where `value` is an object that has it itself; inherited names such as `constructor` are absent. */
export function ownField(value: unknown, key: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The field `key` where it is a string, else undefined. */
export function stringField(value: unknown, key: string): string | undefined {
  const field = ownField(value, key);
  return typeof field === 'string' ? field : undefined;
}
