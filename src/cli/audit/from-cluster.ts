// An audit of a cluster.
import type { ListedCluster } from '../../cluster/listing/listed-cluster.ts';
import { untimelyExceptions } from '../../library/offline/exceptions/given.ts';
import { enforcementOffline } from '../../library/offline/judge.ts';
import { type InputObject, objectsIn } from '../../library/offline/objects.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import { createPolicySet } from '../../policy/select.ts';
import type { Unread } from '../../report/shapes/unread.ts';
import { implementationsFor } from '../capability-implementations.ts';
import { flagOption, type Given, listOption, textOption } from '../command.ts';
import { UsageError } from '../exit.ts';
import { type Io, say } from '../io.ts';
import { momentGiven } from '../options.ts';
import { fromHere, policiesFrom } from '../policies.ts';
import type { ProgressLine } from '../progress.ts';
import { userInfo } from '../user.ts';
import type { AuditInput } from './audit-input.ts';

/** The file that results of a cluster name, with a namespace behind it. */
export const CLUSTER_FILE = 'cluster';

/**
 * Reads what verdicts depend on from the cluster: its own policies where none are given, and its classes, exceptions, kinds,
 * namespaces and RuntimeClasses in any case.
 * @throws UsageError where the cluster cannot be reached at all, or has no policies
 */
export async function auditOfCluster(given: Given, io: Io, progress: ProgressLine): Promise<AuditInput> {
  const unread: Unread[] = [];
  const notInForce: string[] = [];
  const report = (message: string): void => {
    progress.clear();
    unread.push({ message });
    say(io, `not judged: ${message}`);
  };
  const staticPolicies = await policiesGiven(given, io);
  const cluster = await connect(given, io, {
    staticPolicies,
    clusterPolicies: flagOption(given, 'clusterPolicies'),
    namespaces: listOption(given, 'namespace'),
    onUnread: report,
    onNotInForce: (message) => {
      notInForce.push(message);
      say(io, message);
    },
    onExpired: (resource) => {
      progress.clear();
      say(io, `note: the list of ${resource} took so long that its end is of a later state than its beginning`);
    },
    onProgress: (resource, done, remaining) => progress.show(() => `${resource}: ${done} of ${done + remaining}`),
  });
  const { policies } = cluster;
  if (policies.policies.length === 0) {
    const why =
      notInForce.length + unread.length > 0
        ? 'no policies of the cluster are in force'
        : 'the cluster has no IsolationPolicy';
    throw new UsageError(`${why} (expected some there, or -p with a file, a folder or a bundle)`);
  }
  const now = momentGiven(given);
  for (const line of untimelyExceptions(policies, now)) say(io, line);
  const surroundings = flagOption(given, 'assumeAuthorized')
    ? { ...cluster.surroundings, mayUse: () => 'allowed' as const }
    : cluster.surroundings;
  const implementations = implementationsFor(given, policies);
  return {
    offline: {
      gate: { policies, surroundings, implementations, enforcement: enforcementOffline, now },
      namespace: 'default',
      user: userInfo(textOption(given, 'as') ?? '', listOption(given, 'asGroup')),
      fillIn: true,
    },
    ...(!flagOption(given, 'assumeAuthorized') && { prepare: cluster.prepare }),
    async *objects() {
      for await (const object of cluster.workloads()) {
        const input = inputOf(object);
        if (input) yield input;
      }
    },
    unread,
    isIncomplete: notInForce.length > 0,
    assumed: new Set(),
  };
}

async function policiesGiven(given: Given, io: Io): Promise<ReturnType<typeof createPolicySet>> {
  const paths = listOption(given, 'policies');
  return paths.length === 0 ? createPolicySet([]) : await policiesFrom(paths, io, { classesElsewhere: true });
}

type Connecting = typeof import('../../cluster/connect.ts');

/** The client of the cluster is loaded only here. */
async function connect(
  given: Given,
  io: Io,
  options: Parameters<Connecting['listedCluster']>[1],
): Promise<ListedCluster> {
  const { ClusterError, listedCluster } = await import('../../cluster/connect.ts');
  const kubeconfig = textOption(given, 'kubeconfig');
  try {
    return await listedCluster(kubeconfig === undefined ? undefined : fromHere(kubeconfig, io.cwd), options);
  } catch (error) {
    if (error instanceof ClusterError) throw new UsageError(error.message);
    throw error;
  }
}

/** The object as if a file had it. It has no lines: every place is the cluster, and its namespace. */
function inputOf(object: JsonObject): InputObject | undefined {
  const metadata = ownField(object, 'metadata');
  if (isJsonObject(metadata)) {
    // A third of a pod, and never read.
    const { managedFields: _, ...rest } = metadata;
    return inputAt({ ...object, metadata: rest }, stringField(metadata, 'namespace') ?? '');
  }
  return inputAt(object, '');
}

function inputAt(object: JsonObject, namespace: string): InputObject | undefined {
  const file = namespace === '' ? CLUSTER_FILE : `${CLUSTER_FILE}/${namespace}`;
  const place = { file, line: 0, column: 0 };
  return objectsIn(object, [], { file, number: 1, locate: () => place }, [])[0];
}
