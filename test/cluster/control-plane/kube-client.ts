// A Kubernetes client of our own for tests: thin, so that nothing but the server decides what a test sees.
import { ownField, stringField } from '../../../src/model/json.ts';
import type { Discovery, KindRef, ObjectRef } from './discovery.ts';
import { type HttpOptions, type HttpTarget, type KubeReply, sendToServer } from './kube-http.ts';

/** What may go with a write, as the query parameters of the same names. */
export interface WriteOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
  /** Such as `status`, `ephemeralcontainers`, `resize`, `scale`, `eviction`, `binding`, `token`. */
  readonly subresource?: string;
  /** Whose subresource it is, where what is sent is of another kind: a Scale, an Eviction, a Binding, a TokenRequest. */
  readonly of?: ObjectRef;
}

export interface PatchOptions extends WriteOptions {
  /** For `apply`: takes fields over from other managers. */
  readonly force?: boolean;
}

export interface DeleteOptions {
  readonly dryRun?: boolean;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
}

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export type PatchType = keyof typeof PATCH_TYPES;

/** Asks the server as one user. Nothing rejects for an HTTP status: that is in the reply. */
export class KubeClient {
  readonly #target: HttpTarget;
  readonly #discovery: Discovery;

  constructor(target: HttpTarget, discovery: Discovery) {
    this.#target = target;
    this.#discovery = discovery;
  }

  /** Any request: a string is sent as it is, all else as JSON. */
  request(method: string, path: string, body?: unknown, options?: HttpOptions): Promise<KubeReply> {
    return sendToServer(this.#target, method, path, body, options);
  }

  /** Creates an object in the namespace it names, or a subresource of `options.of`. */
  async create(object: object, options: WriteOptions = {}): Promise<KubeReply> {
    const { namespace } = readRef(object);
    const path = options.of
      ? await this.#discovery.object(options.of)
      : await this.#discovery.collection(readRef(object), namespace);
    return await this.request('POST', withOptions(path, options), object);
  }

  async get(ref: ObjectRef, options: { readonly subresource?: string } = {}): Promise<KubeReply> {
    return await this.request('GET', withOptions(await this.#discovery.object(ref), options));
  }

  /** Lists a kind, in all namespaces where none is given. */
  async list(kind: KindRef, { namespace, ...query }: ListOptions = {}): Promise<KubeReply> {
    return await this.request('GET', withQuery(await this.#discovery.collection(kind, namespace), query));
  }

  /** Replaces an object, or a subresource of it. */
  async update(object: object, options: WriteOptions = {}): Promise<KubeReply> {
    const path = await this.#discovery.object(options.of ?? refOf(object));
    return await this.request('PUT', withOptions(path, options), object);
  }

  async patch(ref: ObjectRef, body: unknown, type: PatchType, options: PatchOptions = {}): Promise<KubeReply> {
    const { of, ...rest } = options;
    const path = await this.#discovery.object(of ?? ref);
    const query = type === 'apply' ? { fieldManager: 'sandgate-test', ...rest } : rest;
    return await this.request('PATCH', withOptions(path, query), body, { contentType: PATCH_TYPES[type] });
  }

  /** Server-side apply of an object to itself. */
  async apply(object: object, options: PatchOptions = {}): Promise<KubeReply> {
    return await this.patch(refOf(object), object, 'apply', options);
  }

  async delete(ref: ObjectRef, { dryRun = false, ...options }: DeleteOptions = {}): Promise<KubeReply> {
    // In the body: beside one, the server does not read the query.
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', ...options, ...(dryRun && { dryRun: ['All'] }) };
    return await this.request('DELETE', await this.#discovery.object(ref), body);
  }
}

/**
 * Which object this is.
 *
 * @throws Error where it has no apiVersion, kind or name
 */
export function refOf(object: object): ObjectRef {
  const { name, ...ref } = readRef(object);
  if (name === undefined) throw new Error(`a ${ref.kind} without metadata.name`);
  return { ...ref, name };
}

function readRef(
  object: object,
): KindRef & { readonly name: string | undefined; readonly namespace: string | undefined } {
  const [apiVersion, kind] = [stringField(object, 'apiVersion'), stringField(object, 'kind')];
  if (apiVersion === undefined || kind === undefined) {
    throw new Error(`an object without apiVersion or kind: ${JSON.stringify(object).slice(0, 200)}`);
  }
  const metadata = ownField(object, 'metadata');
  return { apiVersion, kind, name: stringField(metadata, 'name'), namespace: stringField(metadata, 'namespace') };
}

function withOptions(path: string, options: PatchOptions): string {
  const { of: _of, subresource, dryRun, ...query } = options;
  const whole = subresource === undefined ? path : `${path}/${subresource}`;
  return withQuery(whole, { ...query, ...(dryRun === true && { dryRun: 'All' }) });
}

function withQuery(path: string, query: Readonly<Record<string, string | boolean | undefined>>): string {
  const set = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) set.set(name, `${value}`);
  return set.size === 0 ? path : `${path}?${set.toString()}`;
}
