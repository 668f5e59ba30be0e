// The fields of roles and bindings, read as strictly as the API server reads them: what it would refuse grants nothing.
import { isJsonObject, ownField } from '../../../model/json.ts';

/** A field that the API server would refuse. `keys` lead to it. */
export class RefusedField extends Error {
  override readonly name = 'RefusedField';
  readonly keys: readonly (string | number)[];

  constructor(keys: readonly (string | number)[], expected: string) {
    super(`expected ${expected}`);
    this.keys = keys;
  }
}

/** An object, and the keys that lead to it. A field that is absent, null or empty has the zero value, as in Go. */
export class Fields {
  readonly #value: unknown;
  readonly keys: readonly (string | number)[];

  constructor(value: unknown, keys: readonly (string | number)[] = []) {
    this.#value = value;
    this.keys = keys;
  }

  /** True where the field has a value. */
  has(key: string): boolean {
    return (this.#field(key) ?? undefined) !== undefined;
  }

  text(key: string): string {
    const value = this.#field(key) ?? '';
    return typeof value === 'string' ? value : this.refuse(key, 'a string');
  }

  texts(key: string): readonly string[] {
    const list = this.#list(key, 'a list of strings');
    return list.map((item) => (typeof item === 'string' ? item : this.refuse(key, 'a list of strings')));
  }

  textMap(key: string): Readonly<Record<string, string>> {
    const map = this.#field(key) ?? {};
    if (!isJsonObject(map)) return this.refuse(key, 'a map of strings');
    return Object.fromEntries(
      Object.entries(map).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : this.refuse(key, 'a map of strings'),
      ]),
    );
  }

  inside(key: string): Fields {
    const value: unknown = this.#field(key) ?? {};
    return isJsonObject(value) ? new Fields(value, [...this.keys, key]) : this.refuse(key, 'a map');
  }

  each(key: string): readonly Fields[] {
    return this.#list(key, 'a list of maps').map((item, index) =>
      isJsonObject(item) ? new Fields(item, [...this.keys, key, index]) : this.refuse(key, 'a list of maps'),
    );
  }

  /** @throws RefusedField always */
  refuse(key: string, expected: string): never {
    throw new RefusedField([...this.keys, key], expected);
  }

  #list(key: string, expected: string): readonly unknown[] {
    const value = this.#field(key) ?? [];
    return Array.isArray(value) ? value : this.refuse(key, expected);
  }

  #field(key: string): unknown {
    return ownField(this.#value, key);
  }
}

/** The name of an object; empty where the API server generates one. */
export function readName(metadata: Fields): string {
  const name = metadata.text('name');
  if (name === '' && metadata.text('generateName') === '') metadata.refuse('name', 'a name');
  // The name becomes a part of a URL.
  if (name === '.' || name === '..' || /[/%]/.test(name)) metadata.refuse('name', 'a name without "/" and "%"');
  return name;
}
