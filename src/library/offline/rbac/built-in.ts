// The roles that every cluster has, as far as they matter for capability classes. A binding among the inputs may name them
// although no file has them.
import type { Role } from './objects.ts';

const AGGREGATE_TO = 'rbac.authorization.k8s.io/aggregate-to-';
/** The label that the API server puts on every role it creates. */
const BOOTSTRAPPING = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const EVERYTHING = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [] };

/** The members of this group may do everything. */
export const MASTERS_GROUP = 'system:masters';

/**
 * `admin`, `edit` and `view` do not allow the use of a class until a ClusterRole with the right label is aggregated to them.
 * None of the others (`system:…`) has a rule for the verb `use`, or for all verbs of all groups.
 */
export const BUILT_IN_ROLES: readonly Role[] = [
  { namespace: '', name: 'cluster-admin', labels: BOOTSTRAPPING, rules: [EVERYTHING], selectors: [] },
  aggregated('admin', {}),
  aggregated('edit', { [`${AGGREGATE_TO}admin`]: 'true' }),
  aggregated('view', { [`${AGGREGATE_TO}edit`]: 'true' }),
];

function aggregated(name: string, labels: Role['labels']): Role {
  const selectors = [{ matchLabels: { [`${AGGREGATE_TO}${name}`]: 'true' } }];
  return { namespace: '', name, labels: { ...BOOTSTRAPPING, ...labels }, rules: [], selectors };
}
