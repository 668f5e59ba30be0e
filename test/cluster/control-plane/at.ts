// A value deep inside a reply, for assertions.
import { ownField } from '../../../src/model/json.ts';

/** What stands at `keys` (names, and indices of lists); undefined where any of them is missing. */
export function at(value: unknown, ...keys: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of keys) {
    if (typeof key === 'string') found = ownField(found, key);
    else found = Array.isArray(found) ? found[key] : undefined;
  }
  return found;
}

/** The list at `keys`; empty where there is none. */
export function listAt(value: unknown, ...keys: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
}
