// Connections as such, whatever is said over them: how many, how long they may take, and how they are got rid of.
import type { Server } from 'node:https';
import type { Duplex } from 'node:stream';

/** What one takes at rest, measured. */
const BYTES_EACH = 64 * 1024;
/** The API servers of a cluster have a few hundred between them. */
const MOST_CONNECTIONS = 8192;
/** Who has just connected, or sent something, may be about to go on. */
const FRESH_MS = 1000;

/** What a server is made with, so that who only connects, or sends a byte now and then, is soon gone. */
export const CONNECTION_OPTIONS = {
  /** The TLS handshake. */
  handshakeTimeout: 10_000,
  /** From the connection, or the first byte of a request, to the end of its headers. */
  headersTimeout: 10_000,
  /** How often that is looked at; Node's own choice is every 30 s. */
  connectionsCheckingInterval: 2000,
} as const;

export interface Connections {
  /** Closes those without a request under way: between two of them, or opened a while ago and never used. */
  closeIdle(): void;
  /** Closes all; returns how many there were. */
  closeAll(): number;
}

/** A quarter of the memory that the process may use, up to 8192 connections. */
export function mostConnections(memory = process.constrainedMemory()): number {
  return memory > 0 ? Math.min(MOST_CONNECTIONS, Math.floor(memory / 4 / BYTES_EACH)) : MOST_CONNECTIONS;
}

/**
 * Watches the connections of a server from now on. One too many takes the place of whichever has been of no use for
 * longest: turned away instead, an API server would wait for whoever sits on the rest.
 */
export function watchConnections(server: Server, most = mostConnections()): Connections {
  /** As TCP has them, in a handshake or past it. */
  const open = new Set<Duplex>();
  // Both longest ago first. Node takes a connection that never sent anything for busy; Go opens such ones ahead of need.
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
