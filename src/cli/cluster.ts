// Which cluster `serve` follows, if any.
import { InvalidArgumentError, Option } from 'commander';
import type { Cluster } from '../cluster/cluster.ts';
import type { DenialEvents } from '../cluster/denials/denial-events.ts';
import type { Registration } from '../cluster/registration/registration.ts';
import type { UninstallNotice } from '../cluster/withdrawal.ts';
import { enforcementByRow, type Gate } from '../engine/gate.ts';
import { WEBHOOKS_WHERE_USED } from '../policy/webhooks-where-used.ts';
import { kindNamed } from '../workloads/index.ts';
import { flagOption, type Given, listOption, textOption } from './command.ts';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';
import { annotationsGiven, labelsGiven } from './options.ts';
import { fromHere } from './policies.ts';
import { seconds } from './seconds.ts';

/** The options that name a cluster. */
export const CLUSTER: readonly Option[] = [
  new Option(
    '--kubeconfig <file>',
    'follow the cluster of the current context in this file: its policies, classes, namespaces and RuntimeClasses',
  ).conflicts('inCluster'),
  new Option(
    '--in-cluster',
    'follow the cluster that this pod runs in (default: in a pod with a service account token, unless --dev-cert, --context, --namespace-labels or --namespace-annotations is given)',
  ),
  new Option('--no-in-cluster', 'do not follow a cluster, not even in a pod'),
  new Option(
    '--authorization-cache-authorized-ttl <seconds>',
    'how long a user may go on using a class after the right was taken away, since answers of the API server count for so long (default: 10; needs a cluster)',
  ).argParser(seconds),
  new Option(
    '--authorization-cache-unauthorized-ttl <seconds>',
    'how long a user may have to wait after the right to use a class was given (default: 5; needs a cluster)',
  ).argParser(seconds),
  new Option(
    '--registered-kinds <kind,...>',
    'the kinds that the webhooks are registered for, as Kind.group: what names another kind has a warning in its status (needs a cluster)',
  ).argParser(kindNames),
  new Option(
    '--uninstall-notice <namespace/name>',
    'the ConfigMap whose deletion announces an uninstall: policies, classes, exceptions and workload kinds then say that nothing is judged by them (needs a cluster)',
  ).argParser(namespacedName),
];

/** The options of a server that registers its webhooks itself. */
export const REGISTRATION: readonly Option[] = [
  new Option(
    '--register-webhooks <file>',
    'register the webhook configurations of this file with the cluster once its API server reaches this server, and keep them registered (needs a cluster)',
  ).conflicts('devCert'),
  new Option(
    '--tls-ca <file>',
    'the CA that signed the certificate, as PEM: the API server is told to trust it (needs --register-webhooks)',
  ).conflicts('devCert'),
  new Option(
    '--events-about <deployment>',
    'write events about this Deployment when the webhooks are registered, or cannot be (needs --register-webhooks)',
  ),
];

/** Has events written about what is refused. */
export const DENIAL_EVENTS = new Option(
  '--denial-events',
  'write events about what is refused, on the controller whose pods do not come, or the namespace (needs a cluster)',
);

/** The kinds of a list with commas, each by its qualified name. */
function kindNames(text: string, previous: readonly string[] | undefined): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !/^[A-Z][A-Za-z0-9]*(\.[a-z0-9][-a-z0-9]*)*$/.test(name));
  if (wrong !== undefined)
    throw new InvalidArgumentError(`${JSON.stringify(wrong)} is not a kind (expected Kind.group)`);
  return [...(previous ?? []), ...names.map(kindNamed)];
}

