// The reference pages of what a running server tells: docs/metrics.md and docs/logs.md.

import { PHASES } from '../src/model/phase.ts';
import { COMMON_FIELDS, LOG_LINES } from '../src/observe/log-lines.ts';
import { ALL_CLUSTER_METRICS, WATCH_METRICS } from '../src/observe/metrics/cluster-definitions.ts';
import { METRICS, type MetricDefinition, TRACED_REVIEWS } from '../src/observe/metrics/definitions.ts';
import { MOST_POLICIES } from '../src/observe/metrics/finding-counts.ts';

/** The text of docs/metrics.md, without its first line. */
export function metricsPage(): string {
  const definitions: readonly MetricDefinition[] = [...Object.values(METRICS), TRACED_REVIEWS, ...ALL_CLUSTER_METRICS];
  const rows = definitions.map(
    ({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labels.join(', ')} | ${help} |`,
  );
  const buckets = definitions
    .filter((definition) => definition.buckets)
    .map((definition) => `- \`${definition.name}\`: ${definition.buckets?.join(', ')}`);
  return `
# Metrics

\`sandgate serve\` serves them at \`GET /metrics\` over plain HTTP, on a port of their own (\`--metrics-port\`), in the text format of
Prometheus, with the usual \`process_*\` and \`nodejs_*\` beside them. From \`${WATCH_METRICS.watchSynced.name}\` on, those of the
table are there only where a cluster is followed. [Monitoring](monitoring.md) has alerts and a dashboard for them.

| name | type | labels | what it says |
| --- | --- | --- | --- |
${rows.join('\n')}

Labels take few values. \`webhook\` is mutate or validate. \`operation\` and \`kind\` are \`other\` for what is not an operation of the
API server or not one of the [kinds](workloads.md) that hold a pod template. \`policy\` is \`other\` for all but the first
${MOST_POLICIES} policies. \`phase\` is one of ${PHASES.join(', ')}. Namespaces, users and names are in the [log](logs.md), not here.
What can be known beforehand is there from the start, at 0.

The \`pod_security_*\` counters are those of upstream's PodSecurity admission, under its names and labels, so that dashboards made
for it go on working; [conformance](conformance.md) is how that is checked. They count reviews that a policy with
\`podSecurity.fromNamespaceLabels\` judges, and without such a policy they have no series. \`policy_version\` is \`future\` for what is
newer than every check. \`resource\` is pod or controller; where a controller or a custom resource is enforced, it is counted with
mode enforce, which upstream never does. Exempt are the mirror pods of a node's static pods. An update of a pod that changes no image
is not counted unless it is refused, or nothing is asked of pods in that namespace.

Buckets:

${buckets.join('\n')}
`;
}

/** The text of docs/logs.md, without its first line. */
export function logsPage(): string {
  const lines = LOG_LINES.map(
    ({ msg, level, when, fields }) => `## ${msg}\n\n*${level}.* ${when}\n\n${fieldTable(fields)}\n`,
  );
  return `
# The log

JSON lines on stdout, one per decision. No line holds an object, or a value that a user wrote into one: of a review only what is
listed here, each text cut to 256 characters and each list to 50 members. \`--log-level debug\` adds why each policy matched or not.

Every line has:

${fieldTable(COMMON_FIELDS)}

${lines.join('\n')}`;
}

function fieldTable(fields: Readonly<Record<string, string>>): string {
  const rows = Object.entries(fields).map(([name, says]) => `| \`${name}\` | ${says} |`);
  return `| field | what it says |\n| --- | --- |\n${rows.join('\n')}`;
}
