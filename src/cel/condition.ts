// Conditions: CEL expressions over a pod and its namespace that are true or false. They choose between the implementations
// of a class: compiled when a class is loaded, and evaluated for every pod that asks for the class.
import type { StringMap } from '../kubernetes/pod.ts';
import type { JsonObject } from '../model/json.ts';
import { type CelEnvironment, createEnvironment, type Expression, type ExpressionProblem } from './environment.ts';
import { kubernetesTypes } from './kubernetes-types.ts';
import { namespaceValue, podValue } from './kubernetes-values.ts';

/**
 * The variables of conditions and their types. `namespace` is a reserved word of CEL; ValidatingAdmissionPolicies call it
 * `namespaceObject`.
 */
export const CONDITION_VARIABLES = { pod: 'Pod', namespaceObject: 'Namespace' } as const;

/** What a condition can ask about. */
export interface ConditionInput {
  /** `metadata` and `spec` of the pod without what the class itself would add, and with the RuntimeClass it will be given. */
  readonly pod: JsonObject;
  readonly namespace: { readonly name: string; readonly labels: StringMap };
}

/** The result of a condition, or why it could not be evaluated. Then the class is not granted. */
export type ConditionResult = boolean | { readonly error: string };

/** A compiled condition. Never throws. */
export interface Condition {
  readonly expression: string;
  evaluate(input: ConditionInput): ConditionResult;
}

/** A condition, or what is wrong with its expression. */
export type CompiledCondition = { readonly ok: true; readonly condition: Condition } | ExpressionProblem;

/** Made at the first use: most policies list no class. */
let environment: CelEnvironment | undefined;

/**
 * Compiles a CEL expression over `pod` (metadata, spec) and `namespaceObject` (metadata). Every field has its type, so
 * that a wrong name or type is found here and not when a pod asks for the class.
 */
export function compileCondition(expression: string): CompiledCondition {
  environment ??= createEnvironment({ variables: CONDITION_VARIABLES, types: kubernetesTypes() });
  const compiled = environment.compile(expression, 'bool');
  return compiled.ok ? { ok: true, condition: conditionOf(compiled.expression) } : compiled;
}

function conditionOf(expression: Expression): Condition {
  return {
    expression: expression.text,
    evaluate({ pod, namespace }): ConditionResult {
      const evaluation = expression.evaluate({
        pod: podValue(pod),
        namespaceObject: namespaceValue(namespace.name, namespace.labels),
      });
      if (!evaluation.ok) return { error: evaluation.error };
      return typeof evaluation.value === 'boolean' ? evaluation.value : { error: 'neither true nor false' };
    },
  };
}
