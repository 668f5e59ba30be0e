// What the rows of other projects' kinds have in common.
import { qualifiedKind, type Workload } from '../workload.ts';

/** What a row of another project's kind says. */
export type ProjectKind = Pick<Workload, 'group' | 'kind' | 'versions' | 'resource'> &
  Partial<Pick<Workload, 'scope' | 'templates' | 'partials' | 'patches' | 'inline'>>;

/**
 * A kind of another project. Where the chart registers it, its objects are let in with a warning, and their pods refused: what a
 * controller adds to them on the way is not known here. They are left as they are written, since controllers compare objects and
 * GitOps tools would see the changes as drift.
 * @throws TypeError for a row without any place
 */
export function projectKind(row: ProjectKind): Workload {
  if (!row.templates && !row.partials) throw new TypeError(`${qualifiedKind(row)} holds nothing`);
  return { templates: [], ...row, subresources: [], enforcement: 'Warn', fillIn: false };
}
