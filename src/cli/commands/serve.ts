// Runs the webhook.
import { getHeapStatistics } from 'node:v8';
import { InvalidArgumentError, Option } from 'commander';
import { enforcementByRow, type Gate } from '../../engine/gate.ts';
import { unknownFacts } from '../../library/offline/cluster-facts.ts';
import { untimelyExceptions, withExceptions } from '../../library/offline/exceptions/given.ts';
import { surroundingsFrom } from '../../library/offline/surroundings.ts';
import type { LogLevel } from '../../observe/log.ts';
import type { PolicySet } from '../../policy/policy.ts';
import { createPolicySet } from '../../policy/select.ts';
import { anyAddress } from '../../server/any-address.ts';
import type { ServerOptions } from '../../server/listen.ts';
import { StartError } from '../../server/start-error.ts';
import { IMPLEMENTATIONS, implementationsFrom } from '../capability-implementations.ts';
import {
  CLUSTER,
  clusterFor,
  DENIAL_EVENTS,
  denialEventsFor,
  followsCluster,
  REGISTRATION,
  registrationFor,
} from '../cluster.ts';
import { type CommandSpec, flagOption, type Given, listOption, textOption } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { heapProblem } from '../heap.ts';
import { objectsOf, readObjects } from '../inputs.ts';
import { type Io, say } from '../io.ts';
import { annotationsGiven, labelsGiven, NAMESPACE_ANNOTATIONS, NAMESPACE_LABELS } from '../options.ts';
import { fromHere, policiesFrom } from '../policies.ts';
import { seconds } from '../seconds.ts';
import { TRACES, tracesGiven } from '../traces.ts';

/** The levels of the log, repeated here: the log and the server are loaded only when this command runs. */
const LOG_LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug', 'silent'];
/** The port where most programs in a cluster serve their metrics. */
const METRICS_PORT = 8080;
/** The time a Service takes to stop sending requests to a pod that is terminating. */
const DRAIN_SECONDS = 5;
/** Well within the 30 s that Kubernetes gives a pod to terminate. */
const DEADLINE_SECONDS = 20;

