// What values of a type are while an expression is evaluated.
import type { Type } from '../types/type.ts';
import type { Kind } from '../values/value.ts';

/** The kind of the values of a type; undefined where that is not decided. */
export function kindOfType(type: Type): Kind | undefined {
  if (type.kind === 'dyn' || type.kind === 'open') return undefined;
  return type.kind === 'object' ? 'map' : type.kind;
}
