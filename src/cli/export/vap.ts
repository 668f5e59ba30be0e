// A policy as ValidatingAdmissionPolicies with their bindings: the part of it that the API server can enforce by itself. It refuses
// nothing that the webhook lets in: what a grant or an exception may let in is not in it.
import type { JsonObject } from '../../model/json.ts';
import { CAPABILITIES_ANNOTATION, MIRROR_ANNOTATION, NAMESPACE_NAME_LABEL, NODES_GROUP } from '../../model/names.ts';
import { checksAt, parseVersion } from '../../pod-security/standard.ts';
import type { IsolationPolicySpec as PolicySpec } from '../../policy/spec.ts';
import { RULES } from '../../rules/index.ts';
import { ruleTerms } from './rules.ts';
import { standardTerm } from './standards.ts';
import { literal, type Term } from './term.ts';

/** A part of a policy that is not in what was written, and why. */
export interface NotExported {
  readonly policy: string;
  /** `podSecurity`, `checks.privileged`, `match.kinds`. */
  readonly part: string;
  readonly why: string;
}

/** What a policy comes to. */
export interface ExportedPolicy {
  readonly documents: readonly JsonObject[];
  readonly left: readonly NotExported[];
}

/** How policies are exported. */
export interface ExportOptions {
  /** Namespaces that are not judged, as the webhook's registration leaves them out. */
  readonly excludedNamespaces: readonly string[];
}

const V1 = 'admissionregistration.k8s.io/v1';
const CONTROL = 'sandgate.dev/policy';

/** A check of a policy, ready to be written. */
interface Written {
  readonly check: string;
  readonly message: string;
  readonly expression: string;
  readonly messageExpression?: string | undefined;
}

/** Exports a policy that was accepted. */
export function exportPolicy(name: string, spec: PolicySpec, options: ExportOptions): ExportedPolicy {
  const left: NotExported[] = [];
  const leave = (part: string, why: string): void => void left.push({ policy: name, part, why });
  const { kinds } = spec.match ?? {};
  if (kinds && !kinds.includes('Pod')) {
    leave('match.kinds', 'the policy is not about pods themselves, which are all that CEL is given here');
    return { documents: [], left };
  }
  if (spec.capabilities?.some(({ assign }) => assign === 'Always')) {
    leave('capabilities', 'every pod is granted a class, and CEL cannot take out what a class adds');
    return { documents: [], left };
  }
  const written = [...standards(spec, leave), ...rules(spec), ...validations(spec)].filter(({ check }) => {
    const why = exceptable(spec, check);
    if (why !== undefined) leave(`checks.${check}`, why);
    return why === undefined;
  });
  if ((spec.capabilities ?? []).length > 0 && written.length > 0) {
    const why = `pods with the annotation ${CAPABILITIES_ANNOTATION} are not judged, since CEL cannot take out what a class adds: whoever writes it gets past`;
    leave('capabilities', why);
  }
  for (const [part, ids] of others(spec, written)) leave(part, `no expression in CEL for ${ids.join(', ')}`);
  for (const rule of RULES) {
    if (rule.bind(spec).fillIns.length > 0)
      leave(rule.key, 'only the webhook fills in: a pod without is judged as it is');
  }
  const byActions = Map.groupBy(written, ({ check }) => actionsOf(spec, check).join(' '));
  const documents = [...byActions].flatMap(([actions, checks]) => {
    const suffix = byActions.size === 1 ? '' : `-${actions.toLowerCase().replaceAll(' ', '-')}`;
    return documentsOf(name, `sandgate-${name}${suffix}`, spec, checks, actions.split(' '), options);
  });
  return { documents, left };
}

function standards(spec: PolicySpec, leave: (part: string, why: string) => void): readonly Written[] {
  const { podSecurity } = spec;
  if (podSecurity === undefined) return [];
  if (podSecurity.level === undefined) {
    leave('podSecurity', 'Pod Security admission itself enforces the labels of namespaces');
    return [];
  }
  const { level, version = 'latest' } = podSecurity;
  return checksAt(level, parseVersion(version) ?? 'latest').flatMap((check) => {
    const term = standardTerm(check.id, version);
    if (term) return [{ check: check.id, message: `${check.title} (${check.id})`, expression: asked(spec, term) }];
    leave(`checks.${check.id}`, 'no expression in CEL for it');
    return [];
  });
}

function rules(spec: PolicySpec): readonly Written[] {
  const titles = new Map(RULES.flatMap(({ checks }) => checks.map(({ id, title }) => [id, title] as const)));
  return ruleTerms(spec).map(({ check, term }) => ({
    check,
    message: `${titles.get(check) ?? check} (${check})`,
    expression: asked(spec, term),
  }));
}

