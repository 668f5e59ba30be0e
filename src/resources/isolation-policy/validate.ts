// Holds documents against the policy schema, as a whole and in parts.
import { labelSelector } from '../../kubernetes/schema/label-selector.ts';
import { ownField } from '../../model/json.ts';
import { EXCEPTION_ENTRY, type ExceptionEntry } from '../../policy/exception-entry.ts';
import type { IsolationPolicy, LabelSelector } from '../../policy/spec.ts';
import type { RuleParameters } from '../../rules/index.ts';
import type { Rule } from '../../rules/rule.ts';
import { meetsSchema } from '../json-schema/visit.ts';
import { ISOLATION_POLICY_SCHEMA, SPEC_MEMBERS } from './schema.ts';

const LABEL_SELECTOR = labelSelector('');

/** True for a policy without problems of form. */
export function isIsolationPolicy(value: unknown): value is IsolationPolicy {
  return meetsSchema(ISOLATION_POLICY_SCHEMA, value);
}

/** True for a spec that holds the parameters of one rule, without faults, and nothing else. */
export function isSectionOf(rule: Rule<RuleParameters>, section: unknown): section is RuleParameters {
  const schema = SPEC_MEMBERS[rule.key];
  return schema !== undefined && meetsSchema(schema, ownField(section, rule.key));
}

/** True for an exception without faults, whatever is wrong around it. */
export function isExceptionEntry(value: unknown): value is ExceptionEntry {
  return meetsSchema(EXCEPTION_ENTRY, value);
}

/** True for a label selector without faults, whatever is wrong around it. */
export function isLabelSelector(value: unknown): value is LabelSelector {
  return meetsSchema(LABEL_SELECTOR, value);
}
