// The TCP and TLS connections to a server: how many may be open, how long they may take, and which are closed when.
import type { Server } from 'node:https';
import type { Duplex } from 'node:stream';

/** The memory that an idle connection takes, as measured. */
const BYTES_EACH = 64 * 1024;
/** The API servers of a cluster open a few hundred together. */
const MOST_CONNECTIONS = 8192;
/** A connection that was opened or used more recently is not closed, since its client may be about to send a request. */
const FRESH_MS = 1000;

/** Options of a server that soon close connections whose client sends nothing, or a byte now and then. */
export const CONNECTION_OPTIONS = {
  /** For the TLS handshake, in milliseconds. */
  handshakeTimeout: 10_000,
  /** From the first byte of a request to the end of its headers; for connections without one see {@link keepUnused}. */
  headersTimeout: 10_000,
  /** How often Node checks these limits; every 30 s by default. */
  connectionsCheckingInterval: 2000,
} as const;

export interface Connections {
  /** Closes the connections without a request in progress: those between two requests, and those opened a while ago and never used. */
  closeIdle(): void;
  /** Closes all connections and returns how many there were. */
  closeAll(): number;
}

/**
 * Leaves connections open that never sent anything: Node would answer each with a 408 when its headers are late. Go clients open
 * connections in advance, and when such a one gets its first request at that moment, the 408 is taken for the answer; the longer the
 * event loop is behind, the longer the request can have lain there unread. {@link watchConnections} closes them when there are too many.
 */
export function keepUnused(server: Server): void {
  const listeners = server.listeners('clientError');
  server.removeAllListeners('clientError');
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && 'bytesRead' in socket && socket.bytesRead === 0) return;
    for (const listener of listeners) listener.call(server, error, socket);
  });
}

/** As many connections as fit a quarter of the memory that the process may use, up to 8192. */
export function mostConnections(memory = process.constrainedMemory()): number {
  return memory > 0 ? Math.min(MOST_CONNECTIONS, Math.floor(memory / 4 / BYTES_EACH)) : MOST_CONNECTIONS;
}

/**
 * Watches the connections of a server from now on. When there are too many, the one that has been unused for longest is
 * closed in favour of the new one. Were the new one refused instead, idle clients could keep an API server out.
 */
export function watchConnections(server: Server, most = mostConnections()): Connections {
  /** All TCP connections, also those in the TLS handshake. */
  const open = new Set<Duplex>();
  // Both in order of time, oldest first. Node does not count a connection that never sent anything as idle; Go clients open
  // such connections in advance.
  const unused = new Map<Duplex, number>();
  const used = new Map<Duplex, number>();

  function makeRoomFor(newcomer: Duplex): void {
    const now = performance.now();
    for (const connections of [unused, used]) {
      for (const [socket, since] of connections) {
        if (now - since < FRESH_MS) break;
        connections.delete(socket);
        socket.destroy();
        return;
      }
    }
    newcomer.destroy();
  }

  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    if (open.size > most) makeRoomFor(socket);
  });
  server.on('secureConnection', (socket) => {
    unused.set(socket, performance.now());
    socket.once('close', () => {
      unused.delete(socket);
      used.delete(socket);
    });
  });
  server.on('request', ({ socket }) => {
    if (!unused.delete(socket)) used.delete(socket);
    if (!socket.destroyed) used.set(socket, performance.now());
  });

  return {
    closeIdle() {
      server.closeIdleConnections();
      const now = performance.now();
      for (const [socket, since] of unused) if (now - since > FRESH_MS) socket.destroy();
    },
    closeAll() {
      const count = open.size;
      server.closeAllConnections();
      for (const socket of open) socket.destroy();
      return count;
    },
  };
}
