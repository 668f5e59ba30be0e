// Reports as a cluster stores them: of openreports.io, or of wgpolicyk8s.io, which came before it and has the same results.
import type { Result } from '../shapes/result.ts';
import { outcomeCounts, type ReportResult, reportResults } from './results.ts';

/** One of the APIs that have reports. */
export interface ReportApi {
  readonly group: string;
  readonly version: string;
  /** In a namespace. */
  readonly kind: string;
  readonly resource: string;
  /** Of objects that belong to no namespace. */
  readonly clusterKind: string;
  readonly clusterResource: string;
  /** False where the source stands in each result instead of in the report. */
  readonly hasSource: boolean;
}

/** The newer one first: it is used where a cluster has both. */
export const REPORT_APIS: readonly ReportApi[] = [
  {
    group: 'openreports.io',
    version: 'v1alpha1',
    kind: 'Report',
    resource: 'reports',
    clusterKind: 'ClusterReport',
    clusterResource: 'clusterreports',
    hasSource: true,
  },
  {
    group: 'wgpolicyk8s.io',
    version: 'v1alpha2',
    kind: 'PolicyReport',
    resource: 'policyreports',
    clusterKind: 'ClusterPolicyReport',
    clusterResource: 'clusterpolicyreports',
    hasSource: false,
  },
];

/** By which our reports of audits are found again. */
export const REPORT_LABELS = { 'app.kubernetes.io/managed-by': 'sandgate', 'sandgate.dev/report': 'audit' } as const;

/** A report is an object of etcd, which takes 1.5 MB: a result has about 1 KB, and 16 KB where a message is long. */
const MOST_RESULTS = 500;
const MOST_CHARACTERS = 700_000;
const SOURCE = 'sandgate';

/** What a report goes away with: an object that belongs to no namespace, since an owner in another one does not count. */
export interface ReportOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** A report to store. */
export interface StoredReport {
  /** Empty for a report of objects that belong to no namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly object: object;
}

/** The reports of an audit: one for each namespace, and further ones where that would be too large. */
export function storedReports(all: readonly Result[], api: ReportApi, owner?: ReportOwner): readonly StoredReport[] {
  return [...Map.groupBy(all, ({ object }) => object.namespace)].flatMap(([namespace, inside]) => {
    const results = inside.flatMap(reportResults);
    return partsOf(results).map((part, index): StoredReport => {
      const name = index === 0 ? 'sandgate-audit' : `sandgate-audit-${index + 1}`;
      const object = {
        apiVersion: `${api.group}/${api.version}`,
        kind: namespace === '' ? api.clusterKind : api.kind,
        metadata: {
          name,
          ...(namespace !== '' && { namespace }),
          labels: REPORT_LABELS,
          ...(owner && { ownerReferences: [owner] }),
        },
        ...(api.hasSource && { source: SOURCE }),
        summary: outcomeCounts(part),
        results: api.hasSource ? part : part.map((result) => ({ source: SOURCE, ...result })),
      };
      return { namespace, name, object };
    });
  });
}

function partsOf(results: readonly ReportResult[]): readonly (readonly ReportResult[])[] {
  const parts: ReportResult[][] = [];
  let characters = 0;
  for (const result of results) {
    const length = JSON.stringify(result).length;
    const last = parts.at(-1);
    if (last && last.length < MOST_RESULTS && characters + length <= MOST_CHARACTERS) {
      last.push(result);
      characters += length;
    } else {
      parts.push([result]);
      characters = length;
    }
  }
  return parts;
}
