// Maps that an expression makes. The keys of CEL are bools, ints, uints and texts; `1`, `1u` and `1.0` find the same entry.
import { Boxed, Double, Uint, type Value } from './value.ts';

/** A map that an expression makes: entries in the order in which they came. */
export class EntryMap extends Boxed {
  readonly kind = 'map';
  readonly #entries = new Map<string, readonly [Value, Value]>();

  get size(): number {
    return this.#entries.size;
  }

  /** False where the key cannot be one, or is there already. */
  add(key: Value, value: Value): boolean {
    const word = wordOf(key);
    if (word === undefined || key instanceof Double || this.#entries.has(word)) return false;
    this.#entries.set(word, [key, value]);
    return true;
  }

  /** The same, in place of what is there. */
  put(key: Value, value: Value): boolean {
    const word = wordOf(key);
    if (word === undefined || key instanceof Double) return false;
    this.#entries.set(word, [key, value]);
    return true;
  }

  get(key: Value): Value | undefined {
    const word = wordOf(key);
    return word === undefined ? undefined : this.#entries.get(word)?.[1];
  }

  entries(): Iterable<readonly [Value, Value]> {
    return this.#entries.values();
  }
}

/** What a key is found by; undefined for what no map has as a key. */
function wordOf(key: Value): string | undefined {
  if (typeof key === 'string') return `"${key}`;
  if (typeof key === 'boolean' || typeof key === 'bigint') return String(key);
  if (key instanceof Uint) return String(key.value);
  return key instanceof Double && Number.isInteger(key.value) ? String(BigInt(key.value)) : undefined;
}
