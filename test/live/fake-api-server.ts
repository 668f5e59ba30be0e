// A stand-in for an API server, over real TLS on loopback: lists, watches, single objects, status patches, and every fault
// on demand, at the very moment a test wants it. A real one cannot be asked to fail a first list, to say 410 for ever or to
// stop in the middle of a line; what a real one does is asserted in test/cluster/live.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ApiClient } from '../../src/cluster/api/client.ts';
import type { Credentials } from '../../src/cluster/api/credentials.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../src/model/json.ts';
import { makeDevelopment } from '../../src/server/development/development.ts';
import type { Certificate } from '../../src/server/tls/certificate.ts';

export const PATHS = {
  namespaces: '/api/v1/namespaces',
  runtimeclasses: '/apis/node.k8s.io/v1/runtimeclasses',
  isolationpolicies: '/apis/sandgate.dev/v1alpha1/isolationpolicies',
  capabilityclasses: '/apis/sandgate.dev/v1alpha1/capabilityclasses',
  isolationexceptions: '/apis/sandgate.dev/v1alpha1/isolationexceptions',
  workloadkinds: '/apis/sandgate.dev/v1alpha1/workloadkinds',
} as const;

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly isWatch: boolean;
  readonly body: unknown;
}

/** What is done instead of an ordinary answer. */
export type Fault = (response: ServerResponse, asked: Asked) => void;

interface Rule {
  readonly applies: (asked: Asked) => boolean;
  readonly fault: Fault;
  times: number;
}

interface Watcher {
  readonly path: string;
  readonly response: ServerResponse;
}

let made: Promise<Certificate> | undefined;

async function makeCertificate(): Promise<Certificate> {
  const development = await makeDevelopment('127.0.0.1');
  development.remove();
  return development.certificate;
}

export class FakeApiServer {
  readonly url: string;
  readonly ca: string;
  /** Every request so far. */
  readonly asked: Asked[] = [];
  readonly #server: Server;
  readonly #objects = new Map<string, Map<string, JsonObject>>();
  readonly #watchers = new Set<Watcher>();
  readonly #rules: Rule[] = [];
  /** Below TLS, by the port of the client: what can be reset. */
  readonly #sockets = new Map<number, Socket>();
  /** By path and field manager: the webhooks that were applied last. */
  readonly #applied = new Map<string, ReadonlySet<string>>();
  #version = 100;

  private constructor(server: Server, url: string, ca: string) {
    this.#server = server;
    this.url = url;
    this.ca = ca;
    for (const path of Object.values(PATHS)) this.#objects.set(path, new Map());
  }

  /** Listens until the test is over. */
  static async start(): Promise<FakeApiServer> {
    made ??= makeCertificate();
    const certificate = await made;
    let fake: FakeApiServer | undefined;
    const server = createServer({ ...certificate }, (request, response) => void fake?.answer(request, response));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    fake = new FakeApiServer(server, `https://127.0.0.1:${port}`, certificate.cert);
    const started = fake;
    server.on('connection', (socket: Socket) => {
      const { remotePort = 0 } = socket;
      started.#sockets.set(remotePort, socket);
      socket.on('error', () => {}).on('close', () => started.#sockets.delete(remotePort));
    });
    onTestFinished(() => started.close());
    return started;
  }

  /** Knows one more kind of objects from now on. */
  serve(path: string): void {
    this.#objects.set(path, new Map());
  }

  /** A client of ours for it. */
  client(): ApiClient {
    const agent = new Agent({ ca: this.ca, keepAlive: true });
    onTestFinished(() => agent.destroy());
    const server = new URL(this.url);
    const credentials: Credentials = { server, access: async () => ({ agent, headers: {} }), refused: () => {} };
    return new ApiClient(credentials);
  }

  /** The path of a kubeconfig for it. */
  kubeconfig(user: JsonObject = { token: 'secret' }): string {
    const folder = mkdtempSync(join(tmpdir(), 'sandgate-kubeconfig-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const ca = Buffer.from(this.ca).toString('base64');
    const config = {
      clusters: [{ name: 'fake', cluster: { server: this.url, 'certificate-authority-data': ca } }],
      users: [{ name: 'user', user }],
      contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'user' } }],
      'current-context': 'fake',
    };
    const file = join(folder, 'kubeconfig');
    writeFileSync(file, JSON.stringify(config));
    return file;
  }

