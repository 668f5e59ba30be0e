// What a policy's author demands in CEL. The expression says which fields are meant.
import { admissionValues, type RequestFacts } from '../../cel/admission.ts';
import { type Allowance, type Expression, policyAllowance } from '../../cel/environment.ts';
import type { PodView } from '../../kubernetes/containers.ts';
import { valueAt, valueAtKeys } from '../../kubernetes/path-keys.ts';
import { byteLength } from '../../model/bytes.ts';
import { phrase, type Sentence, type Violation } from '../../model/finding.ts';
import { shortLine } from '../../model/one-line.ts';
import type { CheckPod, CheckRequest, RuleCheck } from '../check.ts';
import { VariableValues } from '../variables/compile.ts';
import { type CompiledValidations, compileValidations, type Validation } from './compile.ts';
import { EXAMPLES } from './examples.ts';
import type { ValidationsParameters } from './parameters.ts';
import { podObject } from './pod-object.ts';

/** A check that every expression of the policy is true. */
export const validations: RuleCheck<ValidationsParameters> = {
  id: 'validations',
  title: 'What the policy demands in CEL must hold.',
  fix: 'change what the message names; the expression of the validation in the policy says exactly what must hold',
  platform: 'any',
  compile: (parameters, around) => checkOf(compileValidations(parameters, around)),
  needs: (parameters, around) => compileValidations(parameters, around).needs,
  parts: { names: (parameters) => parameters.map(({ name }) => name), of: ({ kind = '' }) => kind },
  describe,
  examples: EXAMPLES,
};

function checkOf({ validations: all, variables, expressions }: CompiledValidations): CheckPod {
  const check: CheckPod = (pod, request) => {
    const allowance = policyAllowance();
    const values = valuesFor(pod, request, variables.expressions, allowance);
    let found: Violation[] | undefined;
    for (const validation of all) {
      const said = failure(validation, values, allowance);
      if (said === undefined) continue;
      found ??= [];
      found.push(violationOf(validation, said, pod));
    }
    return found;
  };
  return Object.assign(check, { expressions });
}

function valuesFor(
  pod: PodView,
  request: CheckRequest,
  variables: ReadonlyMap<string, Expression>,
  allowance: Allowance,
): Readonly<Record<string, unknown>> {
  const input = {
    object: podObject(pod),
    get oldObject() {
      return request.oldView && podObject(request.oldView);
    },
    request: requestFacts(request),
    namespaceLabels: request.namespaceLabels,
  };
  return admissionValues(input, (values) => new VariableValues(variables, values, allowance));
}

function requestFacts({ user, subject }: CheckRequest): RequestFacts {
  return { ...subject, user };
}

/** What is said where a validation does not hold, or could not be evaluated; undefined where it holds. */
function failure(
  { name, expression, message, messageExpression }: Validation,
  values: Readonly<Record<string, unknown>>,
  allowance: Allowance,
): Sentence | undefined {
  const evaluation = expression.evaluate(values, allowance);
  if (evaluation.ok && evaluation.value === true) return undefined;
  if (!evaluation.ok || evaluation.value !== false) {
    const why = evaluation.ok ? 'neither true nor false' : evaluation.error;
    const detail = `${why}; the expression is ${quoted(expression)}`;
    return { reason: `validation "${name}" cannot be evaluated`, detail };
  }
  const said = messageExpression && messageOf(messageExpression, values, allowance);
  const reason = said ?? message;
  if (reason !== undefined) return { reason, detail: `validation "${name}"` };
  return { reason: `validation "${name}" does not hold`, detail: `the expression is ${quoted(expression)}` };
}

/** As Kubernetes has it: what is longer, or on several lines, counts as no message. */
const MOST_MESSAGE_BYTES = 5 * 1024;

function messageOf(
  expression: Expression,
  values: Readonly<Record<string, unknown>>,
  allowance: Allowance,
): string | undefined {
  const evaluation = expression.evaluate(values, allowance);
  if (!evaluation.ok || typeof evaluation.value !== 'string') return undefined;
  const text = evaluation.value.trim();
  if (text === '' || text.includes('\n') || byteLength(text) > MOST_MESSAGE_BYTES) return undefined;
  return text;
}

/** An expression is cut to this length where a message names it. */
const MOST_EXPRESSION = 200;

function quoted({ text }: Expression): string {
  return shortLine(text.trim().replace(/\s+/g, ' '), MOST_EXPRESSION);
}

function violationOf({ name, path, reads }: Validation, said: Sentence, pod: PodView): Violation {
  const object = podObject(pod);
  const value = path === 'spec' ? undefined : valueAt({ metadata: pod.metadata, spec: pod.spec }, path);
  return {
    path,
    ...(value !== undefined && { value }),
    kind: name,
    said,
    basis: reads.map((keys) => valueAtKeys(object, keys) ?? null),
  };
}

function describe(violations: readonly Violation[]): Sentence {
  const [first, ...others] = violations.flatMap(({ said }) => said ?? []);
  if (first === undefined) return { reason: 'a validation does not hold', detail: '' };
  if (others.length === 0) return first;
  return { reason: [first, ...others].map(phrase).join('; '), detail: '' };
}
