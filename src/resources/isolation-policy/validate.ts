// Holds documents against the policy schema.
import type { SchemaObject } from 'ajv';
import { labelSelector } from '../../kubernetes/schema/label-selector.ts';
import { EXCEPTION_ENTRY, type ExceptionEntry } from '../../policy/exception-entry.ts';
import type { IsolationPolicy, LabelSelector } from '../../policy/spec.ts';
import type { RuleParameters } from '../../rules/index.ts';
import type { Rule } from '../../rules/rule.ts';
import { type Accepts, createAjv, whenNeeded } from '../ajv.ts';
import { type DocumentProblem, problemsOf } from '../problems.ts';
import { ISOLATION_POLICY_SCHEMA } from './schema.ts';

const ajv = createAjv();

/** True for a policy without faults. Tells TypeScript so, too. */
export const isIsolationPolicy = ajv.compile<IsolationPolicy>(ISOLATION_POLICY_SCHEMA);

/** What the schema finds wrong with a document: every fault, in the order of the schema. */
export function schemaFaults(value: unknown): readonly DocumentProblem[] {
  return isIsolationPolicy(value) ? [] : problemsOf(isIsolationPolicy.errors ?? []);
}

const sections = new Map<string, Accepts<RuleParameters>>();

/** True for a spec that holds the parameters of one rule, without faults, and nothing else. */
export function isSectionOf(rule: Rule<RuleParameters>, section: unknown): section is RuleParameters {
  const { key, parameters } = rule;
  const accepts = sections.get(key) ?? whenNeeded(() => ajv.compile<RuleParameters>(sectionSchema(key, parameters)));
  sections.set(key, accepts);
  return accepts(section);
}

function sectionSchema(key: string, parameters: SchemaObject): SchemaObject {
  return { type: 'object', required: [key], properties: { [key]: parameters } };
}

/** True for an exception without faults, whatever is wrong around it. */
export const isExceptionEntry = whenNeeded(() => ajv.compile<ExceptionEntry>(EXCEPTION_ENTRY));

/** True for a label selector without faults, whatever is wrong around it. */
export const isLabelSelector = whenNeeded(() => ajv.compile<LabelSelector>(labelSelector('')));