/** Namespace and name. */
function namespacedName(text: string): string {
  if (/^[a-z0-9][-a-z0-9]*\/[a-z0-9][-.a-z0-9]*$/.test(text)) return text;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is not the name of a ConfigMap (expected NAMESPACE/NAME)`);
}

function uninstallNoticeIn(given: Given): UninstallNotice | undefined {
  const [namespace, name] = textOption(given, 'uninstallNotice')?.split('/') ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

const AUTHORIZED_TTL = 'authorizationCacheAuthorizedTtl';
const UNAUTHORIZED_TTL = 'authorizationCacheUnauthorizedTtl';

/** True where the options name a cluster, or where this is a pod of one and no option says otherwise. */
export async function followsCluster(given: Given): Promise<boolean> {
  const isAsked = textOption(given, 'kubeconfig') !== undefined || flagOption(given, 'inCluster');
  const standIn =
    listOption(given, 'context').length > 0 ||
    labelsGiven(given) !== undefined ||
    annotationsGiven(given) !== undefined;
  if (isAsked && standIn) {
    throw new UsageError(
      '--context, --namespace-labels and --namespace-annotations say what a cluster would know, and there is a cluster (expected them without --kubeconfig and --in-cluster)',
    );
  }
  if (isAsked) return true;
  const follows = await followsByDefault(given, standIn);
  if (!follows && given.options.registeredKinds !== undefined) {
    throw new UsageError(
      '--registered-kinds is about what a cluster sends, and no cluster is followed (expected it with --kubeconfig or --in-cluster)',
    );
  }
  if (!follows && given.options.uninstallNotice !== undefined) {
    throw new UsageError(
      '--uninstall-notice is an object of a cluster, and none is followed (expected it with --kubeconfig or --in-cluster)',
    );
  }
  if (!follows && (given.options[AUTHORIZED_TTL] !== undefined || given.options[UNAUTHORIZED_TTL] !== undefined)) {
    throw new UsageError(
      '--authorization-cache-authorized-ttl and --authorization-cache-unauthorized-ttl are about the answers of an API server, and no cluster is followed (expected them with --kubeconfig or --in-cluster)',
    );
  }
  return follows;
}

async function followsByDefault(given: Given, standIn: boolean): Promise<boolean> {
  if (standIn || flagOption(given, 'devCert') || given.options.inCluster === false) return false;
  const { isInCluster } = await connecting();
  return isInCluster();
}

/**
 * Connects to that cluster.
 * @throws UsageError where its kubeconfig or credentials cannot be used
 */
export async function clusterFor(
  given: Given,
  io: Io,
  { policies, implementations }: Pick<Gate, 'policies' | 'implementations'>,
): Promise<Cluster> {
  const kubeconfig = kubeconfigOf(given, io);
  const { ClusterError, connectCluster } = await connecting();
  try {
    return await connectCluster({
      kubeconfig,
      staticPolicies: policies,
      implementations,
      enforcement: enforcementByRow,
      uninstallNotice: uninstallNoticeIn(given),
      registeredKinds:
        given.options.registeredKinds === undefined ? undefined : new Set(listOption(given, 'registeredKinds')),
      // Until it is known which webhooks are registered.
      awaitedKinds:
        textOption(given, 'registerWebhooks') === undefined
          ? undefined
          : new Set(WEBHOOKS_WHERE_USED.map(({ kind }) => kind)),
      keptAnswers: {
        ...(given.options[AUTHORIZED_TTL] !== undefined && { allowedMs: Number(given.options[AUTHORIZED_TTL]) * 1000 }),
        ...(given.options[UNAUTHORIZED_TTL] !== undefined && {
          deniedMs: Number(given.options[UNAUTHORIZED_TTL]) * 1000,
        }),
      },
    });
  } catch (error) {
    if (error instanceof ClusterError) throw new UsageError(error.message);
    throw error;
  }
}

/**
 * What registers the webhooks with that cluster; undefined where no option says so.
 * @throws UsageError where options do not go together, or the cluster cannot be told
 */
export async function registrationFor(given: Given, io: Io, isFollowing: boolean): Promise<Registration | undefined> {
  const file = textOption(given, 'registerWebhooks');
  const deployment = textOption(given, 'eventsAbout');
  if (file === undefined) {
    if (deployment === undefined && textOption(given, 'tlsCa') === undefined) return undefined;
    throw new UsageError('--tls-ca and --events-about are for webhooks (expected --register-webhooks as well)');
  }
  if (!isFollowing) {
    throw new UsageError('--register-webhooks without a cluster (expected --kubeconfig or --in-cluster as well)');
  }
  const kubeconfig = kubeconfigOf(given, io);
  const { connectRegistration } = await connecting();
  return await connectRegistration(kubeconfig, { file: fromHere(file, io.cwd), deployment });
}

/**
 * What writes events about what is refused to that cluster; undefined where no option says so.
 * @throws UsageError where no cluster is followed, or it cannot be told which
 */
export async function denialEventsFor(given: Given, io: Io, isFollowing: boolean): Promise<DenialEvents | undefined> {
  if (!flagOption(given, 'denialEvents')) return undefined;
  if (!isFollowing) {
    throw new UsageError('--denial-events without a cluster (expected --kubeconfig or --in-cluster as well)');
  }
  const { connectDenialEvents } = await connecting();
  return await connectDenialEvents(kubeconfigOf(given, io));
}

function kubeconfigOf(given: Given, io: Io): string | undefined {
  const kubeconfig = textOption(given, 'kubeconfig');
  return kubeconfig === undefined ? undefined : fromHere(kubeconfig, io.cwd);
}

/** Imported late, so that no other command loads the client of the cluster. */
function connecting(): Promise<typeof import('../cluster/connect.ts')> {
  return import('../cluster/connect.ts');
}
