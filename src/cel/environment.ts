// Compiles CEL expressions over variables of known types. Wrong names and types are found when an expression is compiled.
// What it costs to evaluate one grows no faster than the values it is evaluated over; guard.ts makes sure of that.
import {
  type ASTNode,
  TypeError as CelTypeError,
  Environment,
  EvaluationError,
  ParseError,
} from '@marcbachmann/cel-js';
import { oneLine, shortLine } from '../model/one-line.ts';
import type { Scope } from './field-type.ts';
import { guardRefusal } from './guard.ts';
import type { Refusal } from './refusal.ts';
import type { CelTypes } from './types.ts';

/** What expressions can ask about. */
export interface Declarations {
  /** By the name of a variable: its type, which is one of `types` or CEL's own, such as `string` and `list<string>`. */
  readonly variables: Readonly<Record<string, string>>;
  /** A type comes after the types of its fields. */
  readonly types: CelTypes;
  /** The variable that holds a pod: messages take their examples from it. */
  readonly pod: string;
}

/** The value of an expression, or why it could not be evaluated. */
export type Evaluation =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: string };

/** A compiled expression. */
export interface Expression {
  readonly text: string;
  /** The type of its value, in CEL's words. */
  readonly type: string;
  /**
   * Never throws. Using a variable that has no value is an error.
   * @param values by the names of the variables; objects as JSON has them
   */
  evaluate(values: Readonly<Record<string, unknown>>): Evaluation;
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

const MOST_CHARACTERS = 4096;
const LIMITS = { maxAstNodes: 400, maxDepth: 40, maxListElements: 64, maxMapEntries: 64, maxCallArguments: 4 };
/** Messages of errors at evaluation are cut to this length: they can hold what a tenant wrote. */
const MOST_ERROR_CHARACTERS = 160;

/** An environment with these variables. The evaluator is set up when the first expression is compiled. */
export function createEnvironment(declarations: Declarations): CelEnvironment {
  const { types, pod } = declarations;
  const variables = new Map(Object.entries(declarations.variables));
  const scope: Scope = { variables, types, pod };
  let environment: Environment | undefined;
  return {
    compile(text, result): CompiledExpression {
      if (text.length > MOST_CHARACTERS) {
        return refused(text, { message: `too long (expected at most ${MOST_CHARACTERS} characters)`, offset: 0 });
      }
      try {
        environment ??= evaluatorOf(declarations);
        const parsed = environment.parse(text);
        const refusal = guardRefusal(parsed.ast, scope);
        if (refusal) return refused(text, refusal);
        const checked = parsed.check();
        if (!checked.valid) return refused(text, refusalOf(checked.error));
        const type = checked.type ?? 'something else';
        if (result !== undefined && type !== result) return refused(text, wrongResult(result, type, parsed.ast));
        return { ok: true, expression: { text, type, evaluate: (values) => evaluate(parsed, values) } };
      } catch (error) {
        return refused(text, refusalOf(error));
      }
    },
  };
}

function evaluatorOf({ types, variables }: Declarations): Environment {
  const environment = new Environment({ enableOptionalTypes: true, limits: LIMITS });
  for (const [name, schema] of Object.entries(types)) environment.registerType({ name, schema: { ...schema } });
  for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, type);
  return environment;
}

/** The loops of an expression keep a reference to the last value they went through, so each expression retains one pod. */
function evaluate(
  run: (context: Readonly<Record<string, unknown>>) => unknown,
  values: Readonly<Record<string, unknown>>,
): Evaluation {
  try {
    return { ok: true, value: run(values) };
  } catch (error) {
    // A stack overflow, for one: lists can be nested as deep as a tenant likes.
    return { ok: false, error: shortLine(evaluationWords(error), MOST_ERROR_CHARACTERS) };
  }
}

function evaluationWords(error: unknown): string {
  if (!(error instanceof EvaluationError)) return error instanceof Error ? error.message : String(error);
  if (error.code !== 'no_such_key') return error.summary;
  return `${error.summary} (ask has(…) before, or .?field.orValue(…))`;
}

function wrongResult(expected: string, found: string, { start }: ASTNode): Refusal {
  const wanted = expected === 'bool' ? 'true or false' : expected;
  return { message: `expected ${wanted} as the result, found ${found}`, offset: start };
}

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError)) {
    return { message: error instanceof Error ? error.message : String(error), offset: 0 };
  }
  const offset = error.range?.start ?? 0;
  if (error.code === 'reserved_identifier' && error.summary.endsWith(': namespace')) {
    const message = 'namespace is a reserved word of CEL (use namespaceObject.metadata.labels or .name)';
    return { message, offset };
  }
  if (error.summary.includes('double') && error.summary.includes('int')) {
    return { message: `${error.summary} (write numbers that a pod has with a point: 1000.0)`, offset };
  }
  return { message: error.summary, offset };
}

function refused(text: string, { message, unknown, offset }: Refusal): ExpressionProblem {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - (before.lastIndexOf('\n') + 1) + 1;
  return { ok: false, message: oneLine(message), unknown, line, column };
}