export const serve: CommandSpec = {
  name: 'serve',
  summary: 'run the admission webhook',
  description: `Runs the webhook: serves /mutate, /validate and /validate-policy over TLS until SIGTERM. With --kubeconfig, or in
a pod of a cluster, it follows that cluster's IsolationPolicies, CapabilityClasses, Namespaces and RuntimeClasses, and is
ready once it knows them all. With --register-webhooks it has that cluster's API server ask it. Policies given with -p are in force as well; they are read once, at the start. The
certificate, its key and the client CA are read again whenever they change. With --dev-cert it makes its own
certificate, listens on this machine only, and prints a command to try it with.`,
  examples: [
    { does: 'Try it on this machine', line: 'sandgate serve -p agents --dev-cert --port 8443' },
    {
      does: 'In a container',
      line: 'sandgate serve -p policies/ --tls-cert /tls/tls.crt --tls-key /tls/tls.key --context namespaces.yaml',
    },
    {
      does: 'With the policies of a cluster',
      line: 'sandgate serve --kubeconfig ~/.kube/config --tls-cert /tls/tls.crt --tls-key /tls/tls.key',
    },
  ],
  options: [
    new Option(
      '-p, --policies <path...>',
      'policies: files, folders, or names of shipped bundles (required without a cluster)',
    ),
    ...CLUSTER,
    ...REGISTRATION,
    DENIAL_EVENTS,
    IMPLEMENTATIONS,
    new Option('--tls-cert <file>', 'the certificate of the server, as PEM').conflicts('devCert'),
    new Option('--tls-key <file>', 'the private key of that certificate, as PEM').conflicts('devCert'),
    new Option(
      '--client-ca <file>',
      'take reviews only from clients with a certificate of this CA, as PEM; probes need no certificate',
    ).conflicts('devCert'),
    new Option(
      '--client-name <name...>',
      'take reviews only from clients whose certificate has one of these common or alternative names (needs --client-ca)',
    ),
    new Option('--dev-cert', 'make a certificate for trying the webhook out'),
    new Option('--port <number>', 'the port to listen on; 0 for any free port').argParser(port).default(8443),
    new Option(
      '--host <address>',
      'the address to listen on (default: all addresses, of IPv6 and IPv4; with --dev-cert 127.0.0.1)',
    ),
    new Option(
      '--metrics-port <number>',
      `the port of /metrics, over plain HTTP; 0 for any free port (default: ${METRICS_PORT}; with --dev-cert any free port)`,
    ).argParser(port),
    new Option('--metrics-host <address>', 'the address of /metrics (default: the same as --host)'),
    new Option('--metrics-on-webhook-port', 'serve /metrics on the port of the webhook as well'),
    new Option('--no-metrics', 'collect no metrics, and do not serve /metrics'),
    new Option('--context <path...>', 'files or folders with the Namespaces to know where no cluster is followed'),
    NAMESPACE_LABELS,
    NAMESPACE_ANNOTATIONS,
    TRACES,
    new Option('--log-level <level>', 'the least severe level to log').choices(LOG_LEVELS).default('info'),
    new Option(
      '--drain <seconds>',
      `how long to go on serving after SIGTERM (default: ${DRAIN_SECONDS}; with --dev-cert 0)`,
    ).argParser(seconds),
    new Option('--shutdown-deadline <seconds>', 'how long after SIGTERM to cut off requests that are still running')
      .argParser(seconds)
      .default(DEADLINE_SECONDS),
  ],
  async run(given, io) {
    const flags = [...process.execArgv, io.env.NODE_OPTIONS ?? ''];
    const problem = heapProblem(getHeapStatistics().heap_size_limit, flags);
    if (problem !== undefined) throw new UsageError(problem);
    const tls = tlsOptions(given, io);
    const isFollowing = await followsCluster(given);
    const policies = await policiesOfFiles(given, io, isFollowing);
    const implementations = implementationsFrom(given, isFollowing ? undefined : policies.classes);
    const settings = { policies, implementations };
    const cluster = isFollowing ? await clusterFor(given, io, settings) : undefined;
    const registration = await registrationFor(given, io, isFollowing);
    const denialEvents = await denialEventsFor(given, io, isFollowing);
    const gate = cluster ? () => cluster.gate() : await fixedGate(given, io, settings);
    // Imported here, so that no other command waits for a server to load.
    const { startServer } = await import('../../server/listen.ts');
    const host = await hostOf(given);
    const options: ServerOptions = {
      gate,
      cluster,
      registration,
      denialEvents,
      host,
      port: Number(given.options.port),
      tls,
      clientNames: clientNames(given),
      metrics: metricsAddress(given, host),
      traces: await tracesGiven(given, io),
      logLevel: LOG_LEVELS.find((level) => level === textOption(given, 'logLevel')) ?? 'info',
      ...shutdownTiming(given),
      print: (line) => io.stderr.write(`${line}\n`),
    };
    try {
      const server = await startServer(options);
      await server.closed;
    } catch (error) {
      if (error instanceof StartError) throw new UsageError(error.message);
      throw error;
    }
    return EXIT.ok;
  },
};

async function hostOf(given: Given): Promise<string> {
  return textOption(given, 'host') ?? (flagOption(given, 'devCert') ? '127.0.0.1' : await anyAddress());
}

function metricsAddress(given: Given, host: string): ServerOptions['metrics'] {
  if (!flagOption(given, 'metrics')) {
    if (!flagOption(given, 'metricsOnWebhookPort')) return undefined;
    throw new UsageError('--no-metrics and --metrics-on-webhook-port contradict each other (expected one of them)');
  }
  // On somebody's own machine the usual port may be taken.
  const usual = flagOption(given, 'devCert') ? 0 : METRICS_PORT;
  return {
    host: textOption(given, 'metricsHost') ?? host,
    port: Number(given.options.metricsPort ?? usual),
    onWebhookPort: flagOption(given, 'metricsOnWebhookPort'),
  };
}

