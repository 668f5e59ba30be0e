// Requests to the API server, over HTTP/1.1 on connections that are kept alive. Objects come as the plain JSON they are,
// from a list and from a watch alike.
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { ownField, stringField } from '../../model/json.ts';
import { VERSION } from '../../model/version.ts';
import { ApiError, reasonOf } from './api-error.ts';
import { chunksOf, jsonOf } from './body.ts';
import type { Access, Credentials } from './credentials.ts';

/** Of an answer that is an error. */
const MOST_ERROR_BYTES = 64 * 1024;
/** Of any other that is read whole. */
export const MOST_BYTES = 32 * 1024 * 1024;

export interface ApiRequest {
  /** Below the server's address, with its query. */
  readonly path: string;
  /** Until the answer begins, and for each pause in it. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Deletes the object. */
  readonly remove?: true;
  /** A merge patch. */
  readonly patch?: unknown;
  /** An object to create, of which nothing is kept: a question such as a SubjectAccessReview. It may be sent twice. */
  readonly question?: object;
  /** An object for server-side apply, by a path that names it and its field manager. It may be sent twice. */
  readonly apply?: object;
  /** An object to create. */
  readonly create?: object;
}

/** Sends requests to one API server. */
export class ApiClient {
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** Its address, as a URL. */
  get server(): string {
    return this.#credentials.server.href.replace(/\/$/, '');
  }

  /** The answer, once it has begun. Throws an {@link ApiError} where there is none, or one that is not a 2xx. */
  async open(asked: ApiRequest): Promise<IncomingMessage> {
    const access = await within(asked.timeoutMs, this.#credentials.access());
    const response = await this.#send(asked, access);
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    if (status === 401) this.#credentials.refused();
    throw await refusal(response, status, asked.timeoutMs);
  }

  /** The answer as JSON. Throws likewise, and where it is not JSON. */
  async json(asked: ApiRequest): Promise<unknown> {
    return await jsonOf(chunksOf(await this.open(asked), asked.timeoutMs), MOST_BYTES);
  }

  async #send(asked: ApiRequest, access: Access): Promise<IncomingMessage> {
    try {
      return await this.#sendOnce(asked, access);
    } catch (error) {
      // The server closed a connection that we had kept: that says nothing about this request.
      if (error instanceof ClosedError && mayRepeat(asked)) return await this.#sendOnce(asked, access);
      throw error;
    }
  }

  #sendOnce(asked: ApiRequest, access: Access): Promise<IncomingMessage> {
    const { path, timeoutMs, signal } = asked;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const { method, body, type } = payloadOf(asked);
    const { pathname } = this.#credentials.server;
    const sent = request(new URL(pathname.replace(/\/$/, '') + path, this.#credentials.server), {
      agent: access.agent,
      ...(signal && { signal }),
      method,
      headers: {
        accept: 'application/json',
        'user-agent': `sandgate/${VERSION}`,
        ...access.headers,
        ...(body !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
      },
    });
    const timer = setTimeout(() => sent.destroy(new ApiError(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    sent.on('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    sent.on('error', (error) => {
      clearTimeout(timer);
      reject(sent.reusedSocket && isReset(error) ? new ClosedError(reasonOf(error)) : error);
    });
    sent.end(body);
    return promise;
  }
}

function payloadOf(asked: ApiRequest): { method: string; body?: string; type?: string } {
  const { patch, apply, create, question, remove } = asked;
  if (remove) return { method: 'DELETE' };
  if (patch !== undefined) {
    return { method: 'PATCH', body: JSON.stringify(patch), type: 'application/merge-patch+json' };
  }
  // JSON is YAML, and the only name that every version of the API server has for it.
  if (apply) return { method: 'PATCH', body: JSON.stringify(apply), type: 'application/apply-patch+yaml' };
  const posted = create ?? question;
  return posted ? { method: 'POST', body: JSON.stringify(posted), type: 'application/json' } : { method: 'GET' };
}

/** True where a request that arrived twice does what it does once. */
function mayRepeat({ patch, create }: ApiRequest): boolean {
  return patch === undefined && create === undefined;
}

/** A connection was closed before it was used again. */
class ClosedError extends ApiError {}

function isReset(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** What the server says of its refusal: a Status, or a few words. */
async function refusal(response: IncomingMessage, status: number, timeoutMs: number): Promise<ApiError> {
  const body = await jsonOf(chunksOf(response, timeoutMs), MOST_ERROR_BYTES).catch(() => undefined);
  const message = stringField(body, 'message') ?? response.statusMessage ?? '';
  const seconds = Number(response.headers['retry-after']);
  const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
  const continueToken = stringField(ownField(body, 'metadata'), 'continue');
  return new ApiError(reasonOf(`${status} ${message}`.trim()), status, retryAfterMs, { said: message, continueToken });
}

/** Exec plugins can hang. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new ApiError(`no credentials within ${ms / 1000} s`)), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
