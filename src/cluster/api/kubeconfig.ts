// The credentials of a kubeconfig. client-node reads it, with exec plugins, OpenID Connect and proxies. It is used for nothing
// else: its informer gives up for good when the first list fails or a connection is reset, does not tell when it has synced,
// and drops fields it does not know. Loaded only where a
// kubeconfig is given, since that takes half a second and 70 MB.
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { dirname, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { parse, YAMLParseError } from 'yaml';
import { ownField, stringField } from '../../model/json.ts';
import { reasonOf } from './api-error.ts';
import { type Access, ClusterError, type Credentials } from './credentials.ts';
import { TlsAgent, type TlsMaterial } from './tls-agent.ts';

/** After a refusal the file is read again, as it may have been renewed; but not more often than this. */
const READ_AGAIN_MS = 5000;

interface Loaded {
  readonly config: KubeConfig;
  readonly server: URL;
  /** The user's `tokenFile` and `as-groups`, which client-node does not know. */
  readonly tokenFile: string | undefined;
  readonly groups: readonly string[];
  readonly proxied: boolean;
}

/** The credentials of a file's current context. Throws a {@link ClusterError} where nothing can be done with it. */
export function kubeconfigCredentials(file: string): Credentials {
  let loaded = load(file);
  let readAt = performance.now();
  let refused = false;
  const tls = new TlsAgent();

  function readAgain(): void {
    readAt = performance.now();
    refused = false;
    try {
      loaded = load(file);
    } catch {
      // It may be half written, and what we have may be accepted again.
    }
  }

  return {
    server: loaded.server,
    async access(): Promise<Access> {
      if (refused && performance.now() - readAt >= READ_AGAIN_MS) readAgain();
      const { config, tokenFile, groups, proxied } = loaded;
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      const headers: Record<string, string | readonly string[]> = headersOf(options);
      if (tokenFile !== undefined) headers.authorization ??= `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}`;
      if (groups.length > 0) headers['impersonate-group'] = groups;
      // Only client-node knows the way through a proxy; it keeps the certificates it first saw.
      if (proxied && typeof options.agent === 'object') return { agent: options.agent, headers };
      return { agent: tls.for(materialOf(options)), headers };
    },
    refused() {
      refused = true;
    },
  };
}

function load(file: string): Loaded {
  if (file === '') throw new ClusterError('an empty path (expected a kubeconfig)');
  const path = resolve(file);
  if (!existsSync(path)) throw new ClusterError(`${file}: there is no such file (expected a kubeconfig)`);
  if (statSync(path).isDirectory()) throw new ClusterError(`${file}: it is a folder (expected a kubeconfig)`);
  const config = new KubeConfig();
  let document: unknown;
  try {
    const text = readFileSync(path, 'utf8');
    document = parse(text);
    if (!Array.isArray(ownField(document, 'contexts'))) throw new Error('it holds no contexts (expected a kubeconfig)');
    config.loadFromString(text);
    config.makePathsAbsolute(dirname(path));
  } catch (error) {
    throw new ClusterError(`${file}: ${error instanceof YAMLParseError ? reasonOfParsing(error) : reasonOf(error)}`);
  }
  const server = serverOf(config, file);
  checkCertificates(config, file);
  const user = userOf(document, config.getCurrentUser()?.name);
  const tokenFile = stringField(user, 'tokenFile');
  return {
    config,
    server,
    tokenFile: tokenFile === undefined ? undefined : resolve(dirname(path), tokenFile),
    groups: stringsIn(ownField(user, 'as-groups')),
    proxied: Boolean(config.getCurrentCluster()?.proxyUrl),
  };
}

/** Without the line of the file that the parser shows below its message: it may hold a token. */
function reasonOfParsing({ message }: YAMLParseError): string {
  const [first = ''] = message.split('\n', 1);
  return `not YAML: ${first.replace(/:$/, '')} (expected a kubeconfig)`;
}

/** The server of the current context, or what keeps the context from being one. */
function serverOf(config: KubeConfig, file: string): URL {
  const name = config.getCurrentContext();
  const names = config.getContexts().map((context) => JSON.stringify(context.name));
  const choice = `(expected one of its contexts: ${names.join(', ') || 'it has none'})`;
  if (!name) throw new ClusterError(`${file}: no current-context ${choice}`);
  const context = config.getContextObject(name);
  if (!context)
    throw new ClusterError(`${file}: current-context is ${JSON.stringify(name)}, which is not there ${choice}`);
  const cluster = config.getCluster(context.cluster);
  const within = `${file}: context ${JSON.stringify(name)}`;
  if (!cluster) throw new ClusterError(`${within}: there is no cluster ${JSON.stringify(context.cluster)}`);
  if (!config.getUser(context.user)) {
    throw new ClusterError(`${within}: there is no user ${JSON.stringify(context.user)}`);
  }
  if (!URL.canParse(cluster.server) || new URL(cluster.server).protocol !== 'https:') {
    // Over plain HTTP anybody on the way could change the policies.
    throw new ClusterError(`${within}: the server is ${JSON.stringify(cluster.server)} (expected https://...)`);
  }
  return new URL(cluster.server);
}

/** Mistakes in the file are found here, before the first request; those of exec plugins only later. */
function checkCertificates(config: KubeConfig, file: string): void {
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  try {
    const { ca } = fileOrData('ca', cluster?.caFile, cluster?.caData);
    // Node accepts a CA that is not a certificate, and then trusts no server.
    if (ca !== undefined) void new X509Certificate(ca);
    createSecureContext({
      ...fileOrData('cert', user?.certFile, user?.certData),
      ...fileOrData('key', user?.keyFile, user?.keyData),
    });
  } catch (error) {
    throw new ClusterError(`${file}: its certificates cannot be used: ${reasonOf(error)}`);
  }
}

function fileOrData(field: 'ca' | 'cert' | 'key', file?: string, data?: string): TlsMaterial {
  if (file) return { [field]: readFileSync(file) };
  return data ? { [field]: Buffer.from(data, 'base64') } : {};
}

function userOf(document: unknown, name: string | undefined): unknown {
  const users = ownField(document, 'users');
  const entry: unknown = Array.isArray(users) ? users.find((user) => stringField(user, 'name') === name) : undefined;
  return ownField(entry, 'user');
}

function stringsIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    // A token from a file may end with a line break, which no header can hold.
    if (typeof value === 'string') headers[name.toLowerCase()] = value.trim();
  }
  return headers;
}

function materialOf({ ca, cert, key, servername, rejectUnauthorized }: RequestOptions): TlsMaterial {
  return { ca: bytesOf(ca), cert: bytesOf(cert), key: bytesOf(key), servername, rejectUnauthorized };
}

function bytesOf(value: unknown): string | Buffer | undefined {
  return typeof value === 'string' || Buffer.isBuffer(value) ? value : undefined;
}
