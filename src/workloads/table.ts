// The kinds that hold pod templates, ready to be looked up during a review.
import { qualifiedKind, type Workload } from './workload.ts';

/** All kinds that are known, immutable. */
export interface WorkloadTable {
  readonly rows: readonly Workload[];
  /** Those that a configuration added, or put in the place of built-in ones. */
  readonly own: readonly Workload[];
  /**
   * The row for a kind; undefined for any other kind. The version does not matter: an object of a version that this release does
   * not know is judged by the pointers it does know, which is safer than letting it pass.
   */
  find(group: string, kind: string): Workload | undefined;
}

/** The table of these rows. */
export function workloadTable(rows: readonly Workload[], own: readonly Workload[] = []): WorkloadTable {
  const byKind = new Map([...rows, ...own].map((row) => [qualifiedKind(row), row]));
  return {
    rows: [...byKind.values()],
    own,
    find: (group, kind) => byKind.get(group === '' ? kind : `${kind}.${group}`),
  };
}