  /** Stores an object and tells the watches of it. Returns it as stored. */
  put(path: string, object: JsonObject): JsonObject {
    const metadata = ownField(object, 'metadata');
    const name = stringField(metadata, 'name') ?? '';
    const objects = this.#objects.get(path) ?? new Map<string, JsonObject>();
    const before = objects.get(name);
    const stored = {
      ...object,
      metadata: {
        uid: stringField(ownField(before, 'metadata'), 'uid') ?? randomUUID(),
        ...(isJsonObject(metadata) ? metadata : {}),
        resourceVersion: String(++this.#version),
      },
    };
    objects.set(name, stored);
    this.emit(path, { type: before ? 'MODIFIED' : 'ADDED', object: stored });
    return stored;
  }

  /** Removes an object and tells the watches of it; `quietly` for what happens while nobody watches. */
  remove(path: string, name: string, quietly = false): void {
    const object = this.#objects.get(path)?.get(name);
    this.#objects.get(path)?.delete(name);
    const metadata = ownField(object, 'metadata');
    const version = String(++this.#version);
    if (quietly || !object) return;
    this.emit(path, {
      type: 'DELETED',
      object: { ...object, metadata: { ...(isJsonObject(metadata) ? metadata : {}), resourceVersion: version } },
    });
  }

  get(path: string, name: string): JsonObject | undefined {
    return this.#objects.get(path)?.get(name);
  }

  /** Sends something to every watch of a resource: an event, or any text. */
  emit(path: string, event: unknown): void {
    const text = typeof event === 'string' ? event : `${JSON.stringify(event)}\n`;
    for (const watcher of this.#watchers) if (watcher.path === path) watcher.response.write(text);
  }

  /** Does something else for the requests that apply, `times` times; the latest rule goes first. */
  instead(applies: (asked: Asked) => boolean, fault: Fault, times = Number.POSITIVE_INFINITY): { end(): void } {
    const rule: Rule = { applies, fault, times };
    this.#rules.unshift(rule);
    return {
      end: () => {
        rule.times = 0;
      },
    };
  }

  /** How many watches of a resource are open. */
  watching(path: string): number {
    return [...this.#watchers].filter((watcher) => watcher.path === path).length;
  }

  /** Resets the connection of every watch of a resource. */
  reset(path: string): void {
    for (const { path: watched, response } of this.#watchers) if (watched === path) this.cut(response);
  }

  /** Resets the connection that an answer is given on. */
  cut(response: ServerResponse): void {
    this.#sockets.get(response.socket?.remotePort ?? 0)?.resetAndDestroy();
  }

  /** Ends every watch of a resource, as a timeout does. */
  end(path: string): void {
    for (const watcher of this.#watchers) {
      if (watcher.path !== path) continue;
      this.#watchers.delete(watcher);
      watcher.response.end();
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((closed) => this.#server.close(() => closed()));
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const asked: Asked = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      isWatch: url.searchParams.get('watch') === 'true',
      body: await bodyOf(request),
    };
    this.asked.push(asked);
    const rule = this.#rules.find((candidate) => candidate.times > 0 && candidate.applies(asked));
    if (rule) {
      rule.times--;
      rule.fault(response, asked);
      return;
    }
    this.#answer(asked, response);
  }

  #answer(asked: Asked, response: ServerResponse): void {
    const objects = this.#objects.get(asked.path);
    if (asked.headers['content-type'] === 'application/apply-patch+yaml') this.#apply(asked, response);
    else if (asked.method === 'PATCH') this.#patch(asked, response);
    else if (asked.method === 'POST' && objects) sendJson(response, 201, this.put(asked.path, named(asked.body)));
    else if (objects && asked.isWatch) this.#watch(asked, response);
    else if (objects) sendJson(response, 200, this.#page(asked, [...objects.values()]));
    else this.#one(asked.path, response);
  }

  #one(path: string, response: ServerResponse): void {
    const slash = path.lastIndexOf('/');
    const object = this.get(path.slice(0, slash), path.slice(slash + 1));
    if (object) sendJson(response, 200, object);
    else sendStatus(response, 404, `${path} not found`);
  }

  #page({ query }: Asked, objects: readonly JsonObject[]): JsonObject {
    const start = Number(query.get('continue') ?? 0);
    const limit = Number(query.get('limit') ?? objects.length);
    const rest = start + limit < objects.length ? { continue: String(start + limit) } : {};
    return {
      kind: 'List',
      metadata: { resourceVersion: String(this.#version), ...rest },
      items: objects.slice(start, start + limit),
    };
  }

  #watch({ path, query }: Asked, response: ServerResponse): void {
    openWatch(response);
    const watcher = { path, response };
    this.#watchers.add(watcher);
    response.on('close', () => this.#watchers.delete(watcher));
    // What came after the version that is asked for; deletions are not remembered.
    const from = Number(query.get('resourceVersion'));
    for (const object of this.#objects.get(path)?.values() ?? []) {
      const version = Number(stringField(ownField(object, 'metadata'), 'resourceVersion'));
      if (version > from) response.write(`${JSON.stringify({ type: 'MODIFIED', object })}\n`);
    }
  }

  /**
   * Server-side apply, as far as configurations of webhooks need it: who applies owns what they applied, and takes away what
   * they applied before and apply no more. Fields of a webhook that are not applied stay, and so do conditions of other names. A
   * version in what is applied is a condition.
   */
  #apply({ path, query, body }: Asked, response: ServerResponse): void {
    const [, list = '', name = ''] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
    const live = this.get(list, name);
    const version = versionOf(body);
    if (version !== undefined && version !== versionOf(live)) {
      sendStatus(response, 409, 'the object has been modified');
      return;
    }
    const manager = query.get('fieldManager') ?? '';
    const key = `${path} ${manager}`;
    const before = this.#applied.get(key) ?? new Set();
    const webhooks = listIn(body, 'webhooks');
    const names = new Set(webhooks.map((webhook) => stringField(webhook, 'name') ?? ''));
    this.#applied.set(key, names);
    const kept = listIn(live, 'webhooks').filter((webhook) => {
      const own = stringField(webhook, 'name') ?? '';
      return !names.has(own) && !before.has(own);
    });
    const metadata = { ...mapIn(live, 'metadata'), ...mapIn(body, 'metadata') };
    const applied = webhooks.map((webhook) => appliedTo(byName(listIn(live, 'webhooks'), webhook), webhook));
    const stored = this.put(list, { ...(isJsonObject(body) ? body : {}), metadata, webhooks: [...applied, ...kept] });
    sendJson(response, live ? 200 : 201, stored);
  }

  /** A merge patch, of the status or of the whole, with the resourceVersion as its condition. */
  #patch({ path, body }: Asked, response: ServerResponse): void {
    if (!path.endsWith('/status')) {
      this.#patchWhole(path, body, response);
      return;
    }
    // Objects of every namespace are kept in one list.
    const everywhere = path.replace(/\/namespaces\/[^/]+(?=\/[^/]+\/[^/]+\/status$)/, '');
    const [, list = '', name = ''] = /^(.*)\/([^/]+)\/status$/.exec(everywhere) ?? [];
    const object = this.get(list, name);
    if (!object) {
      sendStatus(response, 404, `${path} not found`);
      return;
    }
    const expected = stringField(ownField(body, 'metadata'), 'resourceVersion');
    if (expected !== stringField(ownField(object, 'metadata'), 'resourceVersion')) {
      sendStatus(response, 409, 'the object has been modified; please apply your changes to the latest version');
      return;
    }
    sendJson(response, 200, this.put(list, { ...object, status: ownField(body, 'status') }));
  }

  #patchWhole(path: string, body: unknown, response: ServerResponse): void {
    const [, list = '', name = ''] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
    const object = this.get(list, name);
    if (!object) {
      sendStatus(response, 404, `${path} not found`);
      return;
    }
    if (versionOf(body) !== undefined && versionOf(body) !== versionOf(object)) {
      sendStatus(response, 409, 'the object has been modified; please apply your changes to the latest version');
      return;
    }
    const metadata = { ...mapIn(object, 'metadata'), ...mapIn(body, 'metadata') };
    sendJson(response, 200, this.put(list, { ...object, ...(isJsonObject(body) ? body : {}), metadata }));
  }
}

/** A webhook as it is after another text of it was applied. */
function appliedTo(live: unknown, webhook: unknown): JsonObject {
  const conditions = listIn(webhook, 'matchConditions');
  const others = listIn(live, 'matchConditions').filter((condition) => byName(conditions, condition) === undefined);
  const matchConditions = [...conditions, ...others];
  return {
    ...(isJsonObject(live) ? live : {}),
    ...(isJsonObject(webhook) ? webhook : {}),
    ...(matchConditions.length > 0 && { matchConditions }),
  };
}

function byName(list: readonly unknown[], one: unknown): unknown {
  return list.find((other) => ownField(other, 'name') === ownField(one, 'name'));
}

function versionOf(object: unknown): string | undefined {
  return stringField(ownField(object, 'metadata'), 'resourceVersion');
}

/** With the name that it asks to be given. */
function named(object: unknown): JsonObject {
  const metadata = mapIn(object, 'metadata');
  const name = stringField(metadata, 'name') ?? `${stringField(metadata, 'generateName') ?? ''}${randomUUID()}`;
  return { ...(isJsonObject(object) ? object : {}), metadata: { ...metadata, name } };
}

function mapIn(object: unknown, key: string): JsonObject {
  const map = ownField(object, key);
  return isJsonObject(map) ? map : {};
}

function listIn(object: unknown, key: string): readonly unknown[] {
  const list = ownField(object, key);
  return Array.isArray(list) ? list : [];
}

/** Applies to lists of a resource, page by page. */
export function listOf(path: string): (asked: Asked) => boolean {
  return (asked) => asked.method === 'GET' && asked.path === path && !asked.isWatch;
}

/** Applies to watches of a resource. */
export function watchOf(path: string): (asked: Asked) => boolean {
  return (asked) => asked.path === path && asked.isWatch;
}

/** Begins the answer to a watch: the headers go out at once. */
export function openWatch(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  return response;
}

/** A fault: this status, as the API server words it. */
export function fails(status: number, message = 'as the test wants it', headers: Record<string, string> = {}): Fault {
  return (response) => sendStatus(response, status, message, headers);
}

/** A fault: an open watch in which these events come, and then nothing. */
export function sends(...events: readonly unknown[]): Fault {
  return (response) => {
    openWatch(response);
    for (const event of events) response.write(typeof event === 'string' ? event : `${JSON.stringify(event)}\n`);
  };
}

/** A fault: these events, and the end. */
export function sendsAndEnds(...events: readonly unknown[]): Fault {
  return (response, asked) => {
    sends(...events)(response, asked);
    response.end();
  };
}

/** The version is not known any more. */
export const EXPIRED = {
  type: 'ERROR',
  object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (2)' },
};

export function bookmark(version: string): JsonObject {
  return { type: 'BOOKMARK', object: { kind: 'Namespace', metadata: { resourceVersion: version } } };
}

function sendStatus(
  response: ServerResponse,
  code: number,
  message: string,
  headers: Record<string, string> = {},
): void {
  sendJson(response, code, { kind: 'Status', status: 'Failure', code, message }, headers);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  const stream: AsyncIterable<unknown> = request;
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  return body;
}
