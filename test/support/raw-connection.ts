// A connection on which any bytes can be sent, also what no HTTP client would: it only reads answers as one does.
import { connect as connectPlain, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls, createSecureContext } from 'node:tls';

export interface RawAnswer {
  readonly status: number;
  /** The status line and the headers. */
  readonly head: string;
  readonly text: string;
}

interface Waiting {
  resolve(answer: RawAnswer): void;
  reject(error: Error): void;
}

/** What a client has that shows no certificate; to make one for each connection costs as much as the rest of its handshake. */
const NOBODY = createSecureContext();

const NOTHING = Buffer.alloc(0);
const HEAD_END = Buffer.from('\r\n\r\n');

export class RawConnection {
  readonly socket: Socket;
  /** What lies below TLS. */
  readonly #wire: Socket;
  /** What a later connection can go on with; comes soon after the handshake. Never without TLS. */
  readonly session: Promise<Buffer>;
  /** Settles when the connection is gone, for whatever reason. */
  readonly closed: Promise<void>;
  /** Why it went, where there was an error. */
  error: Error | undefined;
  #received: Buffer = NOTHING;
  readonly #answers: RawAnswer[] = [];
  readonly #waiting: Waiting[] = [];
  #gone = false;

  private constructor(socket: Socket, wire: Socket) {
    this.socket = socket;
    this.#wire = wire;
    wire.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => {
      this.error = error;
    });
    this.session = new Promise((resolve) => socket.once('session', resolve));
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#gone = true;
        for (const waiting of this.#waiting) waiting.reject(this.#goneError());
        resolve();
      });
    });
  }

  /** Over TLS to the host and port of a URL; rejects where the handshake fails. No certificate is checked. */
  static async tls(url: string, options: ConnectionOptions = { secureContext: NOBODY }): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connectTls({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port),
      rejectUnauthorized: false,
      ...options,
    });
    await ready(socket, 'secureConnect');
    return new RawConnection(socket, socket);
  }

  /** Over TLS, going on with the session of an earlier connection, as a client's pool does. */
  static again(url: string, session: Buffer): Promise<RawConnection> {
    return RawConnection.tls(url, { secureContext: NOBODY, session });
  }

  /** Over TLS, for a reset: Node can reset no socket that its own TLS reads from, so here a stream stands in between. */
  static async resettable(url: string): Promise<RawConnection> {
    const wire = connectTo(url);
    const stream = Duplex.from({ readable: wire, writable: wire });
    // What is left to say when the wire is gone.
    stream.on('error', () => {});
    const socket = connectTls({ socket: stream, rejectUnauthorized: false, secureContext: NOBODY });
    await ready(socket, 'secureConnect');
    return new RawConnection(socket, wire);
  }

  /** Without TLS. */
  static async plain(url: string): Promise<RawConnection> {
    const socket = connectTo(url);
    await ready(socket, 'connect');
    return new RawConnection(socket, socket);
  }

  get isOpen(): boolean {
    return !this.#gone;
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** Sends a review as the API server does. Without awaiting the answer it can be sent again: that is pipelining. */
  post(path: string, body: string | Buffer, headers = 'content-type: application/json\r\n'): Promise<RawAnswer> {
    const length = Buffer.byteLength(body);
    this.socket.cork();
    this.write(`POST ${path} HTTP/1.1\r\nhost: sandgate\r\n${headers}content-length: ${length}\r\n\r\n`);
    this.write(body);
    this.socket.uncork();
    return this.next();
  }

  /** The next answer; rejects where the connection ends before there is one. */
  next(): Promise<RawAnswer> {
    const answer = this.#answers.shift();
    if (answer) return Promise.resolve(answer);
    if (this.#gone) return Promise.reject(this.#goneError());
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Goes without a word. */
  close(): Promise<void> {
    this.socket.destroy();
    return this.closed;
  }

  /** Goes with a reset; for {@link resettable} and {@link plain} connections. */
  reset(): Promise<void> {
    this.#wire.resetAndDestroy();
    return this.close();
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    for (;;) {
      const end = this.#received.indexOf(HEAD_END);
      if (end === -1) return;
      const head = this.#received.toString('latin1', 0, end);
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0);
      const length = Number(/^content-length: (\d+)\r?$/im.exec(head)?.[1] ?? 0);
      const next = end + HEAD_END.length + length;
      if (this.#received.length < next) return;
      const text = this.#received.toString('utf8', end + HEAD_END.length, next);
      this.#received = this.#received.length === next ? NOTHING : this.#received.subarray(next);
      const answer = { status, head, text };
      const waiting = this.#waiting.shift();
      if (waiting) waiting.resolve(answer);
      else this.#answers.push(answer);
    }
  }

  #goneError(): Error {
    return this.error ?? new Error('the connection was closed without an answer');
  }
}

function connectTo(url: string): Socket {
  const { hostname, port } = new URL(url);
  return connectPlain({ host: hostname, port: Number(port) });
}

function ready(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    // Before there is a session, a close is all that some faults come to.
    socket.once('close', () => reject(new Error('the connection was closed before it was made')));
    socket.once(event, () => {
      socket.off('error', reject);
      resolve();
    });
  });
}
