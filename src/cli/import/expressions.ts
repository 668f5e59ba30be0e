// The expressions of a ValidatingAdmissionPolicy, or of something made like one: those that Sandgate can evaluate, and what is wrong
// with the others.
import { admissionEnvironment } from '../../cel/admission.ts';
import { type CompiledExpression, placeIn } from '../../cel/environment.ts';
import { type JsonObject, ownField, stringField } from '../../model/json.ts';
import { oneLine } from '../../model/one-line.ts';
import type { Effect, Keys } from './imported.ts';
import { type Condition, objectsAt } from './matching.ts';

/** What can be taken over of a spec. */
export interface PolicyExpressions {
  readonly conditions: readonly Condition[];
  readonly variables: readonly JsonObject[];
  readonly validations: readonly JsonObject[];
  readonly problems: readonly { readonly keys: Keys; readonly message: string; readonly effect: Effect }[];
  /** False where a condition cannot be evaluated: without it the policy would be about other pods. */
  readonly isUsable: boolean;
}

/** Takes over `matchConditions`, `variables` and `validations` of a spec, which see the pod as `object`. */
export function compilePolicyExpressions(spec: unknown): PolicyExpressions {
  const problems: { keys: Keys; message: string; effect: Effect }[] = [];
  const reject = (keys: Keys, text: string, compiled: CompiledExpression, then: string): void => {
    if (compiled.ok) return;
    problems.push({ keys, message: `${placeIn(text, compiled)}: ${compiled.message}${then}`, effect: 'laxer' });
  };
  const conditions: Condition[] = [];
  let isUsable = true;
  for (const [condition, index] of objectsAt(ownField(spec, 'matchConditions'))) {
    const expression = stringField(condition, 'expression') ?? '';
    const compiled = admissionEnvironment().compile(expression, 'bool');
    if (compiled.ok) conditions.push({ name: stringField(condition, 'name') ?? `condition-${index + 1}`, expression });
    else isUsable = false;
    reject(['matchConditions', index, 'expression'], expression, compiled, '; the policy is left out');
  }
  const types: Record<string, string> = {};
  const variables: JsonObject[] = [];
  for (const [variable, index] of objectsAt(ownField(spec, 'variables'))) {
    const [name, expression] = [stringField(variable, 'name') ?? '', stringField(variable, 'expression') ?? ''];
    const compiled = admissionEnvironment({ ...types }).compile(expression);
    if (compiled.ok) {
      types[name] = compiled.expression.type;
      variables.push({ name, expression });
    }
    reject(['variables', index, 'expression'], expression, compiled, '; the variable is left out');
  }
  const environment = admissionEnvironment(types);
  const validations: JsonObject[] = [];
  for (const [validation, index] of objectsAt(ownField(spec, 'validations'))) {
    const expression = stringField(validation, 'expression') ?? '';
    const compiled = environment.compile(expression, 'bool');
    reject(['validations', index, 'expression'], expression, compiled, '; the validation is left out');
    if (!compiled.ok) continue;
    const reason = stringField(validation, 'reason');
    if (reason !== undefined && reason !== 'Forbidden') {
      const message = 'a refusal is always Forbidden';
      problems.push({ keys: ['validations', index, 'reason'], message, effect: 'none' });
    }
    const message = stringField(validation, 'message');
    const messageExpression = stringField(validation, 'messageExpression');
    const worded = messageExpression === undefined ? undefined : environment.compile(messageExpression, 'string');
    if (worded && !worded.ok) {
      const why = `${placeIn(messageExpression ?? '', worded)}: ${worded.message}`;
      problems.push({ keys: ['validations', index, 'messageExpression'], message: why, effect: 'none' });
    }
    validations.push({
      name: `validation-${index + 1}`,
      expression,
      ...(message !== undefined && message.trim() !== '' && { message: oneLine(message.trim()) }),
      ...(worded?.ok && { messageExpression }),
    });
  }
  // One that nothing asks for any more would only be warned about.
  return { conditions, variables: usedOf(variables, validations), validations, problems, isUsable };
}

function usedOf(variables: readonly JsonObject[], validations: readonly JsonObject[]): readonly JsonObject[] {
  const texts = [...validations, ...variables].map(
    (one) => `${String(one.expression)} ${String(one.messageExpression)}`,
  );
  return variables.filter(({ name }) => texts.some((text) => text.includes(`variables.${String(name)}`)));
}
