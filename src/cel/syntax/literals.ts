// Values that are written in an expression as they are.
import { Refused } from '../refusal.ts';
import { DOUBLE, INT, type Type, UINT } from '../types/type.ts';
import { Double, Uint, type Value } from '../values/value.ts';
import type { Node } from './ast.ts';
import type { Token } from './lexer.ts';

const MOST_INT = 2n ** 63n;
const MOST_UINT = 2n ** 64n;

/** A value of a type. */
export function literal(value: Value, type: Type, offset: number): Node {
  return { op: 'literal', value, type, offset };
}

/** A number, perhaps with a sign before it. Throws {@link Refused} where it does not fit into 64 bits. */
export function numberNode(
  token: Extract<Token, { kind: 'int' | 'uint' | 'double' }>,
  offset: number,
  negative: boolean,
): Node {
  if (token.kind === 'double') return literal(new Double(negative ? -token.value : token.value), DOUBLE, offset);
  const value = negative ? -token.value : token.value;
  if (token.kind === 'uint') {
    if (value >= MOST_UINT) throw new Refused(offset, 'the number does not fit into 64 bits');
    return literal(new Uint(value), UINT, offset);
  }
  if (value >= MOST_INT || value < -MOST_INT) throw new Refused(offset, 'the number does not fit into 64 bits');
  return literal(value, INT, offset);
}
