// ValidatingAdmissionPolicies and their bindings, as far as they are about pods.
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import { allOf, anyOf, literal, matchesGlob } from './cel-text.ts';
import { compilePolicyExpressions } from './expressions.ts';
import type { Import, Keys } from './imported.ts';
import { type Condition, matchOf, objectsAt, operationTerm, textsIn } from './matching.ts';
import { type ImportedObject, type ImportSource, readingObjects } from './source.ts';

const GROUP = 'admissionregistration.k8s.io';

export const vap: ImportSource = {
  name: 'vap',
  reads: 'ValidatingAdmissionPolicies about pods, with their bindings',
  lists: [
    {
      path: `/apis/${GROUP}/v1/validatingadmissionpolicies`,
      apiVersion: `${GROUP}/v1`,
      kind: 'ValidatingAdmissionPolicy',
    },
    {
      path: `/apis/${GROUP}/v1/validatingadmissionpolicybindings`,
      apiVersion: `${GROUP}/v1`,
      kind: 'ValidatingAdmissionPolicyBinding',
    },
  ],
  read: readingObjects((objects, _, into) => {
    const ofKind = (kind: string) =>
      objects.filter(({ object }) => object.kind.group === GROUP && object.kind.kind === kind);
    const policies = ofKind('ValidatingAdmissionPolicy');
    const bindings = ofKind('ValidatingAdmissionPolicyBinding');
    for (const one of objects) {
      if (policies.includes(one) || bindings.includes(one)) continue;
      into.leaveOut(one, [], 'neither a ValidatingAdmissionPolicy nor a binding of one', 'none');
    }
    for (const binding of bindings) {
      const named = stringField(ownField(binding.object.value, 'spec'), 'policyName');
      if (policies.some(({ name }) => name === named)) continue;
      into.leaveOut(
        binding,
        ['spec', 'policyName'],
        `the policy ${literal(named ?? '')} is not among the files`,
        'laxer',
      );
    }
    for (const policy of policies) takePolicy(policy, bindings, into);
  }),
};

function takePolicy(policy: ImportedObject, bindings: readonly ImportedObject[], into: Import): void {
  const own = bindings.filter(
    ({ object }) => stringField(ownField(object.value, 'spec'), 'policyName') === policy.name,
  );
  if (own.length === 0) {
    into.leaveOut(policy, [], 'no binding among the files: the API server does nothing by it', 'none');
    return;
  }
  const rules = rulesOf(policy, into);
  if (!rules) return;
  for (const binding of own) {
    const spec = ownField(binding.object.value, 'spec');
    for (const key of Object.keys(isJsonObject(spec) ? spec : {})) {
      if (['policyName', 'validationActions', 'matchResources'].includes(key)) continue;
      const why =
        key === 'paramRef'
          ? 'parameters are not carried over: write their values into the policy'
          : 'there is nothing like it in a policy';
      into.leaveOut(binding, ['spec', key], why, 'laxer');
    }
    const narrowed = constraintsOf(binding, ['spec', 'matchResources'], into, ownField(spec, 'matchResources'));
    const match = narrowed && merged(rules.constraints, narrowed);
    if (!match) {
      if (narrowed) {
        const why = 'it has a selector where its policy has one too, and a policy of Sandgate has one';
        into.leaveOut(binding, ['spec', 'matchResources'], why, 'laxer');
      }
      continue;
    }
    const actions = textsIn(ownField(spec, 'validationActions'));
    into.add(policy, own.length === 1 ? policy.name : `${policy.name}-${binding.name}`, {
      match: matchOf({ ...match, kinds: ['Pod'], conditions: [...match.conditions, ...rules.conditions] }),
      validationActions: actionsOf(actions),
      ...(rules.variables.length > 0 && { variables: rules.variables }),
      validations: rules.validations,
    });
  }
}

/** Takes over a policy that is made like Kubernetes' own, and has its actions itself. */
export function takeAdmissionPolicy(policy: ImportedObject, into: Import): void {
  const rules = rulesOf(policy, into);
  if (!rules) return;
  const { constraints, conditions, variables, validations } = rules;
  const actions = textsIn(ownField(ownField(policy.object.value, 'spec'), 'validationActions'));
  into.add(policy, policy.name, {
    match: matchOf({ ...constraints, kinds: ['Pod'], conditions: [...constraints.conditions, ...conditions] }),
    validationActions: actionsOf(actions),
    ...(variables.length > 0 && { variables }),
    validations,
  });
}

/** Deny and Warn together are Deny: what is refused needs no warning. */
function actionsOf(actions: readonly string[]): readonly string[] {
  if (actions.length === 0) return ['Deny'];
  return actions.includes('Deny') ? actions.filter((action) => action !== 'Warn') : actions;
}

/** What the API server matches by beside conditions. */
interface Constraints {
  readonly namespaceSelector: JsonObject | undefined;
  readonly objectSelector: JsonObject | undefined;
  readonly conditions: readonly Condition[];
}

interface PolicyRules {
  readonly constraints: Constraints;
  readonly conditions: readonly Condition[];
  readonly variables: readonly JsonObject[];
  readonly validations: readonly JsonObject[];
}

