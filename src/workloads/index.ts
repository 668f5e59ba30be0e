// Every kind that holds pod templates and that Sandgate knows, in the order in which the docs list them. To add one, add a file
// and its line here, then run `npm run docs`: the webhooks of the chart, the schemas and the docs are made from these rows.
import { cronJob } from './cron-job.ts';
import { daemonSet } from './daemon-set.ts';
import { deployment } from './deployment.ts';
import { job } from './job.ts';
import { pod } from './pod.ts';
import { podTemplate } from './pod-template.ts';
import { PROJECTS } from './projects/index.ts';
import { replicaSet } from './replica-set.ts';
import { replicationController } from './replication-controller.ts';
import { sandbox } from './sandbox.ts';
import { sandboxTemplate } from './sandbox-template.ts';
import { statefulSet } from './stateful-set.ts';
import { type WorkloadTable, workloadTable } from './table.ts';
import { qualifiedKind, type Workload } from './workload.ts';

/** One row per kind: those that the webhooks are always registered for. */
export const WORKLOADS: readonly Workload[] = [
  pod,
  podTemplate,
  replicationController,
  deployment,
  replicaSet,
  statefulSet,
  daemonSet,
  job,
  cronJob,
  sandbox,
  sandboxTemplate,
];

/** Every kind, also those that the webhooks are registered for only where the chart's values name them. */
export const ALL_WORKLOADS: readonly Workload[] = [...WORKLOADS, ...PROJECTS.flat()];

/** The kinds that are known without any configuration. */
export const BUILT_IN: WorkloadTable = workloadTable(ALL_WORKLOADS);

/** The same with rows that a configuration has, in the place of built-in ones of the same kind. Of two the later one counts. */
export function withOwnRows(own: readonly Workload[]): WorkloadTable {
  return own.length === 0 ? BUILT_IN : workloadTable(ALL_WORKLOADS, own);
}

/** By the short names that policies may use: of the kinds that are always registered, whatever else has the same name. */
const byShortName = new Map(WORKLOADS.map((row) => [row.kind, row]));

/** The qualified name of the kind that a policy means by `Deployment.apps`, or by `Deployment` alone. */
export function kindNamed(name: string): string {
  const row = name.includes('.') ? undefined : byShortName.get(name);
  return row ? qualifiedKind(row) : name;
}

/** Every name that policies may use for the kinds that are built in. */
export const KIND_NAMES: readonly string[] = [...new Set([...byShortName.keys(), ...ALL_WORKLOADS.map(qualifiedKind)])];
