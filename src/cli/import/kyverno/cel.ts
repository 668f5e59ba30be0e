// Rules of Kyverno in CEL: `validate.cel`, and the newer ValidatingPolicies, which are made like Kubernetes' own.
import { isJsonObject, ownField } from '../../../model/json.ts';
import { compilePolicyExpressions } from '../expressions.ts';
import type { Import } from '../imported.ts';
import type { ImportedObject } from '../source.ts';
import { takeAdmissionPolicy } from '../vap.ts';
import type { MadeOfRule, Rule } from './rule.ts';

/** What a rule in CEL comes to; undefined where nothing of it can be evaluated. */
export function celRule({ policy, rule, keys }: Rule, into: Import): MadeOfRule | undefined {
  const cel = ownField(ownField(rule, 'validate'), 'cel');
  const at = [...keys, 'validate', 'cel'];
  for (const key of Object.keys(isJsonObject(cel) ? cel : {})) {
    if (['expressions', 'variables', 'generate'].includes(key)) continue;
    const why = key.startsWith('param')
      ? 'parameters are not carried over: write their values into the policy'
      : 'there is nothing like it in a policy';
    into.leaveOut(policy, [...at, key], why, 'none');
  }
  const found = compilePolicyExpressions({
    matchConditions: ownField(rule, 'celPreconditions'),
    variables: ownField(cel, 'variables'),
    validations: ownField(cel, 'expressions'),
  });
  for (const {
    keys: [part = '', ...inside],
    message,
    effect,
  } of found.problems) {
    const where =
      part === 'matchConditions'
        ? [...keys, 'celPreconditions']
        : [...at, part === 'validations' ? 'expressions' : part];
    into.leaveOut(policy, [...where, ...inside], message, effect);
  }
  if (!found.isUsable || found.validations.length === 0) return undefined;
  const { variables, validations, conditions } = found;
  return { spec: { ...(variables.length > 0 && { variables }), validations }, conditions };
}

/** A ValidatingPolicy: a ValidatingAdmissionPolicy that has its actions itself. */
export function takeValidatingPolicy(policy: ImportedObject, into: Import): void {
  takeAdmissionPolicy(policy, into);
}
