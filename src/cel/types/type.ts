// The types of expressions.

import type { OpaqueKind } from '../values/value.ts';

/** Types without parts. `dyn` is known only when the expression is evaluated. */
export type SimpleKind =
  | 'dyn'
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | OpaqueKind;

export type Type =
  | SimpleType
  | { readonly kind: 'list'; readonly item: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly item: Type }
  | { readonly kind: 'optional'; readonly item: Type }
  | { readonly kind: 'type' }
  /** An object with known fields, such as `Pod`. */
  | { readonly kind: 'object'; readonly name: string }
  /** A type that is not decided yet: what stands for it is found while an expression is checked. */
  | { readonly kind: 'open'; readonly name: string };

export interface SimpleType {
  readonly kind: SimpleKind;
  /**
   * True for quantities, which are strings to an expression. A file can have a number there, of which the API server makes
   * a string.
   */
  readonly quantity?: true;
}

export const DYN: Type = { kind: 'dyn' };
export const NULL: Type = { kind: 'null' };
export const BOOL: Type = { kind: 'bool' };
export const INT: Type = { kind: 'int' };
export const UINT: Type = { kind: 'uint' };
export const DOUBLE: Type = { kind: 'double' };
export const STRING: Type = { kind: 'string' };
export const BYTES: Type = { kind: 'bytes' };
export const TYPE: Type = { kind: 'type' };
export const QUANTITY_TEXT: Type = { kind: 'string', quantity: true };

/** A type in CEL's words, with the brackets of other languages: `map<string, list<int>>`. */
export function nameOf(type: Type): string {
  if (type.kind === 'list' || type.kind === 'optional') return `${type.kind}<${nameOf(type.item)}>`;
  if (type.kind === 'map') return `map<${nameOf(type.key)}, ${nameOf(type.item)}>`;
  // An open type of a function's signature has a letter; any other has been closed before it is named.
  return type.kind === 'object' || type.kind === 'open' ? type.name : type.kind;
}

/** True for types that are the same, part by part. */
export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if (a.kind === 'list' || a.kind === 'optional') return b.kind === a.kind && sameType(a.item, b.item);
  if (a.kind === 'map') return b.kind === 'map' && sameType(a.key, b.key) && sameType(a.item, b.item);
  if (a.kind === 'object') return b.kind === 'object' && a.name === b.name;
  return a.kind !== 'open' || (b.kind === 'open' && a.name === b.name);
}
