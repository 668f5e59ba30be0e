// Kyverno's ClusterPolicies and Policies, as far as they validate by the Pod Security Standards, by CEL, or change pods; and the
// PolicyExceptions from them. Source: api/kyverno/v1 and api/kyverno/v2 of Kyverno 1.15.
import { isJsonObject, type JsonObject, ownField, stringField } from '../../../model/json.ts';
import type { Import, Keys } from '../imported.ts';
import { objectsAt } from '../matching.ts';
import { type ImportedObject, type ImportSource, readingObjects } from '../source.ts';
import { actionsOf } from './actions.ts';
import { celRule, takeValidatingPolicy } from './cel.ts';
import { exceptionsIn } from './exceptions.ts';
import { groupsOf } from './match.ts';
import { fillIns } from './mutate.ts';
import { podSecurityRule } from './pod-security.ts';
import { addGroup, type Exceptions, type MadeOfRule, type Rule } from './rule.ts';

const GROUP = 'kyverno.io';
const CEL_GROUP = 'policies.kyverno.io';

export const kyverno: ImportSource = {
  name: 'kyverno',
  reads: 'ClusterPolicies, Policies and PolicyExceptions of Kyverno, and its ValidatingPolicies',
  lists: [
    { path: '/apis/kyverno.io/v1/clusterpolicies', apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy' },
    { path: '/apis/kyverno.io/v1/policies', apiVersion: 'kyverno.io/v1', kind: 'Policy' },
    { path: '/apis/kyverno.io/v2/policyexceptions', apiVersion: 'kyverno.io/v2', kind: 'PolicyException' },
    {
      path: '/apis/policies.kyverno.io/v1/validatingpolicies',
      apiVersion: 'policies.kyverno.io/v1',
      kind: 'ValidatingPolicy',
    },
  ],
  read: readingObjects((objects, _, into) => {
    const policies: ImportedObject[] = [];
    for (const one of objects) {
      const { group, kind } = one.object.kind;
      if (group === GROUP && (kind === 'ClusterPolicy' || kind === 'Policy')) policies.push(one);
      else if (group === CEL_GROUP && kind === 'ValidatingPolicy') takeValidatingPolicy(one, into);
      else if (group === GROUP && kind === 'PolicyException') continue;
      else if (group === GROUP || group === CEL_GROUP) {
        into.leaveOut(one, [], `no object of the kind ${kind} says what pods may have`, 'laxer');
      } else into.leaveOut(one, [], 'not an object of Kyverno', 'none');
    }
    const exceptions = exceptionsIn(objects, policies, into);
    for (const policy of policies) takePolicy(policy, exceptions, into);
  }),
};

/** What of a spec is read elsewhere, or is about how Kyverno runs and not about verdicts. */
const SPEC = [
  'rules',
  'validationFailureAction',
  'validationFailureActionOverrides',
  'emitWarning',
  'background',
  'admission',
  'schemaValidation',
  'generateExisting',
  'mutateExistingOnPolicyUpdate',
  'useServerSideApply',
  'webhookTimeoutSeconds',
  'failurePolicy',
];

function takePolicy(policy: ImportedObject, exceptions: Exceptions, into: Import): void {
  const spec = ownField(policy.object.value, 'spec');
  for (const key of Object.keys(isJsonObject(spec) ? spec : {})) {
    if (SPEC.includes(key)) continue;
    const isAll = key === 'applyRules' && ownField(spec, key) === 'All';
    if (!isAll) into.leaveOut(policy, ['spec', key], 'there is nothing like it in a policy', 'stricter');
  }
  if (ownField(spec, 'failurePolicy') === 'Ignore') {
    const why = 'whether requests pass while the webhook is away is a setting of the installation';
    into.leaveOut(policy, ['spec', 'failurePolicy'], why, 'stricter');
  }
  if (ownField(spec, 'admission') === false) {
    into.leaveOut(policy, [], 'it judges what is stored already, and no request (admission: false)', 'none');
    return;
  }
  const rules = ownField(spec, 'rules');
  sayWhatIsNotARule(policy, rules, into);
  for (const [rule, index] of objectsAt(rules)) {
    takeRule(
      { policy, spec, rule, keys: ['spec', 'rules', index], name: stringField(rule, 'name') ?? '' },
      exceptions,
      into,
    );
  }
}

/** A policy of which nothing is taken over is never passed over without a word. */
function sayWhatIsNotARule(policy: ImportedObject, rules: unknown, into: Import): void {
  const keys = ['spec', 'rules'];
  if (!Array.isArray(rules)) {
    const isAbsent = (rules ?? undefined) === undefined;
    if (isAbsent) into.leaveOut(policy, keys, 'the policy has no rules', 'none');
    else into.leaveOut(policy, keys, 'not a list of rules', 'laxer');
    return;
  }
  if (rules.length === 0) into.leaveOut(policy, keys, 'the policy has no rules', 'none');
  const read = new Set(objectsAt(rules).map(([, index]) => index));
  for (const index of rules.keys()) {
    if (!read.has(index)) into.leaveOut(policy, [...keys, index], 'not a rule (expected an object)', 'laxer');
  }
}

/** The parts of a rule that do something. */
const DEEDS = ['validate', 'mutate', 'generate', 'verifyImages'] as const;

function takeRule(rule: Rule, exceptions: Exceptions, into: Import): void {
  const deed = DEEDS.find((key) => isJsonObject(ownField(rule.rule, key)) || key in rule.rule);
  const why: Why | undefined =
    deed === undefined ? { why: 'it does nothing', effect: 'none' } : unlike(rule.rule, deed);
  if (why !== undefined) {
    into.leaveOut(rule.policy, why.keys ? [...rule.keys, ...why.keys] : rule.keys, why.why, why.effect);
    return;
  }
  for (const key of Object.keys(rule.rule)) {
    if (
      [
        'name',
        'match',
        'exclude',
        'validate',
        'mutate',
        'preconditions',
        'celPreconditions',
        'skipBackgroundRequests',
      ].includes(key)
    )
      continue;
    into.leaveOut(rule.policy, [...rule.keys, key], 'there is nothing like it in a policy', 'stricter');
  }
  const known = into.leftOut.length;
  const groups = groupsOf(rule, into);
  if (groups.length === 0) {
    const left = 'the rule is left out: it names no kind that holds pods, or excludes all that it names';
    if (into.leftOut.length === known) into.leaveOut(rule.policy, [...rule.keys, 'match'], left, 'laxer');
    return;
  }
  if (deed === 'mutate') {
    for (const group of groups) {
      for (const made of fillIns(rule, group, into)) addGroup(rule, made.group, made.spec, undefined, exceptions, into);
    }
    return;
  }
  const made = validating(rule, into);
  if (!made) return;
  const actions = actionsOf(rule, into);
  for (const group of groups) {
    const conditions = [...group.conditions, ...(made.conditions ?? [])];
    addGroup(rule, { ...group, conditions }, made.spec, actions, exceptions, into);
  }
}

function validating(rule: Rule, into: Import): MadeOfRule | undefined {
  const validate = ownField(rule.rule, 'validate');
  if (ownField(validate, 'podSecurity') === undefined) return celRule(rule, into);
  const spec = podSecurityRule(rule, into);
  return spec && { spec };
}

interface Why {
  readonly why: string;
  readonly effect: 'laxer' | 'none';
  readonly keys?: Keys;
}

/** Why a rule cannot be taken over at all. */
function unlike(rule: JsonObject, deed: (typeof DEEDS)[number]): Why | undefined {
  if (deed === 'generate') return { why: 'it makes objects, which Sandgate does not', effect: 'laxer' };
  if (deed === 'verifyImages')
    return { why: 'it checks signatures of images, which Sandgate does not', effect: 'laxer' };
  if (ownField(rule, 'context') !== undefined) {
    return {
      keys: ['context'],
      why: 'the rule is left out: it depends on what only Kyverno looks up',
      effect: 'laxer',
    };
  }
  if (!arePreconditionsEmpty(ownField(rule, 'preconditions'))) {
    const why =
      "the rule is left out: it has conditions in Kyverno's own language (write them in CEL, in match.conditions)";
    return { keys: ['preconditions'], why, effect: 'laxer' };
  }
  const body = ownField(rule, deed);
  const known = deed === 'validate' ? ['podSecurity', 'cel'] : ['patchStrategicMerge'];
  if (known.some((key) => isJsonObject(ownField(body, key)))) return undefined;
  const found = Object.keys(isJsonObject(body) ? body : {}).find((key) => key in UNLIKE) ?? deed;
  const why = UNLIKE[found] ?? 'it does nothing that a policy of Sandgate can say';
  return { keys: found === deed ? [deed] : [deed, found], why, effect: 'laxer' };
}

const UNLIKE: Readonly<Record<string, string>> = {
  pattern:
    "a pattern is in Kyverno's own language (see which check or rule asks the same, or write it in CEL under validations)",
  anyPattern:
    "patterns are in Kyverno's own language (see which check or rule asks the same, or write them in CEL under validations)",
  deny: "conditions are in Kyverno's own language (write them in CEL, under validations)",
  foreach: "it is in Kyverno's own language (CEL has all and exists for lists)",
  assert: "it is in Kyverno's own language (write it in CEL, under validations)",
  manifests: 'it checks signatures, which Sandgate does not',
  patchesJson6902: 'a JSON patch depends on what stands in the pod',
  targets: 'it changes objects that exist already, which Sandgate does not',
};

/** True for what holds for every request that Sandgate judges: that it is not a deletion. */
function arePreconditionsEmpty(preconditions: unknown): boolean {
  const conditions = ['all', 'any'].flatMap((key) => objectsAt(ownField(preconditions, key)));
  if (preconditions === undefined) return true;
  return conditions.length > 0 && conditions.every(([condition]) => isNotDeletion(condition));
}

function isNotDeletion(condition: JsonObject): boolean {
  const asked = stringField(condition, 'key')?.replaceAll(/\s/g, '') ?? '';
  if (!/^\{\{request\.operation(\|\|'[A-Z]*')?\}\}$/.test(asked)) return false;
  const operator = stringField(condition, 'operator') ?? '';
  const value = ownField(condition, 'value');
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (['NotEquals', 'NotEqual', 'AnyNotIn', 'AllNotIn', 'NotIn'].includes(operator))
    return values.every((one) => one === 'DELETE' || one === 'CONNECT');
  if (!['AnyIn', 'AllIn', 'In'].includes(operator)) return false;
  return values.includes('CREATE') && values.includes('UPDATE');
}
