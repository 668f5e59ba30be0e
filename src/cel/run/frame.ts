// What an expression is evaluated over.
import type { Value } from '../values/value.ts';
import type { Budget } from './budget.ts';

/** The values of the variables, those of loops among them, and what is left to spend. */
export interface Frame {
  readonly slots: (Value | undefined)[];
  readonly budget: Budget;
}

/** A part of an expression, ready to be evaluated. Throws `Failure` where it has no value, and `OutOfBudget`. */
export type Program = (frame: Frame) => Value;
