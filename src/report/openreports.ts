// Reports of openreports.io/v1alpha1 as YAML, ready for `kubectl apply`: one Report for each namespace, and a ClusterReport for
// objects that belong to none. https://openreports.io
import { stringify } from 'yaml';
import { outcomeCounts, type ReportResult, reportResults } from './open-reports/results.ts';
import type { Format, JudgedOptions } from './shapes/format.ts';
import { isNotable, type Result } from './shapes/result.ts';

export const openreports: Format = {
  name: 'openreports',
  judged: (results, _, options = {}) => reports(results, options).map(document).join('---\n'),
};

const API_VERSION = 'openreports.io/v1alpha1';
const SOURCE = 'sandgate';

function reports(all: readonly Result[], { quiet = false, command = 'check' }: JudgedOptions): object[] {
  const byNamespace = new Map<string, ReportResult[]>();
  for (const result of quiet ? all.filter(isNotable) : all) {
    const found = reportResults(result);
    if (found.length === 0) continue;
    const { namespace } = result.object;
    const known = byNamespace.get(namespace);
    if (known) known.push(...found);
    else byNamespace.set(namespace, [...found]);
  }
  return [...byNamespace].map(([namespace, results]) => ({
    apiVersion: API_VERSION,
    kind: namespace === '' ? 'ClusterReport' : 'Report',
    metadata: { name: `${SOURCE}-${command}`, ...(namespace !== '' && { namespace }) },
    source: SOURCE,
    summary: outcomeCounts(results),
    results,
  }));
}

/** As kubectl reads it, which is YAML 1.1; without anchors, which some readers of reports do not know. */
function document(report: object): string {
  return stringify(report, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}
