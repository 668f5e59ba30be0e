// Kinds that do not exist and look like ones that do. They are skipped like any other kind that is not known, so a warning says
// what was probably meant. Old charts, for instance, still render a Deployment of extensions/v1beta1.
import { WORKLOADS } from '../../workloads/index.ts';
import type { WorkloadTable } from '../../workloads/table.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { InputObject } from './objects.ts';

/** A warning about the kind of an object that is not a known workload; undefined where another API may well have that kind. */
export function nonexistentKind(
  { apiVersion, kind: { group, kind } }: InputObject,
  { rows }: WorkloadTable,
): string | undefined {
  const meant = rows.find((row) => row.kind !== kind && row.group === group && isSpelling(row, kind));
  const moved = isBuiltInGroup(group) ? WORKLOADS.find((row) => row.kind === kind && row.group !== group) : undefined;
  const row = meant ?? moved;
  if (!row) return undefined;
  const version = row.group === '' ? row.versions[0] : `${row.group}/${row.versions[0]}`;
  return `Kubernetes has no kind ${kind} in ${apiVersion} (did you mean ${row.kind} of ${version}?)`;
}

/** `pod` and `pods` for Pod. */
function isSpelling(row: Workload, kind: string): boolean {
  const lower = kind.toLowerCase();
  return lower === row.kind.toLowerCase() || lower === row.resource;
}

/** The first groups of Kubernetes have no domain in their names; batch.volcano.sh, for instance, has a kind Job of its own. */
function isBuiltInGroup(group: string): boolean {
  return !group.includes('.');
}