function tlsOptions(given: Given, io: Io): ServerOptions['tls'] {
  if (flagOption(given, 'devCert')) return 'development';
  const cert = textOption(given, 'tlsCert');
  const key = textOption(given, 'tlsKey');
  if (cert === undefined || key === undefined) {
    throw new UsageError('no certificate to serve with (expected --tls-cert and --tls-key, or --dev-cert)');
  }
  const clientCa = textOption(given, 'clientCa');
  const ca = textOption(given, 'tlsCa');
  return {
    certFile: fromHere(cert, io.cwd),
    keyFile: fromHere(key, io.cwd),
    clientCaFile: clientCa === undefined ? undefined : fromHere(clientCa, io.cwd),
    caFile: ca === undefined ? undefined : fromHere(ca, io.cwd),
  };
}

function shutdownTiming(given: Given): Pick<ServerOptions, 'drainMs' | 'shutdownDeadlineMs'> {
  const drain = Number(given.options.drain ?? (flagOption(given, 'devCert') ? 0 : DRAIN_SECONDS));
  const deadline = Number(given.options.shutdownDeadline);
  if (deadline < drain) {
    throw new UsageError(
      `--shutdown-deadline ${deadline} is shorter than --drain ${drain} (expected at least ${drain})`,
    );
  }
  return { drainMs: drain * 1000, shutdownDeadlineMs: deadline * 1000 };
}

function clientNames(given: Given): readonly string[] {
  const names = listOption(given, 'clientName');
  if (names.length > 0 && textOption(given, 'clientCa') === undefined) {
    throw new UsageError('--client-name without a CA for client certificates (expected --client-ca as well)');
  }
  return names;
}

/** The policies of files; an empty set where none are named. In a cluster the classes that they list may be objects. */
async function policiesOfFiles(given: Given, io: Io, classesElsewhere: boolean): Promise<PolicySet> {
  const paths = listOption(given, 'policies');
  return paths.length === 0 ? createPolicySet([]) : await policiesFrom(paths, io, { classesElsewhere });
}

/** What the webhook judges by where no cluster is followed: policies and namespaces as they are in files. */
async function fixedGate(
  given: Given,
  io: Io,
  { policies, implementations }: Pick<Gate, 'policies' | 'implementations'>,
): Promise<() => Gate> {
  if (policies.policies.length === 0) {
    throw new UsageError(
      'no policies given (expected -p with a file, a folder or a bundle; or a cluster, with --kubeconfig or --in-cluster)',
    );
  }
  const contextPaths = listOption(given, 'context');
  const labels = labelsGiven(given);
  const dependent = policies.policies.filter((policy) => policy.needsNamespaceLabels);
  if (dependent.length > 0 && contextPaths.length === 0 && labels === undefined) {
    throw new UsageError(
      ...dependent.map(
        ({ origin, name }) =>
          `${origin}: policy ${JSON.stringify(name)} depends on the labels of namespaces, which are not known ` +
          '(expected --kubeconfig or --in-cluster, --context with Namespace objects, or --namespace-labels)',
      ),
    );
  }
  const annotations = annotationsGiven(given);
  const reading = policies.policies.filter(({ needsFacts }) => needsFacts.namespaceAnnotation !== undefined);
  if (reading.length > 0 && contextPaths.length === 0 && annotations === undefined) {
    throw new UsageError(
      ...reading.map(
        ({ origin, name, needsFacts }) =>
          `${origin}: policy ${JSON.stringify(name)} reads annotation ${needsFacts.namespaceAnnotation} of namespaces, which are not known ` +
          '(expected --kubeconfig or --in-cluster, --context with Namespace objects, or --namespace-annotations)',
      ),
    );
  }
  const context = objectsOf(await readObjects(contextPaths, io));
  const surroundings = surroundingsFrom(context, { otherwise: labels, annotations });
  for (const line of unknownFacts(policies, surroundings.cluster)) say(io, line);
  const found = withExceptions(policies, context, 'default');
  if (found.problems.length > 0) throw new UsageError(...found.problems);
  for (const line of [...found.warnings, ...untimelyExceptions(found.policies, Date.now())]) say(io, line);
  const gate = { policies: found.policies, surroundings, implementations, enforcement: enforcementByRow };
  return () => gate;
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError('(expected a number from 0 to 65535)');
}
