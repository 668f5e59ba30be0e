// Paths of fields as findings write them: `spec.containers[0].securityContext`, `metadata.annotations[example.com/key]`.
import { ownField } from '../model/json.ts';

/** The keys of a path. A number in brackets is an index; anything else in brackets is a key, with or without quotes. */
export function keysOfPath(path: string): (string | number)[] {
  const keys: (string | number)[] = [];
  for (const [, bracketed, name] of path.matchAll(/\[("(?:[^"\\]|\\.)*"|[^\]]*)\]|([^.[\]]+)/g)) {
    if (name !== undefined) keys.push(name);
    else if (bracketed !== undefined) keys.push(keyOf(bracketed));
  }
  return keys;
}

function keyOf(bracketed: string): string | number {
  if (/^\d+$/.test(bracketed)) return Number(bracketed);
  return bracketed.replace(/^(["'])(.*)\1$/s, '$2');
}

/** What stands at a path; undefined where nothing does. Total for any JSON, and blind to what is inherited. */
export function valueAt(root: unknown, path: string): unknown {
  return valueAtKeys(root, keysOfPath(path));
}

/** The same, of the keys that lead there. */
export function valueAtKeys(root: unknown, keys: readonly (string | number)[]): unknown {
  let value = root;
  for (const key of keys) {
    value = Array.isArray(value) ? (value as readonly unknown[])[Number(key)] : ownField(value, String(key));
  }
  return value;
}
