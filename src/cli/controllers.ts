// `inject --controllers`: kinds that the webhook leaves as written are filled in, for people who want the same in git.
import type { Gate } from '../engine/gate.ts';
import { withOwnRows } from '../workloads/index.ts';
import { holdsWholeTemplates, type Workload } from '../workloads/workload.ts';

/** The gate with every kind filled in that holds whole pod templates, by the policies that would fill in its pods. */
export function fillingControllers(gate: Gate): Gate {
  const rows = gate.policies.workloads.rows.map((row): Workload => {
    if (row.fillIn || row.enforcement === 'Ignore' || !holdsWholeTemplates(row)) return row;
    return { ...row, fillIn: true, fillAsPods: true };
  });
  return { ...gate, policies: { ...gate.policies, workloads: withOwnRows(rows) } };
}
