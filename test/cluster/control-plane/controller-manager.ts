// kube-controller-manager with the controllers that make pods and clean up, and no others.
import type { Credentials } from './credentials.ts';
import type { Guard } from './guard.ts';
import { type Part, startPart, untilReady } from './part.ts';

const READY_WITHIN_MS = 60_000;

const CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'replicationcontroller-controller',
  'statefulset-controller',
  'daemonset-controller',
  'job-controller',
  'cronjob-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
  'namespace-controller',
  'garbage-collector-controller',
  // Without it no disruption budget allows an eviction.
  'disruption-controller',
  // Without it the roles admin, edit and view have no rules.
  'clusterrole-aggregation-controller',
];

export interface ControllerManagerOptions {
  readonly binary: string;
  readonly folder: string;
  readonly guard: Guard;
  readonly kubeconfig: string;
  readonly credentials: Credentials;
  /** True once its work can be seen in the cluster. */
  readonly isReady: () => Promise<boolean>;
}

/** Starts the controllers, each with a service account of its own as in a real cluster, and resolves when they work. */
export async function startControllerManager(options: ControllerManagerOptions): Promise<Part> {
  const { binary, folder, guard, kubeconfig, credentials } = options;
  const args = [
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${CONTROLLERS.join(',')}`,
    '--leader-elect=false',
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${credentials.serviceAccountKeyFile}`,
    `--root-ca-file=${credentials.caFile}`,
    // It serves nothing: what it does shows in the cluster, and its usual port is taken when two control planes run.
    '--secure-port=0',
  ];
  const part = await startPart({ name: 'kube-controller-manager', file: binary, args, folder, guard });
  await untilReady(part, options.isReady, READY_WITHIN_MS);
  return part;
}
