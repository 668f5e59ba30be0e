// One request to the API server over a connection that is kept, with nothing between it and the test.
import { type Agent, request } from 'node:https';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { readWarnings } from './warning-header.ts';

// The server itself gives up on a request after 60 s.
const TIMEOUT_MS = 65_000;

/** What the server said, whatever the status. */
export interface KubeReply {
  readonly status: number;
  /** The body as JSON; empty where it is not a JSON object. */
  readonly body: JsonObject;
  /** The body as it came, with every digit of its numbers. */
  readonly text: string;
  /** The texts of its Warning headers. */
  readonly warnings: readonly string[];
}

export interface HttpTarget {
  readonly url: string;
  readonly agent: Agent;
  /** Sent with every request: who is asking. */
  readonly headers: Readonly<Record<string, string | string[]>>;
}

export interface HttpOptions {
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/**
 * Sends a request. A string is sent as it is, all else as JSON.
 *
 * @throws Error where there is no reply: the connection fails, or `timeoutMs` pass
 */
export async function sendToServer(
  target: HttpTarget,
  method: string,
  path: string,
  body?: unknown,
  { contentType = 'application/json', headers = {}, timeoutMs = TIMEOUT_MS }: HttpOptions = {},
): Promise<KubeReply> {
  const { promise, resolve, reject } = Promise.withResolvers<KubeReply>();
  const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const about =
    payload === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) };
  const signal = AbortSignal.timeout(timeoutMs);
  const fail = (error: Error): void => {
    const reason = signal.aborted ? `no reply within ${timeoutMs / 1000} s` : error.message;
    reject(new Error(`${method} ${path}: ${reason}`, { cause: error }));
  };
  const sent = request(new URL(path, target.url), {
    method,
    agent: target.agent,
    headers: { accept: 'application/json', ...target.headers, ...about, ...headers },
    signal,
  });
  sent.on('error', fail);
  sent.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', fail);
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const warnings = readWarnings(response.headersDistinct.warning ?? []);
      resolve({ status: response.statusCode ?? 0, body: parseBody(text), text, warnings });
    });
  });
  sent.end(payload);
  return await promise;
}

function parseBody(text: string): JsonObject {
  if (!text.startsWith('{')) return {};
  const body: unknown = JSON.parse(text);
  return isJsonObject(body) ? body : {};
}
