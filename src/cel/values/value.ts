// The values that expressions work with.
//
// A pod is used as it is, as JSON: nothing is copied or converted before an expression asks for it. `toValue` makes the value of
// what stands at a place in JSON. JSON has one kind of number, so an integer becomes an int there; a double that an expression
// makes is a Double, and never a number of JavaScript.
import type { JsonObject } from '../../model/json.ts';

/** What values are told apart by when a function is called. */
export type Kind =
  | 'null'
  | 'bool'
  | 'string'
  | 'int'
  | 'uint'
  | 'double'
  | 'bytes'
  | 'list'
  | 'map'
  | 'timestamp'
  | 'duration'
  | 'type'
  | 'optional'
  | OpaqueKind;

/** Types of the libraries, which have no fields. */
export type OpaqueKind = 'quantity' | 'ip' | 'cidr' | 'url' | 'semver' | 'format';

/** A list can hold JSON or values; {@link toValue} is asked of its entries. A JsonObject is a map with text as keys. */
export type Value = null | boolean | string | bigint | Boxed | readonly unknown[] | JsonObject;

/** A value that JSON has no word for. */
export abstract class Boxed {
  abstract readonly kind: Kind;
}

export class Double extends Boxed {
  readonly kind = 'double';
  readonly value: number;

  constructor(value: number) {
    super();
    this.value = value;
  }
}

export class Uint extends Boxed {
  readonly kind = 'uint';
  readonly value: bigint;

  constructor(value: bigint) {
    super();
    this.value = value;
  }
}

export class Bytes extends Boxed {
  readonly kind = 'bytes';
  readonly value: Uint8Array;

  constructor(value: Uint8Array) {
    super();
    this.value = value;
  }
}

/** The name of a type, as `type(1)` gives it. */
export class TypeName extends Boxed {
  readonly kind = 'type';
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }
}

/** A moment, in nanoseconds since 1970. */
export class Timestamp extends Boxed {
  readonly kind = 'timestamp';
  readonly nanos: bigint;
  /** The offset that it was written with, in minutes: it is kept where the moment becomes text again. */
  readonly offset: number;

  constructor(nanos: bigint, offset = 0) {
    super();
    this.nanos = nanos;
    this.offset = offset;
  }
}

/** A length of time, in nanoseconds. */
export class Duration extends Boxed {
  readonly kind = 'duration';
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    super();
    this.nanos = nanos;
  }
}

/** `optional.of(…)`, or `optional.none()` where it has no value. */
export class Optional extends Boxed {
  readonly kind = 'optional';
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    super();
    this.value = value;
  }
}

export const NONE = new Optional(undefined);

/** A value of a library's type. */
export abstract class Opaque extends Boxed {
  abstract override readonly kind: OpaqueKind;
  /** What is equal has the same. */
  abstract readonly identity: unknown;
}

/** A map whose fields are made when they are first asked for, such as `variables`. */
export abstract class LazyMap extends Boxed {
  readonly kind = 'map';
  /** Undefined where there is no such field. */
  abstract field(name: string): Value | undefined;
}

/** What a value is. */
export function kindOf(value: Value): Kind {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (value === null) return 'null';
  if (value instanceof Boxed) return value.kind;
  return Array.isArray(value) ? 'list' : 'map';
}

/**
 * The value of a field or entry of JSON, or of an entry of a list that an expression made. What JSON cannot hold stands for
 * null. Numbers that are not integers are doubles, as the API server reads them.
 */
export function toValue(json: unknown): Value {
  if (typeof json === 'string' || typeof json === 'boolean' || typeof json === 'bigint') return json;
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : new Double(json);
  return typeof json === 'object' && isValue(json) ? json : null;
}

/** Every object is one: of JSON, a list, or boxed. */
function isValue(object: object | null): object is JsonObject {
  return object !== null;
}

/** True for a list, whose entries are to be read with {@link toValue}. */
export function isList(value: Value): value is readonly unknown[] {
  return Array.isArray(value);
}

/** True for an object of JSON. */
export function isPlainObject(value: Value): value is JsonObject {
  return typeof value === 'object' && value !== null && !(value instanceof Boxed) && !Array.isArray(value);
}
