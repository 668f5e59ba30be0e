// The file that a server registers its webhooks from, an API server that has what they need, and a server to register.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { Registrar } from '../../../src/cluster/registration/registrar.ts';
import type { RegistrationEvents, ServedTls, WebhookUse } from '../../../src/cluster/registration/registration.ts';
import type { RegistrarTiming } from '../../../src/cluster/registration/timing.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../../src/model/json.ts';
import { CONNECTIONS_WEBHOOK, WHERE_USED_ANNOTATION } from '../../../src/model/names.ts';
import { folderWith } from '../../cli/console.ts';
import { makeAuthority } from '../../support/certificates.ts';
import { type Asked, FakeApiServer, fails, sendJson } from '../fake-api-server.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
export const MUTATING = `${GROUP}/mutatingwebhookconfigurations`;
export const VALIDATING = `${GROUP}/validatingwebhookconfigurations`;
export const ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
export const EVENTS = '/api/v1/namespaces/sandgate/events';
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/sandgate/deployments';
export const SERVED = ['/mutate', '/validate', '/reachable'];

export interface TextOptions {
  readonly version?: string;
  readonly failurePolicy?: string;
  readonly caBundle?: string;
  /** Where there is a webhook that is registered where it is used. */
  readonly whereUsed?: boolean;
}

/** Like `expect.poll`, on a machine that has other things to do as well. */
export function soon<T>(probe: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(probe, { timeout: 15_000 });
}

/** The text of the file. */
export function textWith({
  version = '1',
  failurePolicy = 'Fail',
  caBundle,
  whereUsed = false,
}: TextOptions = {}): string {
  const webhook = (name: string, path: string): object => ({
    name,
    clientConfig: {
      service: { name: 'sandgate', namespace: 'sandgate', path, port: 443 },
      ...(caBundle && { caBundle }),
    },
    failurePolicy,
    rules: [{ apiGroups: [''], apiVersions: ['*'], resources: ['pods'], operations: ['CREATE'], scope: 'Namespaced' }],
  });
  const configuration = (kind: string, webhooks: readonly object[]): object => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: {
      name: 'sandgate',
      labels: { 'app.kubernetes.io/version': version },
      annotations: {
        'sandgate.dev/registration': 'Server',
        ...(whereUsed && { [WHERE_USED_ANNOTATION]: CONNECTIONS_WEBHOOK }),
      },
      ownerReferences: [{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'sandgate' }],
    },
    webhooks,
  });
  return [
    configuration('Mutating', [webhook('fill.example.com', '/mutate')]),
    configuration('Validating', [
      webhook('enforce.example.com', '/validate'),
      ...(whereUsed ? [webhook(CONNECTIONS_WEBHOOK, '/validate')] : []),
      webhook('reachable.validate.sandgate.dev', '/reachable'),
    ]),
  ]
    .map((document) => stringify(document))
    .join('---\n');
}

/** A certificate that anybody accepts, of this CA. */
export function tlsOf(ca: string | undefined, problem?: string): ServedTls {
  return { ca, problem: async () => problem };
}

export async function makeCa(name = 'CA'): Promise<string> {
  return (await makeAuthority(name)).cert;
}

/** An API server with the ClusterRole and the Deployment of the release, which reaches us once a webhook says that it should. */
export async function startApi(): Promise<FakeApiServer> {
  const api = await FakeApiServer.start();
  for (const path of [MUTATING, VALIDATING, ROLES, EVENTS, DEPLOYMENTS]) api.serve(path);
  api.put(ROLES, { metadata: { name: 'sandgate', uid: 'role-1' } });
  api.put(DEPLOYMENTS, { metadata: { name: 'sandgate', uid: 'deployment-1' }, spec: { replicas: 2 } });
  api.instead(isQuestion, (response, asked) => {
    if (namesIn(api.get(VALIDATING, 'sandgate')).includes('reachable.validate.sandgate.dev')) {
      const message = 'admission webhook "reachable.validate.sandgate.dev" denied the request: Sandgate 1 is reachable';
      fails(403, message)(response, asked);
    } else sendJson(response, 201, asked.body);
  });
  return api;
}

