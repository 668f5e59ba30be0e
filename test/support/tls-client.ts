// The app over real TLS on a free loopback port, spoken to as the API server does: HTTP/1.1, connections kept alive.
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import type { Gate } from '../../src/engine/gate.ts';
import { createLog } from '../../src/observe/log.ts';
import { type AppOptions, buildApp } from '../../src/server/app.ts';
import { makeDevelopment } from '../../src/server/development/development.ts';
import type { Certificate } from '../../src/server/tls/certificate.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. */
  readonly body: unknown;
  /** The client's port: the same for two answers that came over one connection. */
  readonly localPort: number | undefined;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A client that trusts one certificate, and shows its own where it has one. */
export class TlsClient {
  readonly #agent: Agent;
  readonly #url: string;

  constructor(url: string, ca: string, own?: Certificate) {
    this.#url = url;
    this.#agent = new Agent({ ca, keepAlive: true, ...own });
  }

  /** Posts a review as the API server does. */
  post(path: string, review: unknown): Promise<Answer> {
    const headers = { 'content-type': 'application/json', accept: 'application/json, */*' };
    return this.send(path, { method: 'POST', headers, body: JSON.stringify(review) });
  }

  send(path: string, options: RequestOptions = {}): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const { method = 'GET', headers = {}, body } = options;
    const length: Record<string, string> = body === undefined ? {} : { 'content-length': `${Buffer.byteLength(body)}` };
    const sent = request(new URL(path, this.#url), { method, headers: { ...length, ...headers }, agent: this.#agent });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      const localPort = response.socket.localPort;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = response.headers['content-type']?.startsWith('application/json') === true;
        const answered: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: answered, localPort });
      });
    });
    sent.end(body);
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }
}

export interface TestServer {
  readonly url: string;
  readonly client: TlsClient;
  /** The lines logged so far. */
  readonly lines: readonly unknown[];
  close(): Promise<void>;
}

let made: Promise<Certificate> | undefined;

/** A certificate for loopback addresses, without the files that come with it. */
async function makeCertificate(): Promise<Certificate> {
  const development = await makeDevelopment('127.0.0.1');
  development.remove();
  return development.certificate;
}

/** Starts the app with a gate. Made once per test file, the certificate serves all its servers. */
export async function startTestServer(getGate: () => Gate, options: Partial<AppOptions> = {}): Promise<TestServer> {
  made ??= makeCertificate();
  const certificate = await made;
  const lines: unknown[] = [];
  const log = createLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
  const app = buildApp({ getGate, log, certificate, ...options });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const client = new TlsClient(url, certificate.cert);
  return {
    url,
    client,
    lines,
    async close() {
      client.close();
      await app.close();
    },
  };
}
