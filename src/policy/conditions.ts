// `match.conditions`: expressions in CEL that are true for what a policy is about.
import { type AdmissionInput, admissionEnvironment, admissionValues } from '../cel/admission.ts';
import { type Expression, type ExpressionProblem, policyAllowance } from '../cel/environment.ts';
import type { StringMap } from '../kubernetes/pod.ts';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import type { PlacedExpression } from '../rules/check.ts';
import type { ConditionFacts, MatchInput, MatchReasons, Mismatch } from './policy.ts';
import type { ConditionSpec } from './spec.ts';

/** The conditions of a policy, compiled once when it is loaded. */
export interface CompiledConditions {
  readonly needsNamespaceLabels: boolean;
  /** What is wrong with the expressions, by their place in the list. A policy with such a problem is not accepted. */
  readonly problems: readonly { readonly index: number; readonly problem: ExpressionProblem }[];
  readonly expressions: readonly PlacedExpression[];
  /**
   * Undefined where all conditions hold; else which one does not. One that cannot be evaluated counts as holding: nobody gets
   * rid of a policy by a pod that its conditions cannot read.
   */
  mismatch(input: MatchInput): string | undefined;
  /** Every condition that does not hold, and those that cannot be evaluated. */
  reasons(input: MatchInput): MatchReasons;
}

interface Condition {
  readonly name: string;
  readonly expression: Expression;
}

const NOTHING: JsonObject = Object.freeze({});

/** Compiles the conditions of a policy. */
export function compileConditions(specs: readonly ConditionSpec[]): CompiledConditions {
  const environment = admissionEnvironment();
  const conditions: Condition[] = [];
  const problems: { readonly index: number; readonly problem: ExpressionProblem }[] = [];
  for (const [index, { name, expression: text }] of specs.entries()) {
    const compiled = environment.compile(text, 'bool');
    if (compiled.ok) conditions.push({ name, expression: compiled.expression });
    else problems.push({ index, problem: compiled });
  }
  return {
    needsNamespaceLabels: conditions.some(asksForNamespace),
    problems,
    expressions: conditions.map(({ name, expression }, index) => {
      return { keys: ['match', 'conditions', index, 'expression'], name: `condition "${name}"`, expression };
    }),
    mismatch(input) {
      const { asked, namespaceLabels } = input;
      if (asked === undefined) return undefined;
      const values = valuesFor(asked, namespaceLabels);
      const allowance = policyAllowance();
      for (const condition of conditions) {
        if (namespaceLabels === undefined && asksForNamespace(condition)) continue;
        const evaluation = condition.expression.evaluate(values, allowance);
        if (evaluation.ok && evaluation.value === false) return isFalse(condition.name);
      }
      return undefined;
    },
    reasons({ asked, namespaceLabels }) {
      const mismatches: Mismatch[] = [];
      const assumed: string[] = [];
      if (asked === undefined) return { mismatches, assumed };
      const values = valuesFor(asked, namespaceLabels);
      const allowance = policyAllowance();
      for (const condition of conditions) {
        const { name, expression } = condition;
        if (namespaceLabels === undefined && asksForNamespace(condition)) {
          assumed.push(
            `condition "${name}" asks for the labels of the namespace, which are not known: it counts as true`,
          );
          continue;
        }
        const evaluation = expression.evaluate(values, allowance);
        if (!evaluation.ok)
          assumed.push(`condition "${name}" cannot be evaluated, and counts as true: ${evaluation.error}`);
        else if (evaluation.value === false) mismatches.push({ by: 'conditions', text: isFalse(name) });
      }
      return { mismatches, assumed };
    },
  };
}

function valuesFor(
  { template, old, request }: ConditionFacts,
  namespaceLabels: StringMap | undefined,
): ReturnType<typeof admissionValues> {
  const facts: AdmissionInput = {
    object: objectOf(template) ?? NOTHING,
    oldObject: objectOf(old),
    request,
    namespaceLabels,
  };
  return admissionValues(facts);
}

function isFalse(name: string): string {
  return `condition "${name}" is false`;
}

function asksForNamespace({ expression }: Condition): boolean {
  return expression.reads.has('namespaceObject');
}

function objectOf(value: unknown): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}
