// JSON as it arrives: nothing about its shape is known yet.

/** A JSON object whose fields have not been looked at. Keys such as `__proto__` are ordinary own keys here. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for a JSON object; false for null, arrays and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The field `key` of `value` where `value` is an object that has it itself; inherited names such as `constructor` are absent. */
export function ownField(value: unknown, key: string): unknown {
  if (!isJsonObject(value)) return undefined;
  const field = value[key];
  // Of what is absent everywhere nothing more has to be asked.
  return field === undefined || Object.hasOwn(value, key) ? field : undefined;
}

/** The field `key` where it is a string, else undefined. */
export function stringField(value: unknown, key: string): string | undefined {
  const field = ownField(value, key);
  return typeof field === 'string' ? field : undefined;
}

/**
 * True where two JSON values are the same, whatever the order of their keys. Without recursion: the depth of a value is
 * whatever somebody sent.
 */
export function sameJson(a: unknown, b: unknown): boolean {
  // Two by two: what is left of both.
  const pending: unknown[] = [a, b];
  while (pending.length > 0) {
    const right = pending.pop();
    const left = pending.pop();
    if (left === right) continue;
    if (Array.isArray(left) && Array.isArray(right)) {
      if (left.length !== right.length) return false;
      for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) pending.push(left[i], right[i]);
    } else if (isJsonObject(left) && isJsonObject(right)) {
      const keys = Object.keys(left);
      if (keys.length !== Object.keys(right).length) return false;
      for (const key of keys) {
        const [one, other] = [left[key], right[key]];
        // What is inherited equals nothing that JSON can say.
        if (one === other && one !== undefined) continue;
        if (!Object.hasOwn(right, key)) return false;
        pending.push(one, other);
      }
    } else {
      return false;
    }
  }
  return true;
}
