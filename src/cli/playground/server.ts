// Serves the playground to a browser on this machine.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../exit.ts';
import type { PageFiles } from './files.ts';

const LOOPBACK = '127.0.0.1';

/** Beside the policy that stands in the page itself: what a page cannot say of itself, and what keeps others away from it. */
const HEADERS = {
  'Content-Security-Policy': "frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  // A new version of Sandgate can stand behind the same address.
  'Cache-Control': 'no-cache',
};

/** A playground that is being served. */
export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves files on 127.0.0.1.
 * @param port 0 for any that is free
 * @throws UsageError where the port is taken or may not be used
 */
export async function servePlayground(files: PageFiles, port: number): Promise<Served> {
  const server = createServer((request, response) => answer(request, response, files));
  await listening(server, port);
  const address = server.address();
  return {
    url: `http://${LOOPBACK}:${isBound(address) ? address.port : port}/`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, files: PageFiles): void {
  const { method = '', url = '/' } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { ...HEADERS, Allow: 'GET, HEAD' }).end();
    return;
  }
  const file = files.get(url.replace(/\?.*$/, ''));
  if (!file) {
    response.writeHead(404, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' }).end('not found\n');
    return;
  }
  const { type, content } = file;
  response.writeHead(200, { ...HEADERS, 'Content-Type': type, 'Content-Length': content.length });
  response.end(method === 'HEAD' ? undefined : content);
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'the port is in use' : error.message;
      reject(new UsageError(`cannot listen on ${LOOPBACK}:${port}: ${why} (expected a free port: --port 0 takes any)`));
    });
    server.listen(port, LOOPBACK, resolve);
  });
}

function isBound(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
