// GET and POST with bounds: so many bytes, so many seconds, so many redirects; and errors that say what to do.
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { VERSION } from '../../model/version.ts';

/** What cannot be had from a registry, in words for the user. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
}

/** What is asked for. */
export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  /** A form to post. */
  readonly form?: string;
  readonly mostBytes: number;
}

/** How requests are made. */
export interface HttpOptions {
  /** Certificates to trust beside those that Node trusts, as PEM. */
  readonly ca: string | undefined;
  /** Until an answer begins, and for each pause in it. */
  readonly timeoutMs: number;
}

/** An answer with its body. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const MOST_REDIRECTS = 5;
/** Of a body that says why a request is refused. */
const MOST_ERROR_BYTES = 64 * 1024;

/**
 * The answer, read whole.
 * @throws RegistryError where there is none, or more of it than is asked for
 */
export async function send(url: URL, asked: Asked, options: HttpOptions): Promise<Answer> {
  const { response, url: from } = await open(url, asked, options);
  const status = response.statusCode ?? 0;
  const mostBytes = status < 300 ? asked.mostBytes : MOST_ERROR_BYTES;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const bytes of bytesOf(response)) {
      size += bytes.length;
      if (size > mostBytes) throw new RegistryError(`${from.host}: the answer has more than ${mostBytes} bytes`);
      chunks.push(bytes);
    }
  } catch (error) {
    response.destroy();
    throw error instanceof RegistryError ? error : unreachable(from, error);
  }
  return { status, headers: response.headers, body: Buffer.concat(chunks) };
}

/** The chunks of a body. */
function bytesOf(response: IncomingMessage): AsyncIterable<Buffer> {
  return response;
}

/**
 * The answer, once it has begun: its body is still to be read. Redirects are followed, as registries send them for blobs; credentials
 * go to the host alone that they are for.
 */
export async function open(
  url: URL,
  asked: Asked,
  options: HttpOptions,
): Promise<{ readonly response: IncomingMessage; readonly url: URL }> {
  let at = url;
  for (let count = 0; count <= MOST_REDIRECTS; count++) {
    const headers = at.origin === url.origin ? asked.headers : without(asked.headers, 'authorization');
    const response = await begin(at, { ...asked, headers: headers ?? {} }, options);
    const { location } = response.headers;
    if (location === undefined || ![301, 302, 303, 307, 308].includes(response.statusCode ?? 0))
      return { response, url: at };
    response.resume();
    if (!URL.canParse(location, at.href)) throw new RegistryError(`${at.host}: redirects to what is not an address`);
    const next = new URL(location, at);
    if (next.protocol !== 'https:' && next.protocol !== at.protocol)
      throw new RegistryError(`${at.host}: redirects to ${next.protocol}//${next.host} (expected https)`);
    at = next;
  }
  throw new RegistryError(`${url.host}: more than ${MOST_REDIRECTS} redirects`);
}

function without(headers: Asked['headers'], name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers ?? {}).filter(([key]) => key !== name));
}

function begin(url: URL, asked: Asked, { ca, timeoutMs }: HttpOptions): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { form } = asked;
  const wanted: RequestOptions = {
    ...urlToHttpOptions(url),
    method: form === undefined ? 'GET' : 'POST',
    ...(ca !== undefined && { ca }),
    headers: {
      'user-agent': `sandgate/${VERSION}`,
      ...asked.headers,
      ...(form !== undefined && {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(form),
      }),
    },
  };
  const sent = url.protocol === 'http:' ? requestHttp(wanted) : requestHttps(wanted);
  sent.setTimeout(timeoutMs, () =>
    sent.destroy(new RegistryError(`${url.host}: no answer within ${timeoutMs / 1000} s`)),
  );
  sent.on('response', resolve);
  sent.on('error', (error) => reject(error instanceof RegistryError ? error : unreachable(url, error)));
  sent.end(form);
  return promise;
}

const TLS = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|ERR_SSL|ERR_TLS/;

function unreachable(url: URL, error: unknown): RegistryError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error && error.message !== '' ? error.message : code;
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || /wrong version number/i.test(message))
    return new RegistryError(`${url.host}: it does not speak TLS (--plain-http asks without)`);
  if (TLS.test(code))
    return new RegistryError(`${url.host}: its certificate is not trusted: ${message} (--ca names one to trust)`);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new RegistryError(`${url.host}: the name cannot be resolved (no network, or no such registry)`);
  if (code === 'ECONNREFUSED') return new RegistryError(`${url.host}: nothing listens there`);
  return new RegistryError(`${url.host}: ${message.split('\n')[0] ?? 'no answer'}`);
}
