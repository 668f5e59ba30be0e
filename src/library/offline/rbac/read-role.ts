// A Role or ClusterRole of the input.
import type { JsonObject } from '../../../model/json.ts';
import type { LabelSelector, LabelSelectorRequirement } from '../../../policy/spec.ts';
import { Fields, readName } from './fields.ts';
import type { PolicyRule, Role } from './objects.ts';

const OPERATORS: readonly LabelSelectorRequirement['operator'][] = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/**
 * @param namespace the Role's; empty for a ClusterRole
 * @throws RefusedField where the API server would refuse it
 */
export function readRole(object: JsonObject, namespace: string): Role {
  const fields = new Fields(object);
  const metadata = fields.inside('metadata');
  const namespaced = namespace !== '';
  return {
    namespace,
    name: readName(metadata),
    labels: metadata.textMap('labels'),
    rules: fields.each('rules').flatMap((rule) => readRule(rule, namespaced)),
    selectors: namespaced || !fields.has('aggregationRule') ? [] : readSelectors(fields.inside('aggregationRule')),
  };
}

/** An empty list where the rule is about URLs and not about resources. */
function readRule(rule: Fields, namespaced: boolean): PolicyRule[] {
  const read = {
    verbs: rule.texts('verbs'),
    apiGroups: rule.texts('apiGroups'),
    resources: rule.texts('resources'),
    resourceNames: rule.texts('resourceNames'),
  };
  if (read.verbs.length === 0) rule.refuse('verbs', 'at least one verb');
  if (rule.texts('nonResourceURLs').length > 0) {
    const { apiGroups, resources, resourceNames } = read;
    if (namespaced) rule.refuse('nonResourceURLs', 'none in a Role');
    if (apiGroups.length + resources.length + resourceNames.length > 0) {
      rule.refuse('nonResourceURLs', 'either nonResourceURLs or resources');
    }
    return [];
  }
  if (read.apiGroups.length === 0) rule.refuse('apiGroups', 'at least one API group');
  if (read.resources.length === 0) rule.refuse('resources', 'at least one resource');
  return [read];
}

function readSelectors(aggregation: Fields): readonly LabelSelector[] {
  const selectors = aggregation.each('clusterRoleSelectors');
  if (selectors.length === 0) aggregation.refuse('clusterRoleSelectors', 'at least one selector');
  return selectors.map((selector) => ({
    matchLabels: selector.textMap('matchLabels'),
    matchExpressions: selector.each('matchExpressions').map(readRequirement),
  }));
}

function readRequirement(requirement: Fields): LabelSelectorRequirement {
  const given = requirement.text('operator');
  const operator = OPERATORS.find((known) => known === given);
  if (!operator) return requirement.refuse('operator', `one of ${OPERATORS.join(', ')}`);
  const values = requirement.texts('values');
  const takesValues = operator === 'In' || operator === 'NotIn';
  if (takesValues !== values.length > 0) {
    requirement.refuse('values', takesValues ? 'at least one value' : `none for ${operator}`);
  }
  return { key: requirement.text('key'), operator, values };
}
