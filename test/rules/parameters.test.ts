// Nothing accepted does nothing: every parameter of every rule changes what becomes of some example, when it is taken out
// or given another value that the schema accepts.
import { describe, expect, test } from 'vitest';
import { enforcementByRow, type Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { tokensOf } from '../../src/kubernetes/field-path.ts';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import type { Binding } from '../../src/rules/binding.ts';
import type { CheckRequest } from '../../src/rules/check.ts';
import type { ClusterFacts } from '../../src/rules/cluster-facts.ts';
import type { Connection } from '../../src/rules/connection.ts';
import { RULES, type RuleParameters } from '../../src/rules/index.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { WORKLOADS } from '../../src/workloads/index.ts';
import { qualifiedKind } from '../../src/workloads/workload.ts';
import { subjectOf } from '../support/gate.ts';
import { accepted, policySet } from './bound.ts';

/** Parameters, and what they are tried on. */
interface Trial {
  readonly parameters: unknown;
  /** What else the policy's spec says. */
  readonly beside?: object | undefined;
  readonly pod: object;
  /** What the pod replaces, as the template of a stored object: pods themselves cannot be changed like this. */
  readonly old?: object | undefined;
  /** True where the pod is the template of a Sandbox. */
  readonly stored?: boolean;
  readonly request?: Partial<CheckRequest> | undefined;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly classes?: readonly object[];
  readonly cluster?: ClusterFacts | undefined;
}

/** One parameter: the keys that lead to it, `[]` for the items of a list and `*` for the values of a map. */
interface Leaf {
  readonly keys: readonly string[];
  readonly schema: unknown;
}

function trialsOf(rule: Rule<RuleParameters>): readonly Trial[] {
  const checked = rule.checks.flatMap(({ examples }) => [...examples.pass, ...examples.fail]);
  const filled = rule.fillIns.flatMap(({ examples }) => examples);
  return [
    ...rule.examples,
    ...checked.map(({ parameters, beside, pod, request }) => ({
      parameters,
      beside,
      pod,
      request,
      cluster: request?.cluster,
    })),
    ...filled.map(({ parameters, before, old }) => ({ parameters, pod: before, old })),
  ];
}

function leavesOf(schema: unknown, keys: readonly string[] = []): readonly Leaf[] {
  const members: Leaf[] = [];
  const properties = ownField(schema, 'properties');
  if (isJsonObject(properties)) {
    for (const [key, member] of Object.entries(properties)) members.push(...leavesOf(member, [...keys, key]));
  }
  const items = ownField(schema, 'items');
  if (isJsonObject(items)) members.push(...leavesOf(items, [...keys, '[]']));
  const values = ownField(schema, 'additionalProperties');
  if (isJsonObject(values)) members.push(...leavesOf(values, [...keys, '*']));
  return members.length > 0 ? members : [{ keys, schema }];
}

function sandboxOf(template: object): JsonObject {
  return { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox', spec: { podTemplate: { ...template } } };
}

function withMember(object: JsonObject, [key, ...rest]: readonly string[], value: object): JsonObject {
  if (key === undefined) return { ...object, ...value };
  const member = ownField(object, key);
  return { ...object, [key]: withMember(isJsonObject(member) ? member : {}, rest, value) };
}

/** The object of a request around a template, and what else the request says, as the engine is handed it. */
function requested(pod: object, facts: Partial<CheckRequest>): Subject {
  if (facts.binding) return bindingRoles(facts.binding);
  return facts.connection ? connecting(facts, facts.connection) : aboutObject(pod, facts);
}

/** A request for a RoleBinding. */
function bindingRoles({ role, subjects }: Binding): Subject {
  const object = {
    roleRef: { ...role },
    subjects: subjects.map(({ serviceAccount, namespace = '' }) =>
      serviceAccount === undefined
        ? { kind: 'Group', name: `system:serviceaccounts:${namespace}` }
        : { kind: 'ServiceAccount', name: serviceAccount, namespace },
    ),
  };
  return subjectOf(object, {
    kind: { group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'RoleBinding' },
    resource: 'rolebindings',
    name: 'example',
  });
}

/** A request for a connection to the pod. */
function connecting({ object = {}, user }: Partial<CheckRequest>, { kind }: Connection): Subject {
  return subjectOf(object, {
    operation: 'CONNECT',
    kind: { group: '', version: 'v1', kind: 'PodExecOptions' },
    resource: 'pods',
    subresource: kind,
    name: 'example',
    ...(user && { user }),
  });
}

function aboutObject(
  pod: object,
  { kind = 'Pod', object, oldObject, old, runs, user }: Partial<CheckRequest>,
): Subject {
  const row = WORKLOADS.find((workload) => qualifiedKind(workload) === kind);
  if (!row) throw new Error(`no kind ${kind}`);
  const apiVersion = row.group === '' ? 'v1' : `${row.group}/${row.versions[0]}`;
  const around = (of: JsonObject | undefined, template: object): JsonObject => ({
    ...withMember({ ...of }, tokensOf(row.templates[0] ?? ''), template),
    apiVersion,
    kind: row.kind,
  });
  const before = runs || old || oldObject ? around(oldObject, old ?? {}) : undefined;
  return subjectOf(around(object, pod), {
    ...(before && { operation: 'UPDATE', oldObject: before }),
    ...(user && { user }),
  });
}

/** What becomes of the pod of a trial: as filled in, and every finding about the result. */
function outcome(key: string, trial: Trial): string | undefined {
  const { parameters, pod, old, stored = old !== undefined, request, namespaceLabels = {}, classes, cluster } = trial;
  const selectable = accepted(key, parameters, trial.beside);
  // What is accepted by itself is refused by what builds on it.
  if (!selectable) return trial.beside && accepted(key, parameters) ? 'refused by what is beside it' : undefined;
  const gate: Gate = {
    policies: policySet(selectable, classes),
    surroundings: {
      namespaceLabels: () => namespaceLabels,
      namespaceAnnotations: () => request?.namespaceAnnotations,
      pod: () => ({ pod: { ...pod } }),
      cluster,
    },
    enforcement: enforcementByRow,
  };
  if (request) {
    const subject = requested(pod, request);
    const { verdict, findings, object } = validate({ ...subject, object: mutate(subject, gate).object }, gate);
    return JSON.stringify([verdict, findings, object, validate(subject, gate).findings]);
  }
  const object: JsonObject = stored ? sandboxOf(pod) : { apiVersion: 'v1', kind: 'Pod', ...pod };
  const filled = mutate(subjectOf(object, old && { operation: 'UPDATE', oldObject: sandboxOf(old) }), gate);
  const { verdict, findings } = validate(subjectOf(filled.object ?? object), gate);
  const unfilled = validate(subjectOf(object), gate).findings;
  return JSON.stringify([filled.object, filled.injected, filled.notInjected, verdict, findings, unfilled]);
}

/** The parameters with the leaf changed, in every way that comes to mind. */
function* variants(value: unknown, keys: readonly string[], schema: unknown): Generator<unknown, void> {
  const [key, ...rest] = keys;
  if (key === undefined) {
    yield* otherValues(value, schema);
  } else if (key === '[]') {
    if (!Array.isArray(value)) return;
    const list: readonly unknown[] = value;
    for (const [index, item] of list.entries()) {
      if (rest.length === 0) yield list.toSpliced(index, 1);
      for (const other of variants(item, rest, schema)) yield list.with(index, other);
    }
  } else if (isJsonObject(value)) {
    for (const name of key === '*' ? Object.keys(value) : [key]) {
      if (!Object.hasOwn(value, name)) continue;
      const { [name]: member, ...others } = value;
      if (rest.length === 0) yield others;
      for (const other of variants(member, rest, schema)) yield { ...others, [name]: other };
    }
  }
}

function* otherValues(value: unknown, schema: unknown): Generator<unknown, void> {
  for (const choices of [ownField(schema, 'enum'), ownField(ownField(schema, 'else'), 'enum')]) {
    if (Array.isArray(choices)) yield* choices.filter((choice) => choice !== value);
  }
  if (typeof value === 'boolean') yield !value;
  if (typeof value === 'number') yield* [value + 1, value - 1];
  if (typeof value === 'string') yield* [`${value}x`, 'other', `${value}1`];
}

describe.each(RULES.map((rule) => [rule.key, rule] as const))('the parameters of the rule %s', (key, rule) => {
  const leaves = leavesOf(rule.parameters).map((leaf) => [leaf.keys.join('.').replaceAll('.[]', '[]'), leaf] as const);
  const notes = new Set(rule.notes);
  const trials = [...trialsOf(rule)];
  const outcomes = new Map<Trial, string | undefined>();

  test('include those that are only notes', () => {
    expect(leaves.map(([path]) => path)).toEqual(expect.arrayContaining([...notes]));
  });

  test.each(leaves)('"%s" is read, or is a note for readers', (path, { keys, schema }) => {
    const isRead = trials.some((trial) => {
      const others = [...variants(trial.parameters, keys, schema)];
      if (others.length === 0) return false;
      // What can have one value only stands or falls with its rule.
      if (ownField(schema, 'const') !== undefined) others.push(undefined);
      const before = outcomes.get(trial) ?? outcome(key, trial);
      outcomes.set(trial, before);
      return others.some((parameters) => (outcome(key, { ...trial, parameters }) ?? before) !== before);
    });
    expect(isRead).toBe(!notes.has(path));
  });
});