/** Applies to the question whether the API server reaches us. */
export function isQuestion({ path, method, query }: Asked): boolean {
  return method === 'POST' && path === EVENTS && query.get('dryRun') === 'All';
}

/** Applies to whatever writes a configuration. */
export function isWrite({ path, method }: Asked): boolean {
  return method === 'PATCH' && path.startsWith(GROUP);
}

/** What an API server says that does not reach us. */
export function unreachable(why: string): ReturnType<typeof fails> {
  const called = 'failed calling webhook "reachable.validate.sandgate.dev": failed to call webhook: ';
  return fails(500, `Internal error occurred: ${called}${why}`);
}

export function namesIn(configuration: unknown): readonly string[] {
  return webhooksIn(configuration).map((webhook) => stringField(webhook, 'name') ?? '');
}

/** The PEM that every webhook of a configuration has. */
export function bundlesIn(configuration: unknown): ReadonlySet<string> {
  const bundles = webhooksIn(configuration).map((one) => stringField(ownField(one, 'clientConfig'), 'caBundle') ?? '');
  return new Set(bundles.map((bundle) => Buffer.from(bundle, 'base64').toString('utf8')));
}

export function webhooksIn(configuration: unknown): readonly JsonObject[] {
  const webhooks = ownField(configuration, 'webhooks');
  return Array.isArray(webhooks) ? webhooks.filter(isJsonObject) : [];
}

export function annotationsIn(configuration: unknown): JsonObject {
  const annotations = ownField(ownField(configuration, 'metadata'), 'annotations');
  return isJsonObject(annotations) ? annotations : {};
}

/** A configuration with these annotations beside those that it has. */
export function annotated(configuration: JsonObject, annotations: JsonObject): JsonObject {
  const metadata = ownField(configuration, 'metadata');
  const all = { ...annotationsIn(configuration), ...annotations };
  return { ...configuration, metadata: { ...(isJsonObject(metadata) ? metadata : {}), annotations: all } };
}

export interface Registering {
  readonly registrar: Registrar;
  /** What it told, in order: `registered`, `waiting: why`, `drift: what`. */
  readonly told: readonly string[];
  /** The webhooks that it said to be missing, each time. */
  readonly missing: readonly string[];
  /** Changes the file. */
  readonly write: (text: string) => void;
}

export interface RegisteringOptions {
  readonly text?: string;
  readonly tls?: ServedTls;
  readonly timing?: Partial<RegistrarTiming>;
  readonly isReady?: () => boolean;
  readonly use?: Partial<WebhookUse>;
}

/** Starts to register with an API server; stopped after the test. Everything happens faster than in production. */
export async function register(api: FakeApiServer, options: RegisteringOptions = {}): Promise<Registering> {
  const { text = textWith(), tls = tlsOf(await makeCa()), isReady = () => true } = options;
  const file = join(folderWith({ 'webhooks.yaml': text }), 'webhooks.yaml');
  const told: string[] = [];
  const missing: string[] = [];
  const events: RegistrationEvents = {
    onState: (state) => told.push(state),
    onProblem: (problem, state) => told.push(`${state}: ${problem}`),
    onUse: (webhook, isUsed) => told.push(`${isUsed ? 'used' : 'unused'}: ${webhook}`),
    onMissing: (webhooks) => missing.push([...webhooks].join(' ')),
    onDrift: (what, managers) => told.push(`drift: ${what} ${managers.join(',')}`),
  };
  const registrar = new Registrar({
    client: api.client(),
    file,
    deployment: 'sandgate',
    timing: {
      firstMs: 10,
      mostMs: 50,
      checkMs: 50,
      settleMs: 0,
      graceMs: 0,
      unusedMs: 100,
      timeoutMs: 2000,
      ...options.timing,
    },
  });
  const use = { byFiles: new Set<string>(), now: () => new Set<string>(), confirm: async () => true, ...options.use };
  registrar.start({ tls, served: SERVED, isReady, events, use });
  onTestFinished(() => registrar.stop());
  return { registrar, told, missing, write: (changed) => writeFileSync(file, changed) };
}
