// The distribution API of registries: manifests and blobs. Sources: opencontainers/distribution-spec, and
// https://distribution.github.io/distribution/spec/auth/ for tokens.
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import type { Keychain } from './credentials.ts';
import { type Asked, type HttpOptions, open, RegistryError, send } from './http.ts';

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
/** As registries bound it. */
const MOST_MANIFEST_BYTES = 4 * 1024 * 1024;
const MOST_TOKEN_BYTES = 1024 * 1024;

/** A manifest, by the digest of its bytes. */
export interface Manifest {
  readonly digest: string;
  readonly value: JsonObject;
}

export interface ClientOptions extends HttpOptions {
  readonly keychain: Keychain;
  /** Asks every registry over http; else only those of this machine, unless there are certificates to trust. */
  readonly plainHttp: boolean;
}

/** One repository of a registry. */
export class Repository {
  /** `ghcr.io/acme/app`. */
  readonly name: string;
  readonly #options: ClientOptions;
  readonly #base: URL;
  #authorization: string | undefined;

  constructor(name: string, options: ClientOptions) {
    this.name = name;
    this.#options = options;
    const slash = name.indexOf('/');
    const named = name.slice(0, slash);
    const host = named === 'docker.io' ? 'registry-1.docker.io' : named;
    const isLocal = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(host);
    const isPlain = options.plainHttp || (isLocal && options.ca === undefined);
    this.#base = new URL(`${isPlain ? 'http' : 'https'}://${host}/v2/${name.slice(slash + 1)}/`);
  }

  /**
   * A manifest or an index, by a tag or a digest.
   * @throws RegistryError where it cannot be had, or is not what its digest says
   */
  async manifest(reference: string): Promise<Manifest> {
    const url = new URL(`manifests/${reference}`, this.#base);
    const { body } = await this.#get(
      url,
      { headers: { accept: MANIFESTS.join(', ') }, mostBytes: MOST_MANIFEST_BYTES },
      reference,
    );
    const digest = digestOf(body);
    if (reference.startsWith('sha256:') && digest !== reference)
      throw new RegistryError(`${this.name}@${reference}: the registry sent something else, ${digest}`);
    return { digest, value: this.#json(body, reference) };
  }

  /** A blob that is a JSON object. Throws likewise. */
  async json(digest: string, mostBytes: number): Promise<JsonObject> {
    const { body } = await this.#get(new URL(`blobs/${digest}`, this.#base), { mostBytes }, digest);
    if (digestOf(body) !== digest) throw new RegistryError(`${this.name}@${digest}: the registry sent something else`);
    return this.#json(body, digest);
  }

  /** A blob, as it arrives. Nobody has compared it with its digest. */
  async stream(digest: string): Promise<IncomingMessage> {
    const url = new URL(`blobs/${digest}`, this.#base);
    const { response } = await open(url, { headers: this.#headers({}), mostBytes: 0 }, this.#options);
    if (response.statusCode === 200) return response;
    response.resume();
    throw new RegistryError(`${this.name}@${digest}: ${this.#base.host} answers ${response.statusCode}`);
  }

  #json(body: Buffer, reference: string): JsonObject {
    try {
      const value: unknown = JSON.parse(body.toString());
      if (isJsonObject(value)) return value;
    } catch {
      // Said below.
    }
    throw new RegistryError(`${this.name} ${reference}: not a JSON object`);
  }

  #headers(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return this.#authorization === undefined ? headers : { ...headers, authorization: this.#authorization };
  }

  async #get(url: URL, asked: Asked, reference: string) {
    let answer = await send(url, { ...asked, headers: this.#headers(asked.headers ?? {}) }, this.#options);
    const challenge = answer.headers['www-authenticate'];
    if (answer.status === 401 && challenge !== undefined) {
      this.#authorization = await this.#authorize(challenge);
      answer = await send(url, { ...asked, headers: this.#headers(asked.headers ?? {}) }, this.#options);
    }
    if (answer.status === 200) return answer;
    throw new RegistryError(`${this.name} ${reference}: ${this.#refusal(answer.status)}`);
  }

  #refusal(status: number): string {
    const { host } = this.#base;
    if (status === 401 || status === 403)
      return `${host} answers ${status}: it wants other credentials, or there is no such image (--docker-config, --pull-secret)`;
    if (status === 404) return `${host} has no such image`;
    if (status === 429) return `${host} answers 429: too many requests, try later or with credentials`;
    return `${host} answers ${status}`;
  }

  /** What answers a challenge: a password, or a token that somebody gives for one. */
  async #authorize(challenge: string): Promise<string | undefined> {
    const login = await this.#options.keychain(this.name);
    const basic = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
    if (/^basic\b/i.test(challenge)) return login?.identityToken === undefined ? basic : undefined;
    const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));
    const realm = fields.get('realm') ?? '';
    if (!/^bearer\b/i.test(challenge) || !URL.canParse(realm))
      throw new RegistryError(`${this.#base.host}: it wants credentials of a kind that is not known here`);
    const url = new URL(realm);
    if (url.protocol !== 'https:' && url.protocol !== this.#base.protocol)
      throw new RegistryError(
        `${this.#base.host}: it wants credentials at ${url.protocol}//${url.host} (expected https)`,
      );
    const scope = fields.get('scope') ?? `repository:${this.name.slice(this.name.indexOf('/') + 1)}:pull`;
    const asked = { service: fields.get('service') ?? '', scope, client_id: 'sandgate' };
    const token = login?.identityToken;
    const answer =
      token === undefined
        ? await send(
            withQuery(url, asked),
            { headers: basic ? { authorization: basic } : {}, mostBytes: MOST_TOKEN_BYTES },
            this.#options,
          )
        : await send(
            url,
            {
              form: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, ...asked }).toString(),
              mostBytes: MOST_TOKEN_BYTES,
            },
            this.#options,
          );
    if (answer.status !== 200)
      throw new RegistryError(`${this.name}: ${url.host} answers ${answer.status} to the credentials`);
    const body = this.#json(answer.body, 'token');
    return `Bearer ${stringField(body, 'token') ?? stringField(body, 'access_token') ?? ''}`;
  }
}

function withQuery(url: URL, query: Readonly<Record<string, string>>): URL {
  const asked = new URL(url);
  for (const [key, value] of Object.entries(query)) asked.searchParams.set(key, value);
  return asked;
}

/** The digest of bytes, as registries write it. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The digest that a descriptor names; undefined where it is none. */
export function descriptorDigest(descriptor: unknown): string | undefined {
  const digest = stringField(descriptor, 'digest') ?? '';
  return /^sha256:[a-f0-9]{64}$/.test(digest) ? digest : undefined;
}

/** The manifests of an index. */
export function manifestsIn(manifest: JsonObject): readonly unknown[] | undefined {
  const list = ownField(manifest, 'manifests');
  return Array.isArray(list) ? list : undefined;
}

/** The layers of a manifest, from the lowest. */
export function layersOf(manifest: JsonObject): readonly JsonObject[] {
  const layers = ownField(manifest, 'layers');
  return Array.isArray(layers) ? layers.filter(isJsonObject) : [];
}
