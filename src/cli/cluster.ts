// Which cluster `serve` follows, if any.
import { type Command, Option } from 'commander';
import type { Cluster } from '../cluster/cluster.ts';
import { enforcementByRow, type Gate } from '../engine/gate.ts';
import { flagOption, type Given, listOption, textOption } from './command.ts';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';
import { labelsGiven } from './options.ts';
import { fromHere } from './policies.ts';

/** The options that name a cluster. */
export function clusterOptions(command: Command): void {
  command
    .addOption(
      new Option(
        '--kubeconfig <file>',
        'follow the cluster of its current context: policies, classes, namespaces and RuntimeClasses',
      ).conflicts('inCluster'),
    )
    .option(
      '--in-cluster',
      'follow the cluster that this pod is in (default: in a pod with a service account token, unless --dev-cert, --context or --namespace-labels is given)',
    )
    .option('--no-in-cluster', 'follow no cluster, also in a pod');
}

/** Whether a cluster was asked for, or this is a pod of one and nothing else was. */
export async function followsCluster(given: Given): Promise<boolean> {
  const isAsked = textOption(given, 'kubeconfig') !== undefined || flagOption(given, 'inCluster');
  const standIn = listOption(given, 'context').length > 0 || labelsGiven(given) !== undefined;
  if (isAsked && standIn) {
    throw new UsageError(
      '--context and --namespace-labels stand in for a cluster, and there is one (expected them without --kubeconfig and --in-cluster)',
    );
  }
  if (isAsked) return true;
  if (standIn || flagOption(given, 'devCert') || given.options.inCluster === false) return false;
  const { isInCluster } = await connecting();
  return isInCluster();
}

/** What follows that cluster. */
export async function clusterFor(
  given: Given,
  io: Io,
  { policies, implementations }: Pick<Gate, 'policies' | 'implementations'>,
): Promise<Cluster> {
  const kubeconfig = textOption(given, 'kubeconfig');
  const { ClusterError, connectCluster } = await connecting();
  try {
    return await connectCluster({
      kubeconfig: kubeconfig === undefined ? undefined : fromHere(kubeconfig, io.cwd),
      staticPolicies: policies,
      implementations,
      enforcement: enforcementByRow,
    });
  } catch (error) {
    if (error instanceof ClusterError) throw new UsageError(error.message);
    throw error;
  }
}

/** Here and not above: no other command has any use for it. */
function connecting(): Promise<typeof import('../cluster/connect.ts')> {
  return import('../cluster/connect.ts');
}
