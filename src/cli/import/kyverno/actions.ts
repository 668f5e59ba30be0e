// What a rule of Kyverno does about violations. Source: api/kyverno/v1/spec_types.go, rule_types.go.
import { type JsonObject, ownField } from '../../../model/json.ts';
import { anyOf, literal, matchesGlob } from '../cel-text.ts';
import type { Import, Keys } from '../imported.ts';
import { objectsAt, selectorTerms, textsIn } from '../matching.ts';
import type { Rule, RuleActions } from './rule.ts';

/** The actions of a rule, and where an override gives it another one. Kyverno's own default is Audit. */
export function actionsOf({ policy, spec, rule, keys }: Rule, into: Import): readonly RuleActions[] {
  const validate = ownField(rule, 'validate');
  const tells = ownField(spec, 'emitWarning') === true;
  const own = ownField(validate, 'failureAction') ?? ownField(spec, 'validationFailureAction');
  const byDefault = actionOf(own, tells);
  const overrides = ownField(validate, 'failureActionOverrides');
  const [list, at]: readonly [unknown, Keys] =
    overrides === undefined
      ? [ownField(spec, 'validationFailureActionOverrides'), ['spec', 'validationFailureActionOverrides']]
      : [overrides, [...keys, 'validate', 'failureActionOverrides']];
  const found: RuleActions[] = [];
  for (const [override, index] of objectsAt(list)) {
    const actions = actionOf(ownField(override, 'action'), tells);
    if (actions.join() === byDefault.join()) continue;
    const when = whenOf(override);
    if (when !== undefined) found.push({ actions, when });
    else {
      const why = 'not carried over: a policy cannot say for which namespaces it is';
      into.leaveOut(policy, [...at, index], why, actions.includes('Deny') ? 'laxer' : 'stricter');
    }
  }
  return [{ actions: byDefault, when: undefined }, ...found];
}

function actionOf(value: unknown, tells: boolean): readonly string[] {
  if (typeof value === 'string' && value.toLowerCase() === 'enforce') return ['Deny'];
  return tells ? ['Audit', 'Warn'] : ['Audit'];
}

function whenOf(override: JsonObject): string | undefined {
  const names = textsIn(ownField(override, 'namespaces')).map((name) =>
    matchesGlob(`request.?namespace.orValue(${literal('')})`, name),
  );
  const selector = ownField(override, 'namespaceSelector');
  const terms = selector === undefined ? [] : selectorTerms('namespaceObject', selector);
  if (terms === undefined) return undefined;
  const all = [...(names.length > 0 ? [anyOf(names)] : []), ...terms];
  return all.length === 0 ? undefined : all.length === 1 ? all[0] : `(${all.join(' && ')})`;
}
