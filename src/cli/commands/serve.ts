// Runs the webhook.
import { InvalidArgumentError, Option } from 'commander';
import { enforcementByRow, type Gate } from '../../engine/gate.ts';
import type { LogLevel } from '../../observe/log.ts';
import type { ServerOptions } from '../../server/listen.ts';
import { StartError } from '../../server/start-error.ts';
import { type CommandSpec, flagOption, type Given, listOption, textOption } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { objectsOf, readObjects } from '../inputs.ts';
import type { Io } from '../io.ts';
import { labelsGiven, labelsOption, policyOptions, policyPaths } from '../options.ts';
import { fromHere, policiesFrom } from '../policies.ts';
import { surroundingsFrom } from '../surroundings.ts';

/** As the log has them. Repeated here: the log, like the server, is loaded only once this command runs. */
const LOG_LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug', 'silent'];
/** The time a Service takes to stop sending requests to a pod that is going. */
const DRAIN_MS = 5000;

export const serve: CommandSpec = {
  name: 'serve',
  summary: 'run the admission webhook',
  description: `Runs the webhook: /mutate and /validate over TLS, until SIGTERM. Policies are read once. With --dev-cert it makes a
certificate of its own, listens on this machine only, and prints a line to try it with.`,
  examples: [
    { does: 'Try it on this machine', line: 'sandgate serve -p agents --dev-cert --port 8443' },
    {
      does: 'In a container',
      line: 'sandgate serve -p policies/ --tls-cert /tls/tls.crt --tls-key /tls/tls.key --context namespaces.yaml',
    },
  ],
  declare(command) {
    policyOptions(command);
    command
      .addOption(new Option('--tls-cert <file>', 'the certificate, as PEM').conflicts('devCert'))
      .addOption(new Option('--tls-key <file>', 'its private key, as PEM').conflicts('devCert'))
      .option('--dev-cert', 'make a certificate for trying it out')
      .addOption(new Option('--port <number>', 'the port to listen on; 0 for a free one').argParser(port).default(8443))
      .option('--host <address>', 'the address to listen on (default: 0.0.0.0; with --dev-cert 127.0.0.1)')
      .option('--context <path...>', 'files or folders with the Namespaces that are known')
      .addOption(labelsOption())
      .addOption(new Option('--log-level <level>', 'what to log').choices(LOG_LEVELS).default('info'));
  },
  async run(given, io) {
    const tls = tlsOptions(given, io);
    const gate = await gateFor(given, io);
    // Here and not above: no other command should wait for a server to load.
    const { startServer } = await import('../../server/listen.ts');
    const options: ServerOptions = {
      gate: () => gate,
      host: textOption(given, 'host') ?? (tls === 'development' ? '127.0.0.1' : '0.0.0.0'),
      port: Number(given.options.port),
      tls,
      logLevel: LOG_LEVELS.find((level) => level === textOption(given, 'logLevel')) ?? 'info',
      drainMs: tls === 'development' ? 0 : DRAIN_MS,
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

function tlsOptions(given: Given, io: Io): ServerOptions['tls'] {
  if (flagOption(given, 'devCert')) return 'development';
  const cert = textOption(given, 'tlsCert');
  const key = textOption(given, 'tlsKey');
  if (cert === undefined || key === undefined) {
    throw new UsageError('no certificate to serve with (expected --tls-cert and --tls-key, or --dev-cert)');
  }
  return { certFile: fromHere(cert, io.cwd), keyFile: fromHere(key, io.cwd) };
}

async function gateFor(given: Given, io: Io): Promise<Gate> {
  const policies = policiesFrom(policyPaths(given), io);
  const contextPaths = listOption(given, 'context');
  const labels = labelsGiven(given);
  const dependent = policies.policies.filter((policy) => policy.needsNamespaceLabels);
  if (dependent.length > 0 && contextPaths.length === 0 && labels === undefined) {
    throw new UsageError(
      ...dependent.map(
        ({ origin, name }) =>
          `${origin}: policy ${JSON.stringify(name)} depends on the labels of namespaces, which nothing here can tell ` +
          '(expected --context with Namespace objects, or --namespace-labels)',
      ),
    );
  }
  const context = objectsOf(await readObjects(contextPaths, io));
  return { policies, surroundings: surroundingsFrom(context, { otherwise: labels }), enforcement: enforcementByRow };
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError('(expected a number from 0 to 65535)');
}