/** The policy's own. Whether an update breaks them anew cannot be asked: their variables are about the new pod. */
function validations(spec: PolicySpec): readonly Written[] {
  return (spec.validations ?? []).map(({ name, expression, message, messageExpression }) => ({
    check: `validations/${name}`,
    message: message?.trim() ?? `the validation ${name} of the policy does not hold`,
    messageExpression,
    expression: `${prefix(spec)}request.operation != 'CREATE' || (${expression})`,
  }));
}

/** True of the new pod; or not true of the old one either, whose violations only warn. */
function asked(spec: PolicySpec, term: Term): string {
  return `${prefix(spec)}(${term('object')}) || (oldObject != null && !(${term('oldObject')}))`;
}

const MATCHES = 'policyMatches';

function prefix({ match }: PolicySpec): string {
  return (match?.conditions ?? []).length === 0 ? '' : `!variables.${MATCHES} || `;
}

/** Why a check can be excepted from, so that the API server would refuse what the webhook lets in; undefined where it cannot. */
function exceptable({ checks = {}, exceptions }: PolicySpec, check: string): string | undefined {
  const ids = [check, check.split('/')[0] ?? check];
  if (ids.some((id) => (checks[id]?.except ?? []).length > 0))
    return 'it has exceptions, whose images CEL cannot compare';
  if (exceptions?.allow !== true || ids.some((id) => exceptions.forbiddenChecks?.includes(id))) return undefined;
  return 'namespaces may make exceptions from it, which the API server does not know (exceptions.forbiddenChecks rules them out)';
}

function actionsOf({ checks = {}, validationActions = ['Deny'] }: PolicySpec, check: string): readonly string[] {
  return (checks[check] ?? checks[check.split('/')[0] ?? check])?.validationActions ?? validationActions;
}

/** The checks of each rule that the policy has and that are not written. */
function others(
  spec: PolicySpec,
  written: readonly Written[],
): readonly (readonly [part: string, ids: readonly string[]])[] {
  const known = new Set(written.map(({ check }) => check.split('/')[0]));
  const given = new Set(Object.keys(spec));
  return RULES.filter((rule) => given.has(rule.key) && rule.key !== 'validations').flatMap((rule) => {
    const ids = rule.bind(spec).checks.map(({ id }) => id);
    const missing = ids.filter((id) => !known.has(id) && exceptable(spec, id) === undefined);
    return missing.length === 0 ? [] : [[rule.key, missing] as const];
  });
}

function documentsOf(
  policy: string,
  name: string,
  spec: PolicySpec,
  checks: readonly Written[],
  validationActions: readonly string[],
  { excludedNamespaces }: ExportOptions,
): readonly JsonObject[] {
  const { match } = spec;
  const asksVariables = checks.some(({ check }) => check.startsWith('validations/'));
  const conditions = match?.conditions ?? [];
  const variables = [
    ...(conditions.length > 0
      ? [{ name: MATCHES, expression: conditions.map(({ expression }) => `(${expression})`).join(' && ') }]
      : []),
    ...(asksVariables ? (spec.variables ?? []) : []),
  ];
  const namespaceSelector = {
    ...match?.namespaceSelector,
    matchExpressions: [
      ...(match?.namespaceSelector?.matchExpressions ?? []),
      ...(excludedNamespaces.length > 0
        ? [{ key: NAMESPACE_NAME_LABEL, operator: 'NotIn', values: excludedNamespaces }]
        : []),
    ],
  };
  const metadata = { name, labels: { [CONTROL]: policy.slice(0, 63) } };
  return [
    {
      apiVersion: V1,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods'] },
            { apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['pods/ephemeralcontainers'] },
          ],
          namespaceSelector,
          ...(match?.objectSelector && { objectSelector: match.objectSelector }),
        },
        matchConditions: matchConditions(spec),
        ...(variables.length > 0 && { variables }),
        validations: checks.map(({ expression, message, messageExpression }) => ({
          expression,
          message,
          ...(messageExpression !== undefined && { messageExpression }),
        })),
      },
    },
    {
      apiVersion: V1,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: name, validationActions },
    },
  ];
}

function annotated(annotation: string): string {
  return `has(object.metadata.annotations) && ${literal(annotation)} in object.metadata.annotations`;
}

/** What the webhook does not judge either. */
function matchConditions({ capabilities = [] }: PolicySpec): readonly JsonObject[] {
  return [
    {
      name: 'not-a-mirror-of-a-static-pod',
      expression: `!(${literal(NODES_GROUP)} in request.userInfo.?groups.orValue([]) && ${annotated(MIRROR_ANNOTATION)})`,
    },
    {
      name: 'not-being-deleted',
      expression:
        "request.?subResource.orValue('') != '' || oldObject == null || !has(oldObject.metadata.deletionTimestamp)",
    },
    ...(capabilities.length > 0
      ? [{ name: 'asks-for-no-capability', expression: `!(${annotated(CAPABILITIES_ANNOTATION)})` }]
      : []),
  ];
}
