// Stores the reports of an audit in the cluster, and removes those of earlier audits that are left over.
import { ownField, stringField } from '../../model/json.ts';
import {
  REPORT_APIS,
  REPORT_LABELS,
  type ReportApi,
  type ReportOwner,
  storedReports,
} from '../../report/open-reports/stored.ts';
import type { Result } from '../../report/shapes/result.ts';
import { ApiError, reasonOf } from '../api/api-error.ts';
import type { ApiClient } from '../api/client.ts';
import { ClusterError } from '../api/credentials.ts';
import { pagesOf } from '../listing/pages.ts';

type Client = Pick<ApiClient, 'json'>;

const TIMEOUT_MS = 30_000;
const FIELD_MANAGER = 'sandgate-audit';
const RBAC = 'rbac.authorization.k8s.io/v1';

export interface PublishOptions {
  /** False where something could not be audited: reports that are left over may be about that, and stay. */
  readonly isWhole: boolean;
  /** The ClusterRole that the reports go away with; undefined where they go away with nothing. */
  readonly owner?: string | undefined;
}

/** What became of the reports. */
export interface Published {
  /** Such as `openreports.io`. */
  readonly group: string;
  readonly written: number;
  readonly removed: number;
  /** What could not be written or removed, a line for each. */
  readonly problems: readonly string[];
}

/**
 * Writes a report for each namespace.
 * @throws ClusterError where the cluster has neither kind of reports, or the owner is not there
 */
export async function publishReports(
  client: Client,
  results: readonly Result[],
  { isWhole, owner }: PublishOptions,
): Promise<Published> {
  const api = await reportApi(client);
  const reference = owner === undefined ? undefined : await referenceTo(client, owner);
  const problems: string[] = [];
  const written = new Set<string>();
  let count = 0;
  for (const { namespace, name, object } of storedReports(results, api, reference)) {
    const path = pathOf(api, namespace, name);
    written.add(path);
    try {
      await client.json({
        path: `${path}?fieldManager=${FIELD_MANAGER}&force=true`,
        timeoutMs: TIMEOUT_MS,
        apply: object,
      });
      count++;
    } catch (error) {
      if (namespace !== '' && isOfGoneNamespace(error)) continue;
      problems.push(`${path}: ${reasonOf(error)}`);
    }
  }
  let removed = 0;
  if (isWhole) {
    // Those of the other API, too: they are of a time when the cluster had no more than that.
    for (const one of REPORT_APIS) removed += await prune(client, one, written, problems);
  }
  return { group: api.group, written: count, removed, problems };
}

async function reportApi(client: Client): Promise<ReportApi> {
  for (const api of REPORT_APIS) {
    try {
      await client.json({ path: `/apis/${api.group}/${api.version}`, timeoutMs: TIMEOUT_MS });
      return api;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw new ClusterError(reasonOf(error));
    }
  }
  const groups = REPORT_APIS.map(({ group, version }) => `${group}/${version}`).join(' or ');
  throw new ClusterError(`the cluster has no reports (expected the CustomResourceDefinitions of ${groups})`);
}

/** Without `blockOwnerDeletion`: some clusters take that only from those who may write the owner. */
async function referenceTo(client: Client, name: string): Promise<ReportOwner> {
  const path = `/apis/${RBAC}/clusterroles/${encodeURIComponent(name)}`;
  let metadata: unknown;
  try {
    metadata = ownField(await client.json({ path, timeoutMs: TIMEOUT_MS }), 'metadata');
  } catch (error) {
    throw new ClusterError(`the ClusterRole ${JSON.stringify(name)}, which is to own the reports: ${reasonOf(error)}`);
  }
  const uid = stringField(metadata, 'uid');
  // The garbage collector would delete at once what names an owner that is gone.
  if (uid === undefined || ownField(metadata, 'deletionTimestamp') !== undefined) {
    throw new ClusterError(`the ClusterRole ${JSON.stringify(name)}, which is to own the reports, is being deleted`);
  }
  return { apiVersion: RBAC, kind: 'ClusterRole', name, uid };
}

async function prune(
  client: Client,
  api: ReportApi,
  written: ReadonlySet<string>,
  problems: string[],
): Promise<number> {
  const selector = Object.entries(REPORT_LABELS).map(([key, value]) => `${key}=${value}`);
  let removed = 0;
  for (const resource of [api.resource, api.clusterResource]) {
    const list = `/apis/${api.group}/${api.version}/${resource}`;
    try {
      for await (const { items } of pagesOf({ client, path: list, labelSelector: selector.join(',') })) {
        for (const item of items) {
          const metadata = ownField(item, 'metadata');
          const path = pathOf(api, stringField(metadata, 'namespace') ?? '', stringField(metadata, 'name') ?? '');
          if (written.has(path)) continue;
          const problem = await removalProblem(client, path);
          if (problem === undefined) removed++;
          else problems.push(problem);
        }
      }
    } catch (error) {
      // The cluster does not have that kind.
      if (!isAbsent(error)) problems.push(`${list}: ${reasonOf(error)}`);
    }
  }
  return removed;
}

/** Undefined where the report is gone now, by whoever's hand. */
async function removalProblem(client: Client, path: string): Promise<string | undefined> {
  try {
    await client.json({ path, timeoutMs: TIMEOUT_MS, remove: true });
  } catch (error) {
    if (!isAbsent(error)) return `${path}: ${reasonOf(error)}`;
  }
  return undefined;
}

function isAbsent(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** Its objects were read a moment ago; now there is nothing left to report on. */
function isOfGoneNamespace(error: unknown): boolean {
  if (isAbsent(error)) return true;
  return error instanceof ApiError && error.status === 403 && error.message.includes('is being terminated');
}

function pathOf({ group, version, resource, clusterResource }: ReportApi, namespace: string, name: string): string {
  const root = `/apis/${group}/${version}`;
  if (namespace === '') return `${root}/${clusterResource}/${encodeURIComponent(name)}`;
  return `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}/${encodeURIComponent(name)}`;
}
