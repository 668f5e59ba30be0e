// Stores the reports of an audit in the cluster, and removes those of earlier audits that are left over.
import { ownField, stringField } from '../../model/json.ts';
import { REPORT_APIS, REPORT_LABELS, type ReportApi, storedReports } from '../../report/open-reports/stored.ts';
import type { Result } from '../../report/shapes/result.ts';
import { ApiError, reasonOf } from '../api/api-error.ts';
import type { ApiClient } from '../api/client.ts';
import { ClusterError } from '../api/credentials.ts';
import { pagesOf } from '../listing/pages.ts';

const TIMEOUT_MS = 30_000;
const FIELD_MANAGER = 'sandgate-audit';

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
 * @param isWhole false where something could not be audited: reports that are left over may be about that, and stay
 * @throws ClusterError where the cluster has neither kind of reports
 */
export async function publishReports(
  client: ApiClient,
  results: readonly Result[],
  isWhole: boolean,
): Promise<Published> {
  const api = await reportApi(client);
  const problems: string[] = [];
  const written = new Set<string>();
  let count = 0;
  for (const { namespace, name, object } of storedReports(results, api)) {
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
      problems.push(`${path}: ${reasonOf(error)}`);
    }
  }
  const removed = isWhole ? await prune(client, api, written, problems) : 0;
  return { group: api.group, written: count, removed, problems };
}

async function reportApi(client: ApiClient): Promise<ReportApi> {
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

async function prune(
  client: ApiClient,
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
          await client.json({ path, timeoutMs: TIMEOUT_MS, remove: true });
          removed++;
        }
      }
    } catch (error) {
      problems.push(`${list}: ${reasonOf(error)}`);
    }
  }
  return removed;
}

function pathOf({ group, version, resource, clusterResource }: ReportApi, namespace: string, name: string): string {
  const root = `/apis/${group}/${version}`;
  if (namespace === '') return `${root}/${clusterResource}/${encodeURIComponent(name)}`;
  return `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}/${encodeURIComponent(name)}`;
}
