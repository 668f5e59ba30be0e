// Kinds that no cluster has, and that look like ones we know: they are passed over like any unknown kind, which must not go
// unsaid. A Deployment of extensions/v1beta1 is what an old chart still renders.
import { WORKLOADS } from '../workloads/index.ts';
import type { Workload } from '../workloads/workload.ts';
import type { InputObject } from './objects.ts';

/** What is wrong with the kind of an object that is no known workload; undefined where it may well be one of another API. */
export function nonexistentKind({ apiVersion, kind: { group, kind } }: InputObject): string | undefined {
  const meant = WORKLOADS.find((row) => row.kind !== kind && row.group === group && isSpelling(row, kind));
  const moved = isBuiltInGroup(group) ? WORKLOADS.find((row) => row.kind === kind && row.group !== group) : undefined;
  const row = meant ?? moved;
  if (!row) return undefined;
  const version = row.group === '' ? row.versions[0] : `${row.group}/${row.versions[0]}`;
  return `there is no ${kind} of ${apiVersion} in Kubernetes (did you mean ${row.kind} of ${version}?)`;
}

/** `pod` and `pods` for Pod. */
function isSpelling(row: Workload, kind: string): boolean {
  const lower = kind.toLowerCase();
  return lower === row.kind.toLowerCase() || lower === row.resource;
}

/** Every group but Kubernetes' first ones has a domain: a Job of batch.volcano.sh is a kind of its own. */
function isBuiltInGroup(group: string): boolean {
  return !group.includes('.');
}
