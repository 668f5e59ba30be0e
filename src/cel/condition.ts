// Conditions: CEL expressions that choose between the implementations of a class. Compiled when a class is loaded, with
// everything that can be found wrong then; evaluated for every pod that asks for the class.
import {
  type ASTNode,
  TypeError as CelTypeError,
  Environment,
  EvaluationError,
  ParseError,
} from '@marcbachmann/cel-js';
import type { StringMap } from '../kubernetes/pod.ts';
import { isJsonObject, type JsonObject, ownField } from '../model/json.ts';
import { cutUnits, oneLine } from '../model/one-line.ts';
import { guardRefusal } from './guard.ts';
import type { Refusal } from './refusal.ts';
import { CONDITION_TYPES, CONDITION_VARIABLES } from './types.ts';

/** What a condition can ask about. */
export interface ConditionInput {
  /** `metadata` and `spec` of the pod, without what the class itself would add; `spec.runtimeClassName` as filled in. */
  readonly pod: JsonObject;
  readonly namespace: { readonly name: string; readonly labels: StringMap };
}

/** The answer of a condition; where it could not be evaluated, why: then the class is not granted. */
export type ConditionResult = boolean | { readonly error: string };

/** A compiled CEL expression. Never throws. */
export interface Condition {
  readonly expression: string;
  evaluate(input: ConditionInput): ConditionResult;
}

/** A condition, or what is wrong with its expression. */
export type CompiledCondition =
  | { readonly ok: true; readonly condition: Condition }
  | {
      readonly ok: false;
      /** What is wrong, on one line, without the place. */
      readonly message: string;
      /** A word that is not known, and those that are; the message does not list them. */
      readonly unknown: { readonly word: string; readonly known: readonly string[] } | undefined;
      /** Lines and columns of the expression, from 1. */
      readonly line: number;
      readonly column: number;
    };

const MOST_CHARACTERS = 4096;
const LIMITS = { maxAstNodes: 400, maxDepth: 40, maxListElements: 64, maxMapEntries: 64, maxCallArguments: 4 };
/** What an error at evaluation may say: it can hold what a tenant wrote. */
const MOST_ERROR_CHARACTERS = 160;

const VARIABLES = new Map(Object.entries(CONDITION_VARIABLES));
let known: Environment | undefined;

/**
 * Compiles a CEL expression over `pod` (metadata, spec) and `namespaceObject` (metadata). Every field has its type; what
 * would be wrong with every pod is found here.
 */
export function compileCondition(expression: string): CompiledCondition {
  if (expression.length > MOST_CHARACTERS) {
    return refused(expression, { message: `too long (expected at most ${MOST_CHARACTERS} characters)`, offset: 0 });
  }
  try {
    const parsed = environment().parse(expression);
    const refusal = guardRefusal(parsed.ast, VARIABLES);
    if (refusal) return refused(expression, refusal);
    const checked = parsed.check();
    if (!checked.valid) return refused(expression, refusalOf(checked.error));
    if (checked.type !== 'bool') {
      const message = `expected true or false as the result, found ${checked.type ?? 'something else'}`;
      return refused(expression, { message, offset: startOf(parsed.ast) });
    }
    return { ok: true, condition: conditionOf(expression, parsed) };
  } catch (error) {
    return refused(expression, refusalOf(error));
  }
}

/** Its loops hold on to what they went through last until they go through something else: one pod for each condition. */
function conditionOf(expression: string, run: (context: Record<string, unknown>) => unknown): Condition {
  return {
    expression,
    evaluate(input: ConditionInput): ConditionResult {
      try {
        const result: unknown = run(contextOf(input));
        return typeof result === 'boolean' ? result : { error: 'neither true nor false' };
      } catch (error) {
        // Also a stack that overflowed: whatever it was, there is no answer.
        return { error: cutUnits(oneLine(evaluationWords(error)), MOST_ERROR_CHARACTERS) };
      }
    },
  };
}

/** Made at the first use: most policies come without a class. */
function environment(): Environment {
  if (known) return known;
  known = new Environment({ enableOptionalTypes: true, limits: LIMITS });
  for (const [name, schema] of Object.entries(CONDITION_TYPES)) known.registerType({ name, schema: { ...schema } });
  for (const [name, type] of VARIABLES) known.registerVariable(name, type);
  return known;
}

function contextOf({ pod, namespace }: ConditionInput): Record<string, unknown> {
  const metadata = knownFields(ownField(pod, 'metadata'), METADATA_FIELDS);
  const spec = knownFields(ownField(pod, 'spec'), SPEC_FIELDS);
  const labels = mapOf(namespace.labels);
  return {
    pod: { metadata, spec },
    namespaceObject: { metadata: { name: namespace.name, labels } },
  };
}

/** The fields of a type that can be asked for. */
function fieldsOf(type: string): readonly { readonly key: string; readonly isMap: boolean }[] {
  return Object.entries(CONDITION_TYPES[type] ?? {}).map(([key, of]) => ({ key, isMap: of.startsWith('map<') }));
}

const METADATA_FIELDS = fieldsOf('PodMetadata');
const SPEC_FIELDS = fieldsOf('PodSpec');

/** Those fields that are there. A null one is an absent one, as Kubernetes has it; maps are made safe to look into. */
function knownFields(value: unknown, allowed: typeof SPEC_FIELDS): JsonObject {
  const fields: Record<string, unknown> = {};
  for (const { key, isMap } of allowed) {
    const field = ownField(value, key);
    if (field !== undefined && field !== null) fields[key] = isMap ? mapOf(field) : field;
  }
  return fields;
}

/** The evaluator tells objects by their constructor, and `constructor` is a key that a label can have. */
function mapOf(value: unknown): unknown {
  return isJsonObject(value) && Object.hasOwn(value, 'constructor') ? new Map(Object.entries(value)) : value;
}

function evaluationWords(error: unknown): string {
  if (!(error instanceof EvaluationError)) return error instanceof Error ? error.message : String(error);
  if (error.code !== 'no_such_key') return error.summary;
  return `${error.summary} (ask has(…) before, or .?field.orValue(…))`;
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

function startOf(node: ASTNode): number {
  return node.start;
}

function refused(expression: string, { message, unknown, offset }: Refusal): CompiledCondition {
  const before = expression.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - (before.lastIndexOf('\n') + 1) + 1;
  return { ok: false, message: oneLine(message), unknown, line, column };
}
