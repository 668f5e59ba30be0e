// Compiles CEL expressions over variables of known types. Wrong names and types are found when an expression is compiled, and
// what it costs to evaluate one is bounded: docs/decisions/0011 says how and why.
import { shortLine } from '../model/one-line.ts';
import { check } from './check/checker.ts';
import { type Reads, readsOf } from './check/reads.ts';
import type { Declarations } from './check/scope.ts';
import { type Refusal, Refused } from './refusal.ts';
import { type Branch, BranchRecord, watched } from './run/branches.ts';
import { Allowance, Failure, OutOfBudget } from './run/budget.ts';
import { compileNode } from './run/compile.ts';
import { parse, type SyntaxLimits } from './syntax/parser.ts';
import { nameOf } from './types/type.ts';
import { assign } from './types/unify.ts';
import { typeOf } from './types/written.ts';
import { toValue, type Value } from './values/value.ts';

export type { FieldKeys } from './check/reads.ts';
export type { Declarations } from './check/scope.ts';
export type { Branch } from './run/branches.ts';
export { Allowance, Failure } from './run/budget.ts';
export { LazyMap, type Value } from './values/value.ts';

/** The value of an expression, or why it could not be evaluated. */
export type Evaluation = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: string };

/** A compiled expression. */
export interface Expression {
  readonly text: string;
  /** The type of its value, in CEL's words. */
  readonly type: string;
  /** By the names of the declared variables that it asks for: the parts of them that it looks at. */
  readonly reads: Reads;
  /**
   * Never throws. Using a variable that has no value is an error.
   * @param values by the names of the variables; objects as JSON has them
   * @param whole what it may cost together with others, beside the limit for one expression
   */
  evaluate(values: Readonly<Record<string, unknown>>, whole?: Allowance): Evaluation;
  /**
   * Its branches, which take note, from now on, of whether they are evaluated. For tests of policies: it makes every evaluation
   * slower.
   */
  observe(): readonly Branch[];
}

/** What is wrong with an expression. */
export interface ExpressionProblem {
  readonly ok: false;
  /** On one line, without the place. */
  readonly message: string;
  /** A word that is not known, and those that are; the message does not list them. */
  readonly unknown: { readonly word: string; readonly known: readonly string[] } | undefined;
  /** Lines and columns of the expression, from 1. */
  readonly line: number;
  readonly column: number;
}

export type CompiledExpression = { readonly ok: true; readonly expression: Expression } | ExpressionProblem;

/** Compiles expressions over the same variables. */
export interface CelEnvironment {
  /** @param result the type that the value must have, in CEL's words; any where absent */
  compile(text: string, result?: string): CompiledExpression;
}

const LIMITS: SyntaxLimits = { characters: 10_000, parts: 4000, depth: 60 };
/** What one expression may cost: as much as in Kubernetes, which takes about a tenth of a second for it. */
const MOST_COST = 1_000_000;
/**
 * What all expressions of a policy may cost together for one pod: as much as Kubernetes has for its match conditions. For
 * validations it has four times that, which would stop all other reviews of a server with one thread for a second.
 */
const MOST_POLICY_COST = 2_500_000;
/** Messages of errors at evaluation are cut to this length: they can hold what a tenant wrote. */
const MOST_ERROR_CHARACTERS = 160;

/** What the expressions of one policy may cost together for one pod. */
export function policyAllowance(): Allowance {
  return new Allowance(MOST_POLICY_COST);
}

/** An environment with these variables. */
export function createEnvironment(declarations: Declarations): CelEnvironment {
  return {
    compile(text, result): CompiledExpression {
      try {
        return { ok: true, expression: compileExpression(text, result, declarations) };
      } catch (error) {
        if (error instanceof Refused) return refused(text, error.refusal);
        // What is nested so deeply that the stack does not suffice.
        if (error instanceof RangeError) return refused(text, { message: 'nested too deeply', offset: 0 });
        throw error;
      }
    },
  };
}

function compileExpression(text: string, result: string | undefined, declarations: Declarations): Expression {
  const node = parse(text, LIMITS);
  const checked = check(node, declarations);
  const type = nameOf(checked.type);
  if (result !== undefined && !assign([typeOf(result)], [checked.type], new Map())) {
    const wanted = result === 'bool' ? 'true or false' : result;
    throw new Refused(node.offset, `expected ${wanted} as the result, found ${type}`);
  }
  let program = compileNode(node, checked);
  const { slots: count } = checked;
  const reads = readsOf(node, checked);
  // What is not asked for is not made.
  const names = [...Object.keys(declarations.variables).entries()].filter(([, name]) => reads.has(name));
  return {
    text,
    type,
    reads,
    evaluate(values, whole): Evaluation {
      const slots: (Value | undefined)[] = Array.from({ length: count });
      for (const [slot, name] of names) {
        const value = values[name];
        if (value !== undefined) slots[slot] = toValue(value);
      }
      const limit = Math.min(MOST_COST, whole?.left ?? MOST_COST);
      const budget = new Allowance(limit);
      try {
        return { ok: true, value: program({ slots, budget }) };
      } catch (error) {
        return { ok: false, error: shortLine(errorText(error), MOST_ERROR_CHARACTERS) };
      } finally {
        whole?.spend(limit - budget.left);
      }
    },
    observe(): readonly Branch[] {
      // Read once more: what it was made of is not kept.
      const again = parse(text, LIMITS);
      const record = new BranchRecord(again);
      program = compileNode(again, watched(check(again, declarations), record));
      return record.branches;
    },
  };
}

function errorText(error: unknown): string {
  if (error instanceof Failure || error instanceof OutOfBudget) return error.message;
  // A stack overflow, for one: lists can be nested as deep as a tenant likes.
  return error instanceof Error ? error.message : String(error);
}

/** `column 14 of the expression`, with the line where there are several. */
export function placeIn(text: string, { line, column }: ExpressionProblem): string {
  return text.trimEnd().includes('\n')
    ? `line ${line}, column ${column} of the expression`
    : `column ${column} of the expression`;
}

function refused(text: string, { message, unknown, offset }: Refusal): ExpressionProblem {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - (before.lastIndexOf('\n') + 1) + 1;
  return { ok: false, message: shortLine(message, MOST_MESSAGE_CHARACTERS), unknown, line, column };
}

/** Types can be as long as an expression. */
const MOST_MESSAGE_CHARACTERS = 400;
