// Under which paths a cluster has the kinds that hold pod templates. Discovery is open to everybody who may log in, and without it
// a kind that the cluster does not have could not be told from one that may not be read.
import { isJsonObject, ownField, stringField } from '../../model/json.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { ApiClient } from '../api/client.ts';

const TIMEOUT_MS = 30_000;

/** A kind as the cluster serves it. */
export interface ServedKind {
  readonly workload: Workload;
  readonly apiVersion: string;
}

/** Those of the kinds that the cluster may have, each in a version that is known where one is served, and else in the cluster's own. */
export async function servedKinds(
  client: Pick<ApiClient, 'json'>,
  workloads: readonly Workload[],
): Promise<readonly ServedKind[]> {
  const answer = await client.json({ path: '/apis', timeoutMs: TIMEOUT_MS });
  const groups = ownField(answer, 'groups');
  const versions = new Map<string, readonly string[]>();
  for (const group of Array.isArray(groups) ? groups : []) {
    const name = stringField(group, 'name');
    const listed = ownField(group, 'versions');
    const preferred = stringField(ownField(group, 'preferredVersion'), 'version');
    const all = Array.isArray(listed)
      ? listed.filter(isJsonObject).flatMap((one) => stringField(one, 'version') ?? [])
      : [];
    if (name !== undefined) versions.set(name, preferred === undefined ? all : [preferred, ...all]);
  }
  return workloads.flatMap((workload): readonly ServedKind[] => {
    if (workload.group === '') return [{ workload, apiVersion: workload.versions[0] ?? 'v1' }];
    const served = versions.get(workload.group);
    const version = workload.versions.find((known) => served?.includes(known)) ?? served?.[0];
    return version === undefined ? [] : [{ workload, apiVersion: `${workload.group}/${version}` }];
  });
}

/** The path of the list of a kind: of one namespace, or of the whole cluster. */
export function listPath({ apiVersion, workload }: ServedKind, namespace?: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespace === undefined
    ? `${root}/${workload.resource}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${workload.resource}`;
}

/** As RBAC and people name it: `deployments.apps`. */
export function resourceName({ group, resource }: Workload): string {
  return group === '' ? resource : `${resource}.${group}`;
}
