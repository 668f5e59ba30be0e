// Fields of objects and keys of maps. A null field of JSON is an absent one, as it is to the API server.
import { plainNumber } from '../../kubernetes/quantity.ts';
import { missingKey } from '../library/indexing.ts';
import { nameOf, type Type } from '../types/type.ts';
import { memberOf } from '../values/equal.ts';
import { Double, kindOf, LazyMap, NONE, Optional, type Value } from '../values/value.ts';
import { Failure } from './budget.ts';
import type { Program } from './frame.ts';
import { kindOfType } from './kinds.ts';

/** `a.b`: where `a` is an optional, the result is one. */
export function selected(operand: Program, field: string): Program {
  return (frame) => {
    frame.budget.charge(1);
    const value = operand(frame);
    if (value instanceof Optional) return fieldOfOptional(value, field);
    const found = fieldOf(value, field);
    if (found === undefined) throw new Failure(missingKey(field));
    return found;
  };
}

/** `a.?b`. */
export function optionallySelected(operand: Program, field: string): Program {
  return (frame) => {
    frame.budget.charge(1);
    const value = operand(frame);
    return fieldOfOptional(value instanceof Optional ? value : new Optional(value), field);
  };
}

/** `has(a.b)`. */
export function present(operand: Program, field: string): Program {
  return (frame) => {
    frame.budget.charge(1);
    const value = operand(frame);
    const inner = value instanceof Optional ? value.value : value;
    return inner !== undefined && fieldOf(inner, field) !== undefined;
  };
}

function fieldOfOptional({ value }: Optional, field: string): Optional {
  const found = value === undefined ? undefined : fieldOf(value, field);
  return found === undefined ? NONE : new Optional(found);
}

function fieldOf(value: Value, field: string): Value | undefined {
  if (value instanceof LazyMap) return value.field(field);
  const kind = kindOf(value);
  if (kind !== 'map') throw new Failure(`${kind} has no field ${field}`);
  return memberOf(value, field);
}

/**
 * What is read at a place of this type. A quantity that a file gives as a number is text, as the API server makes it.
 * Anything else of another type than Kubernetes gives it is an error: it must not pass for a value that is not equal, say.
 */
export function readAs(type: Type, program: Program): Program {
  const read = readerOf(type);
  return (frame) => read(program(frame));
}

/** The same for a value that has been read. */
export function readerOf(type: Type): (value: Value) => Value {
  if (type.kind === 'optional') {
    const inner = readerOf(type.item);
    return (value) => {
      if (!(value instanceof Optional)) throw wrongType(type, value);
      if (value.value !== undefined) inner(value.value);
      return isQuantity(type.item) && value.value !== undefined ? new Optional(quantityText(value.value)) : value;
    };
  }
  if (isQuantity(type)) return quantityText;
  const kind = kindOfType(type);
  if (kind === undefined) return (value) => value;
  return (value) => {
    if (kindOf(value) !== kind) throw wrongType(type, value);
    return value;
  };
}

function wrongType(type: Type, value: Value): Failure {
  return new Failure(`expected ${nameOf(type)}, found ${kindOf(value)}`);
}

function isQuantity(type: Type): boolean {
  return 'quantity' in type && (type.quantity ?? false);
}

function quantityText(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Double) return plainNumber(BigInt(Math.round(value.value * 1e9)));
  throw new Failure(`expected a quantity, found ${kindOf(value)}`);
}
