// The webhook as a process: a certificate, a port, signals.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Gate } from '../engine/gate.ts';
import { createLog, type LogLevel } from '../observe/log.ts';
import { type App, buildApp } from './app.ts';
import { readCertificate } from './certificate.ts';
import { makeDevelopment } from './development.ts';
import { StartError } from './start-error.ts';
import { warmUp } from './warm-up.ts';

/** How long a request may still take once the drain is over. */
const LAST_REQUESTS_MS = 5000;
/** A signal that comes again later than this is impatience; sooner, it is `npm` passing on what the terminal sent. */
const SECOND_SIGNAL_MS = 1000;

export interface ServerOptions {
  /** The gate of the moment: a reload swaps what it returns. */
  readonly gate: () => Gate;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | 'development';
  readonly logLevel: LogLevel;
  /** How long requests are still served after SIGTERM, while the endpoint is taken out of the Service. */
  readonly drainMs: number;
  /** Where words for people go, a line at a time; stderr by default, since stdout carries the log. */
  readonly print?: (line: string) => void;
}

export interface RunningServer {
  readonly port: number;
  readonly url: string;
  /** Drains and stops, as SIGTERM does. */
  close(): Promise<void>;
  /** Settles when the server has stopped, for whatever reason. */
  readonly closed: Promise<void>;
}

/** Listens and answers reviews until SIGTERM or SIGINT. Rejects with a {@link StartError} where it cannot start. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { gate, host, tls, print = printToStderr } = options;
  const development = tls === 'development' ? await makeDevelopment(host) : undefined;
  let draining = false;
  let app: App | undefined;
  const { promise: closed, resolve: hasClosed } = Promise.withResolvers<void>();

  async function stop(): Promise<void> {
    if (draining) return closed;
    draining = true;
    if (app) {
      await sleep(options.drainMs);
      const server = app.server;
      setTimeout(() => server.closeAllConnections(), LAST_REQUESTS_MS).unref();
      await app.close();
    }
    development?.remove();
    removeSignals();
    hasClosed();
  }
  // Before listening: as the first process of a container, one without handlers is deaf to these signals.
  const removeSignals = onSignals(stop);

  try {
    const certificate =
      tls === 'development' ? development?.certificate : await readCertificate(tls.certFile, tls.keyFile);
    if (!certificate) throw new StartError('there is no certificate');
    app = buildApp({ getGate: gate, log: createLog(options.logLevel), certificate, isDraining: () => draining });
    warmUp(gate());
    await listen(app, host, options.port);
  } catch (error) {
    app = undefined;
    await stop();
    throw error;
  }

  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const url = `https://${urlHost(host)}:${port}`;
  const { policies } = gate().policies;
  print(`sandgate: listening on ${url} with ${policies.length} ${policies.length === 1 ? 'policy' : 'policies'}`);
  if (development) print(`sandgate: a certificate for development is in ${development.folder}; try it:`);
  if (development) print(development.commandFor(url));
  return { port, url, close: stop, closed };
}

function onSignals(stop: () => Promise<void>): () => void {
  let first = 0;
  const handle = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (first === 0) {
      first = now;
      void stop();
    } else if (now - first > SECOND_SIGNAL_MS) {
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
  };
  process.on('SIGTERM', handle).on('SIGINT', handle);
  return () => process.off('SIGTERM', handle).off('SIGINT', handle);
}

async function listen(app: App, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const reason =
      code === 'EADDRINUSE' ? 'the port is in use' : error instanceof Error ? error.message : String(error);
    throw new StartError(`cannot listen on ${host}:${port}: ${reason}`);
  }
}

/** An address one can connect to: a wildcard is not. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function printToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
