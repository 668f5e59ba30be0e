// Serves GET /metrics over plain HTTP on a port of its own, so that Prometheus needs no access to the webhook's port.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { Log } from '../../observe/log.ts';
import { cannotListen } from '../start-error.ts';

/** Enough for several scrapers. */
const MOST_CONNECTIONS = 50;
/** Longer than the time between two scrapes: if we closed an idle connection first, a scrape on its way would fail. */
const KEEP_ALIVE_MS = 120_000;
const REQUEST_MS = 10_000;

/** A metrics server that listens. */
export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens. Rejects with a {@link StartError} where it cannot. */
export async function startMetricsServer(
  registry: Registry,
  log: Pick<Log, 'error'>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<MetricsServer> {
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: REQUEST_MS, requestTimeout: REQUEST_MS },
    (request, response) => void answer(request, response, registry, log),
  );
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, host, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => close(server),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  registry: Registry,
  log: Pick<Log, 'error'>,
): Promise<void> {
  // A request body is not read, so the connection cannot be used for another request.
  if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined) {
    response.setHeader('connection', 'close');
  }
  const { method = '', url = '' } = request;
  if ((method !== 'GET' && method !== 'HEAD') || url.split('?', 1)[0] !== '/metrics') {
    send(response, 404, 'text/plain; charset=utf-8', 'not found: expected GET /metrics\n');
    return;
  }
  try {
    send(response, 200, registry.contentType, await registry.metrics());
  } catch (error) {
    log.error({ err: error }, 'failed to answer');
    send(response, 500, 'text/plain; charset=utf-8', 'internal error\n');
  }
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen({ host, port }, resolve);
  try {
    await promise;
  } catch (error) {
    throw cannotListen(host, port, error);
  } finally {
    server.off('error', reject);
  }
}

async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}
