// Every kind that holds pod templates and that Sandgate knows, in the order in which the docs list them. To add one, add a file
// and its line here, then run `npm run docs`: the webhooks of the chart, the schemas and the docs are made from these rows.
import { cronJob } from './cron-job.ts';
import { daemonSet } from './daemon-set.ts';
import { deployment } from './deployment.ts';
import { job } from './job.ts';
import { pod } from './pod.ts';
import { podTemplate } from './pod-template.ts';
import { replicaSet } from './replica-set.ts';
import { replicationController } from './replication-controller.ts';
import { sandbox } from './sandbox.ts';
import { sandboxTemplate } from './sandbox-template.ts';
import { statefulSet } from './stateful-set.ts';
import { qualifiedKind, type Workload } from './workload.ts';

/** One row per kind. */
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

const byKind = new Map(WORKLOADS.map((row) => [qualifiedKind(row), row]));

/**
 * The row for a kind; undefined for any other kind. The version does not matter: an object of a version that this release does
 * not know is judged by the pointers it does know, which is safer than letting it pass.
 */
export function findWorkload(group: string, kind: string): Workload | undefined {
  return byKind.get(group === '' ? kind : `${kind}.${group}`);
}

/** The rows a policy means by `Deployment.apps`, or by `Deployment` where only one group has that kind. */
export function workloadsNamed(name: string): readonly Workload[] {
  const exact = byKind.get(name);
  return exact ? [exact] : WORKLOADS.filter((row) => row.kind === name);
}
