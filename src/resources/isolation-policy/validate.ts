// Holds documents against the policy schema. Of the members of a spec only those are compiled that a document has: all of
// them took a third of the time of a start.
import type { ErrorObject, SchemaObject } from 'ajv';
import type { DataValidationCxt } from 'ajv/dist/types/index.js';
import { labelSelector } from '../../kubernetes/schema/label-selector.ts';
import { ownField } from '../../model/json.ts';
import { EXCEPTION_ENTRY, type ExceptionEntry } from '../../policy/exception-entry.ts';
import type { IsolationPolicy, LabelSelector } from '../../policy/spec.ts';
import type { RuleParameters } from '../../rules/index.ts';
import type { Rule } from '../../rules/rule.ts';
import { type Accepts, createAjv, whenNeeded } from '../ajv.ts';
import { type DocumentProblem, problemsOf } from '../problems.ts';
import { policySchema, SPEC_MEMBERS, specSchema } from './schema.ts';

const KEYWORD = 'member';

const ajv = createAjv();
ajv.addKeyword({ keyword: KEYWORD, schemaType: 'string', validate: isMember });

const members: ReadonlyMap<string, Accepts<unknown>> = new Map(
  Object.entries(SPEC_MEMBERS).map(([key, schema]) => [key, whenNeeded(() => ajv.compile(schema))]),
);

/** By member, what is wrong inside of it. ajv has one error for a keyword of ours, in whose place these are put. */
const inside = new Map<string, readonly ErrorObject[]>();

function isMember(key: string, value: unknown, _schema?: unknown, context?: DataValidationCxt): boolean {
  const accepts = members.get(key);
  if (!accepts || accepts(value)) return true;
  const path = context?.instancePath ?? '';
  inside.set(
    key,
    accepts.errors().map((error) => ({ ...error, instancePath: path + error.instancePath })),
  );
  return false;
}

const accepts = whenNeeded(() => {
  const marks = Object.keys(SPEC_MEMBERS).map((key): [string, SchemaObject] => [key, { [KEYWORD]: key }]);
  return ajv.compile<IsolationPolicy>(policySchema(specSchema(Object.fromEntries(marks))));
});

/** True for a policy without faults. Tells TypeScript so, too. */
export function isIsolationPolicy(value: unknown): value is IsolationPolicy {
  return accepts(value);
}

/** What the schema finds wrong with a document: every fault, in the order of the schema. */
export function schemaFaults(value: unknown): readonly DocumentProblem[] {
  inside.clear();
  if (accepts(value)) return [];
  return problemsOf(
    accepts
      .errors()
      .flatMap((error) => (error.keyword === KEYWORD ? (inside.get(String(error.schema)) ?? []) : [error])),
  );
}

/** True for a spec that holds the parameters of one rule, without faults, and nothing else. */
export function isSectionOf(rule: Rule<RuleParameters>, section: unknown): section is RuleParameters {
  return members.get(rule.key)?.(ownField(section, rule.key)) === true;
}

/** True for an exception without faults, whatever is wrong around it. */
export const isExceptionEntry = whenNeeded(() => ajv.compile<ExceptionEntry>(EXCEPTION_ENTRY));

/** True for a label selector without faults, whatever is wrong around it. */
export const isLabelSelector = whenNeeded(() => ajv.compile<LabelSelector>(labelSelector('')));
