// Under which paths a cluster has the kinds that hold pod templates. Discovery is open to everybody who may log in, and without it
// a kind that the cluster does not have could not be told from one that may not be read.
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { ApiClient } from '../api/client.ts';

const TIMEOUT_MS = 30_000;

/** A kind as the cluster serves it. */
export interface ServedKind {
  readonly workload: Workload;
  readonly apiVersion: string;
}

/** Those of the kinds that the cluster has, each in a version that is known where one is served, and else in the cluster's own. */
export async function servedKinds(
  client: Pick<ApiClient, 'json'>,
  workloads: readonly Workload[],
): Promise<readonly ServedKind[]> {
  const versions = await servedVersions(client);
  /** By group and version, the names of what it has. */
  const resources = new Map<string, Promise<ReadonlySet<string>>>();
  const found: ServedKind[] = [];
  for (const workload of workloads) {
    const served = workload.group === '' ? workload.versions : (versions.get(workload.group) ?? []);
    const known = workload.versions.filter((version) => served.includes(version));
    for (const version of new Set([...known, ...served])) {
      const apiVersion = workload.group === '' ? version : `${workload.group}/${version}`;
      const names = resources.get(apiVersion) ?? resourcesOf(client, apiVersion);
      resources.set(apiVersion, names);
      if (!(await names).has(workload.resource)) continue;
      found.push({ workload, apiVersion });
      break;
    }
  }
  return found;
}

/** The versions of each group, the preferred one first. */
async function servedVersions(client: Pick<ApiClient, 'json'>): Promise<ReadonlyMap<string, readonly string[]>> {
  const answer = await client.json({ path: '/apis', timeoutMs: TIMEOUT_MS });
  const versions = new Map<string, readonly string[]>();
  for (const group of listOf(ownField(answer, 'groups'))) {
    const name = stringField(group, 'name');
    const preferred = stringField(ownField(group, 'preferredVersion'), 'version');
    const all = listOf(ownField(group, 'versions')).flatMap((one) => stringField(one, 'version') ?? []);
    if (name !== undefined) versions.set(name, preferred === undefined ? all : [preferred, ...all]);
  }
  return versions;
}

async function resourcesOf(client: Pick<ApiClient, 'json'>, apiVersion: string): Promise<ReadonlySet<string>> {
  const answer = await client.json({ path: rootOf(apiVersion), timeoutMs: TIMEOUT_MS });
  return new Set(listOf(ownField(answer, 'resources')).flatMap((one) => stringField(one, 'name') ?? []));
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function rootOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** The path of the list of a kind: of one namespace, or of the whole cluster. */
export function listPath({ apiVersion, workload }: ServedKind, namespace?: string): string {
  const root = rootOf(apiVersion);
  return namespace === undefined
    ? `${root}/${workload.resource}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${workload.resource}`;
}

/** As RBAC and people name it: `deployments.apps`. */
export function resourceName({ group, resource }: Workload): string {
  return group === '' ? resource : `${resource}.${group}`;
}