const CARRIED = [
  'validationActions',
  'matchConstraints',
  'matchConditions',
  'variables',
  'validations',
  'failurePolicy',
];

function rulesOf(policy: ImportedObject, into: Import): PolicyRules | undefined {
  const spec = ownField(policy.object.value, 'spec');
  for (const key of Object.keys(isJsonObject(spec) ? spec : {})) {
    if (CARRIED.includes(key)) continue;
    const [why, effect] = LEFT[key] ?? ['there is nothing like it in a policy', 'laxer'];
    into.leaveOut(policy, ['spec', key], why, effect);
  }
  if (ownField(spec, 'failurePolicy') === 'Ignore') {
    const why = 'an expression that cannot be evaluated refuses the pod';
    into.leaveOut(policy, ['spec', 'failurePolicy'], why, 'stricter');
  }
  const constraints = constraintsOf(policy, ['spec', 'matchConstraints'], into, ownField(spec, 'matchConstraints'));
  if (!constraints) return undefined;
  const expressions = compilePolicyExpressions(spec);
  for (const { keys, message, effect } of expressions.problems)
    into.leaveOut(policy, ['spec', ...keys], message, effect);
  if (!expressions.isUsable || expressions.validations.length === 0) {
    into.leaveOut(policy, ['spec', 'validations'], 'none of them is left', 'laxer');
    return undefined;
  }
  const { conditions, variables, validations } = expressions;
  return { constraints, conditions, variables, validations };
}

const LEFT: Readonly<Record<string, readonly [string, 'laxer' | 'none']>> = {
  paramKind: ['parameters are not carried over: write their values into the policy', 'none'],
  auditAnnotations: ['findings with the action Audit go to the audit log instead', 'none'],
};

/** What `matchConstraints` or `matchResources` comes to; undefined where it is not about pods. */
function constraintsOf(one: ImportedObject, keys: Keys, into: Import, value: unknown): Constraints | undefined {
  const conditions: Condition[] = [];
  const selectors: Record<string, JsonObject> = {};
  for (const [key, given] of Object.entries(value ?? {})) {
    const at = [...keys, key];
    if (key === 'namespaceSelector' || key === 'objectSelector') {
      if (isJsonObject(given)) selectors[key] = given;
    } else if (key === 'resourceRules' || key === 'excludeResourceRules') {
      const terms = objectsAt(given).flatMap(([rule, index]) => {
        // Every policy judges ephemeral containers as well.
        if (textsIn(ownField(rule, 'resources')).every((resource) => resource === 'pods/ephemeralcontainers'))
          return [];
        const term = podTerm(rule);
        if (term === undefined) {
          const isMatch = key === 'resourceRules';
          const why = isMatch
            ? 'it is about something else than pods, which its expressions see as it is'
            : 'it takes out something else than pods';
          into.leaveOut(one, [...at, index], why, isMatch ? 'laxer' : 'none');
          return [];
        }
        return [term];
      });
      if (key === 'excludeResourceRules') {
        conditions.push(...terms.map((term) => ({ name: 'not-excluded', expression: `!(${term})` })));
      } else if (terms.length === 0) {
        into.leaveOut(one, at, 'it is not about pods', 'laxer');
        return undefined;
      } else {
        conditions.push({ name: 'request', expression: anyOf(terms.includes('true') ? ['true'] : terms) });
      }
    } else if (key !== 'matchPolicy') {
      into.leaveOut(one, at, 'there is nothing like it in a policy', 'laxer');
    }
  }
  return { namespaceSelector: selectors.namespaceSelector, objectSelector: selectors.objectSelector, conditions };
}

/** What a rule asks of a request about a pod; undefined where it is not about pods. */
function podTerm(rule: JsonObject): string | undefined {
  const groups = textsIn(ownField(rule, 'apiGroups'));
  const resources = textsIn(ownField(rule, 'resources'));
  const isOfPods = groups.some((group) => group === '' || group === '*');
  if (!isOfPods || !resources.some((resource) => ['pods', '*', '*/*'].includes(resource))) return undefined;
  const terms = [operationTerm(textsIn(ownField(rule, 'operations')))].filter((term) => term !== 'true');
  const names = textsIn(ownField(rule, 'resourceNames'));
  if (names.length > 0) terms.push(anyOf(names.map((name) => matchesGlob('request.?name.orValue("")', name))));
  return allOf(terms);
}

/** Both at once; undefined where both have a selector of the same labels. */
function merged(a: Constraints, b: Constraints): Constraints | undefined {
  const [namespaceSelector, objectSelector] = [
    eitherOf(a.namespaceSelector, b.namespaceSelector),
    eitherOf(a.objectSelector, b.objectSelector),
  ];
  if (namespaceSelector === 'both' || objectSelector === 'both') return undefined;
  return { namespaceSelector, objectSelector, conditions: [...a.conditions, ...b.conditions] };
}

/** The selector that asks for something. */
function eitherOf(one: JsonObject | undefined, other: JsonObject | undefined): JsonObject | 'both' | undefined {
  const asking = [one, other].filter((selector) => Object.keys(selector ?? {}).length > 0);
  return asking.length === 2 ? 'both' : asking[0];
}
