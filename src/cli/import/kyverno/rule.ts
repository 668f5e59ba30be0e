// One rule of a policy of Kyverno, and the policies that are made of it.
import { isJsonObject, type JsonObject, ownField } from '../../../model/json.ts';
import { not } from '../cel-text.ts';
import type { Import, Keys } from '../imported.ts';
import { type Condition, type Matching, matchOf, objectsAt } from '../matching.ts';
import type { ImportedObject } from '../source.ts';

/** A rule, with what is around it. */
export interface Rule {
  readonly policy: ImportedObject;
  /** The spec of the policy. */
  readonly spec: unknown;
  readonly rule: JsonObject;
  /** The keys that lead to the rule. */
  readonly keys: Keys;
  readonly name: string;
}

/** What is made of what a rule says. */
export interface MadeOfRule {
  readonly spec: JsonObject;
  /** Beside those of its match. */
  readonly conditions?: readonly Condition[];
}

/** What a rule does about violations, for the requests that a condition is about. */
export interface RuleActions {
  readonly actions: readonly string[];
  /** True for the requests that it is about; undefined for all that no other one is about. */
  readonly when: string | undefined;
}

/** A PolicyException from a rule. */
export interface RuleException {
  /** True for the requests that it excepts. */
  readonly when: string;
  /** What it excepts of them, as `checks` of a policy has it; undefined for all of the rule. */
  readonly checks: JsonObject | undefined;
  readonly name: string;
}

/** The exceptions from a rule of a policy. */
export type Exceptions = (rule: Rule) => readonly RuleException[];

const PODS = 'Pod';
const AUTOGEN_ANNOTATION = 'pod-policies.kyverno.io/autogen-controllers';
/** The kinds for which Kyverno makes a rule about pods apply to their templates too. */
const AUTOGEN = [
  'DaemonSet.apps',
  'Deployment.apps',
  'Job.batch',
  'StatefulSet.apps',
  'ReplicaSet.apps',
  'ReplicationController',
  'CronJob.batch',
];

/**
 * Adds the policies of a rule: one for each of its actions, and for each of its exceptions from a part of it.
 * @param actions undefined for a rule that fills in
 */
export function addGroup(
  rule: Rule,
  group: Matching,
  spec: JsonObject,
  actions: readonly RuleActions[] | undefined,
  exceptionsFrom: Exceptions,
  into: Import,
): void {
  const exceptions = exceptionsFrom(rule);
  const whole = exceptions.filter(({ checks }) => checks === undefined);
  const name = `${rule.policy.name}-${rule.name}`;
  for (const { actions: own, when, others } of withOthers(actions ?? [{ actions: [], when: undefined }])) {
    const conditions: Condition[] = [
      ...group.conditions,
      ...(when === undefined ? [] : [{ name: 'action', expression: when }]),
      ...others.map((other) => ({ name: 'other-action', expression: not(other) })),
      ...whole.map((one) => ({ name: `exception-${one.name}`.slice(0, 60), expression: not(one.when) })),
    ];
    const add = (suffix: string, more: readonly Condition[], checks: JsonObject | undefined): void => {
      into.add(rule.policy, name + suffix, {
        match: matchOf({ ...group, conditions: [...conditions, ...more] }),
        ...(actions && isEnforcedForControllers(rule, group, own) && { enforcement: ENFORCED }),
        ...(actions && { validationActions: own }),
        ...spec,
        ...(checks && { checks: bothChecks(spec.checks, checks) }),
      });
    };
    // What is excepted in part is judged by a policy of its own, which has the exception.
    const partly = exceptions.filter(({ checks }) => checks !== undefined);
    add(when === undefined ? '' : `-${own.join('-')}`, partly.map(withoutIt), undefined);
    for (const [index, one] of partly.entries()) {
      const before = partly.slice(0, index).map(withoutIt);
      add(`-${one.name}`, [...before, { name: 'exception', expression: one.when }], one.checks);
    }
  }
}

function withoutIt({ name, when }: RuleException): Condition {
  return { name: `not-${name}`.slice(0, 60), expression: not(when) };
}

function withOthers(all: readonly RuleActions[]) {
  return all.map((one) => {
    const others = one.when === undefined ? all.flatMap(({ when }) => when ?? []) : [];
    return { ...one, others };
  });
}

const ENFORCED: JsonObject = Object.fromEntries(AUTOGEN.map((kind) => [kind, 'Enforce']));

/** A Deployment that breaks an enforced rule about pods is refused by Kyverno, unless the policy turns that off. */
function isEnforcedForControllers({ policy }: Rule, { kinds }: Matching, actions: readonly string[]): boolean {
  const annotations = ownField(ownField(policy.object.value, 'metadata'), 'annotations');
  return kinds.includes(PODS) && actions.includes('Deny') && ownField(annotations, AUTOGEN_ANNOTATION) !== 'none';
}

/** The entries of both, check by check. */
function bothChecks(a: unknown, b: JsonObject): JsonObject {
  const all: Record<string, unknown> = isJsonObject(a) ? { ...a } : {};
  for (const [check, value] of Object.entries(b)) {
    all[check] = {
      except: [all[check], value].flatMap((one) => objectsAt(ownField(one, 'except')).map(([entry]) => entry)),
    };
  }
  return all;
}
