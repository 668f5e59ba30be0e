// PolicyExceptions of Kyverno. Source: api/kyverno/v2/policy_exception_types.go.
import { isJsonObject, ownField, stringField } from '../../../model/json.ts';
import { allOf, anyOf } from '../cel-text.ts';
import type { Import } from '../imported.ts';
import { objectsAt, textsIn } from '../matching.ts';
import type { ImportedObject } from '../source.ts';
import { blockOf } from './match.ts';
import { excluded } from './pod-security.ts';
import type { Exceptions, RuleException } from './rule.ts';

/** An exception that can be taken over, and the rules that it is from. */
interface Taken extends RuleException {
  readonly from: readonly { readonly policy: string; readonly rules: readonly string[] }[];
}

/** The exceptions among the objects, by the rules that they are from. What is not taken over is said. */
export function exceptionsIn(
  objects: readonly ImportedObject[],
  policies: readonly ImportedObject[],
  into: Import,
): Exceptions {
  const all = objects.filter(({ object: { kind } }) => kind.group === 'kyverno.io' && kind.kind === 'PolicyException');
  const taken = all.flatMap((one) => take(one, policies, into));
  return ({ policy, name }) =>
    taken.filter(({ from }) => from.some((of) => of.policy === keyOf(policy) && covers(of.rules, name)));
}

/** Kyverno names a Policy with its namespace. */
function keyOf({ object, name }: ImportedObject): string {
  const namespace =
    object.kind.kind === 'Policy' ? stringField(ownField(object.value, 'metadata'), 'namespace') : undefined;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function covers(rules: readonly string[], name: string): boolean {
  return rules.some((rule) => rule === name || rule === '*' || rule === `autogen-${name}`);
}

function take(one: ImportedObject, policies: readonly ImportedObject[], into: Import): readonly Taken[] {
  const spec = ownField(one.object.value, 'spec');
  const from = objectsAt(ownField(spec, 'exceptions')).map(([entry, index]) => {
    const policy = stringField(entry, 'policyName') ?? '';
    if (!policies.some((known) => keyOf(known) === policy)) {
      const why = `the policy ${JSON.stringify(policy)} is not among the files`;
      into.leaveOut(one, ['spec', 'exceptions', index], why, 'stricter');
    }
    return { policy, rules: textsIn(ownField(entry, 'ruleNames')) };
  });
  for (const key of Object.keys(isJsonObject(spec) ? spec : {})) {
    if (['exceptions', 'match', 'podSecurity', 'background'].includes(key)) continue;
    const why =
      key === 'conditions'
        ? "the exception is left out: it has conditions in Kyverno's own language"
        : 'the exception is left out: there is nothing like it in a policy';
    into.leaveOut(one, ['spec', key], why, 'stricter');
    return [];
  }
  const { filters, isAll } = blockOf(ownField(spec, 'match'), ['spec', 'match']);
  const unlike = filters.flatMap((filter) => filter.unlike)[0];
  if (unlike || filters.length === 0) {
    const why = 'the exception is left out: a policy cannot say for whom or what it is';
    into.leaveOut(one, unlike ?? ['spec', 'match'], why, 'stricter');
    return [];
  }
  const ofPods = filters.filter(({ kinds }) => kinds.length > 0);
  if (ofPods.length === 0 || (isAll && ofPods.length < filters.length)) {
    into.leaveOut(
      one,
      ['spec', 'match'],
      'the exception is left out: it is not about kinds that hold pods',
      'stricter',
    );
    return [];
  }
  const terms = ofPods.map((filter) => allOf(filter.terms));
  const namespace = stringField(ownField(one.object.value, 'metadata'), 'namespace');
  const name = [namespace, one.name].filter((part) => part !== undefined).join('-');
  const list = ownField(spec, 'podSecurity');
  const checks =
    list === undefined ? undefined : excluded(one, list, ['spec', 'podSecurity'], `exception ${name}`, into);
  if (checks && Object.keys(checks).length === 0) return [];
  return [{ name, from, checks, when: isAll ? allOf(ofPods.flatMap((filter) => filter.terms)) : anyOf(terms) }];
}
