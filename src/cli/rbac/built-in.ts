// The roles that every cluster has, as far as they have to do with capability classes: a binding among the inputs may name
// them although no file holds them.
import type { Role } from './objects.ts';

const AGGREGATE_TO = 'rbac.authorization.k8s.io/aggregate-to-';
/** The API server puts it on every role it makes. */
const BOOTSTRAPPING = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const EVERYTHING = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [] };

/** The group that the API server asks no questions. */
export const MASTERS_GROUP = 'system:masters';

/**
 * `admin`, `edit` and `view` let nobody use a class, until a ClusterRole with the right label is added to them. Of all the
 * others (`system:…`), none has a rule for the verb `use` or for every verb of every group.
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
