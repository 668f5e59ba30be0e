// The rules of ClusterRoles that are put together from others, as a controller of the cluster does it.
import { compileSelector } from '../../../policy/selector.ts';
import type { PolicyRule, Role } from './objects.ts';

/**
 * The rules of a ClusterRole: as written, which after an export from a cluster are all there are, and those of every
 * ClusterRole that it selects, and that those select in turn.
 */
export function rulesOf(role: Role, clusterRoles: readonly Role[]): readonly PolicyRule[] {
  const rules: PolicyRule[] = [];
  const reached = new Set([role]);
  for (const from of reached) {
    rules.push(...from.rules);
    for (const selector of from.selectors) {
      const mismatch = compileSelector(selector, '');
      for (const other of clusterRoles) if (mismatch?.(other.labels) === undefined) reached.add(other);
    }
  }
  return rules;
}
