// The way to a cluster, for the command line. Loaded only by a command that needs one.
import type { Gate } from '../engine/gate.ts';
import type { PolicySet } from '../policy/policy.ts';
import type { Result } from '../report/shapes/result.ts';
import { ApiClient } from './api/client.ts';
import type { Credentials } from './api/credentials.ts';
import { inClusterCredentials } from './api/in-cluster.ts';
import type { KeptAnswers } from './authorization/authorization.ts';
import type { Cluster } from './cluster.ts';
import { DenialEvents } from './denials/denial-events.ts';
import { type ListedCluster, type ListedClusterOptions, listCluster } from './listing/listed-cluster.ts';
import { LiveCluster } from './live-cluster.ts';
import { Registrar } from './registration/registrar.ts';
import type { Registration } from './registration/registration.ts';
import { type Published, type PublishOptions, publishReports } from './reports/publish.ts';
import type { UninstallNotice } from './withdrawal.ts';

export { ApiError, reasonOf } from './api/api-error.ts';
export { ClusterError } from './api/credentials.ts';
export { isInCluster } from './api/in-cluster.ts';
export { releaseStatus } from './registration/status.ts';

export interface ConnectOptions {
  /** A file; without one, the service account of this pod. */
  readonly kubeconfig?: string | undefined;
  /** What files say: in force whatever the cluster holds. */
  readonly staticPolicies: PolicySet;
  readonly enforcement: Gate['enforcement'];
  readonly implementations?: Gate['implementations'];
  /** The kinds of workloads, as `Kind.group`, of which the API server sends reviews; undefined where nobody said. */
  readonly registeredKinds?: ReadonlySet<string> | undefined;
  /** As {@link LiveCluster} takes them. */
  readonly awaitedKinds?: ReadonlySet<string> | undefined;
  /** By which an uninstall is announced. */
  readonly uninstallNotice?: UninstallNotice | undefined;
  /** For how long the API server's answers about classes count. */
  readonly keptAnswers?: Partial<KeptAnswers> | undefined;
}

/**
 * The cluster of a kubeconfig, or the one that this pod is in. Asks nothing of it yet: that begins with `start`. Rejects
 * with a {@link ClusterError} where it cannot be told which cluster that is, or how to show who we are.
 */
export async function connectCluster({ kubeconfig, ...options }: ConnectOptions): Promise<Cluster> {
  return new LiveCluster({ client: await connectClient(kubeconfig), ...options });
}

/** Registers the webhooks of a file with that cluster, once it is started. Rejects likewise. */
export async function connectRegistration(
  kubeconfig: string | undefined,
  options: { readonly file: string; readonly deployment?: string | undefined },
): Promise<Registration> {
  return new Registrar({ client: await connectClient(kubeconfig), ...options });
}

/** Writes events about what is refused to that cluster, once it is started. Rejects likewise. */
export async function connectDenialEvents(kubeconfig: string | undefined): Promise<DenialEvents> {
  return new DenialEvents(await connectClient(kubeconfig));
}

/** Sends requests to that cluster. Rejects likewise. */
export async function connectClient(kubeconfig: string | undefined): Promise<ApiClient> {
  return new ApiClient(kubeconfig === undefined ? inClusterCredentials() : await fromFile(kubeconfig));
}

async function fromFile(kubeconfig: string): Promise<Credentials> {
  const { kubeconfigCredentials } = await import('./api/kubeconfig.ts');
  return kubeconfigCredentials(kubeconfig);
}

/** As {@link listCluster}, of the cluster of a kubeconfig, or of the one that this pod is in. Rejects likewise. */
export async function listedCluster(
  kubeconfig: string | undefined,
  options: Omit<ListedClusterOptions, 'client'>,
): Promise<ListedCluster> {
  const credentials = kubeconfig === undefined ? inClusterCredentials() : await fromFile(kubeconfig);
  return await listCluster({ client: new ApiClient(credentials), ...options });
}

/** As {@link publishReports}, likewise. */
export async function publishAudit(
  kubeconfig: string | undefined,
  results: readonly Result[],
  options: PublishOptions,
): Promise<Published> {
  const credentials = kubeconfig === undefined ? inClusterCredentials() : await fromFile(kubeconfig);
  return await publishReports(new ApiClient(credentials), results, options);
}
