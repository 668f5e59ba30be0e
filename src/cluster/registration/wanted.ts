// The webhook configurations to register, as a file has them: made by the chart, whole but for what only the cluster knows, which is
// the CA and the uid of the owner.
import { createHash } from 'node:crypto';
import { parseManifest } from '../../manifests/manifest.ts';
import { formatProblem, type SourceDocument } from '../../manifests/source.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import { REACHABLE_WEBHOOK, WHERE_USED_ANNOTATION } from '../../model/names.ts';
import { RegistrationError } from './registration.ts';

const API_VERSION = 'admissionregistration.k8s.io/v1';
const VERSION_LABEL = 'app.kubernetes.io/version';

/** The two kinds, in the order in which they are registered: what is not filled in yet must not be refused. */
export const KINDS = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'] as const;
export type ConfigurationKind = (typeof KINDS)[number];

/** One configuration. */
export interface Configuration {
  readonly kind: ConfigurationKind;
  readonly name: string;
  /** The path of the object. */
  readonly path: string;
  /** As it is in the file. */
  readonly object: JsonObject;
  readonly webhooks: readonly JsonObject[];
  /** The names of webhooks that must not be there: those of ours that no policy uses. */
  readonly unwanted: ReadonlySet<string>;
}

/** What to register. */
export interface Wanted {
  readonly configurations: readonly Configuration[];
  /** Other for every other text. */
  readonly mark: string;
  /** The release that it was made by. */
  readonly version: string;
  /** The Service that the API server is told to ask. */
  readonly service: { readonly name: string; readonly namespace: string };
  /** The name of that Service in certificates. */
  readonly host: string;
  /** The CA that the text itself names, as PEM. */
  readonly ca: string | undefined;
  /** The ClusterRole whose removal takes the configurations with it; undefined where they stay. */
  readonly owner: string | undefined;
  /** The names of the webhooks that are registered only while a policy uses them. */
  readonly whereUsed: ReadonlySet<string>;
}

/**
 * Reads such a file.
 *
 * @param served the paths at which reviews are answered
 * @throws RegistrationError with the file, the line and what was expected
 */
export function wantedFrom(text: string, file: string, served: readonly string[]): Wanted {
  const { documents, problems } = parseManifest(text, file);
  const [problem] = problems;
  if (problem) throw new RegistrationError(formatProblem(problem));
  const read = documents.map((document) => ({ document, configuration: configurationIn(document, served) }));
  const configurations = KINDS.map((kind) => {
    const [found, another] = read.filter(({ configuration }) => configuration.kind === kind);
    if (!found) throw new RegistrationError(`${file}: there is no ${kind} in it (expected one)`);
    if (another) throw refusal(another.document, ['kind'], `expected one ${kind}`);
    return found.configuration;
  });
  const validating = read.find(({ configuration }) => configuration.kind === 'ValidatingWebhookConfiguration');
  if (validating && !validating.configuration.webhooks.some(isReachableEntry)) {
    throw refusal(validating.document, ['webhooks'], `expected one that is called ${REACHABLE_WEBHOOK}`);
  }
  const services = read.flatMap(({ document, configuration }) =>
    configuration.webhooks.map((webhook, index) => serviceOf(document, webhook, index)),
  );
  const [service] = services;
  if (!service) throw new RegistrationError(`${file}: there is no webhook in it`);
  const other = services.find(({ name, namespace }) => name !== service.name || namespace !== service.namespace);
  if (other) throw refusal(other.document, other.keys, `expected the Service that the first webhook has`);
  const metadata = ownField(configurations[0]?.object, 'metadata');
  return {
    configurations,
    mark: createHash('sha256').update(text).digest('hex').slice(0, 16),
    version: stringField(ownField(metadata, 'labels'), VERSION_LABEL) ?? '',
    service: { name: service.name, namespace: service.namespace },
    host: `${service.name}.${service.namespace}.svc`,
    ca: caIn(configurations),
    owner: ownerIn(configurations),
    whereUsed: whereUsedIn(configurations),
  };
}

/** Without those of {@link Wanted.whereUsed} that are not among these. */
export function wantedFor(wanted: Wanted, used: ReadonlySet<string>): Wanted {
  const isUnwanted = (name: string): boolean => wanted.whereUsed.has(name) && !used.has(name);
  const configurations = wanted.configurations.map((configuration) => {
    const names = webhookNames(configuration);
    const unwanted = new Set(names.filter(isUnwanted));
    const webhooks = configuration.webhooks.filter((_, index) => !unwanted.has(names[index] ?? ''));
    return { ...configuration, webhooks, unwanted };
  });
  return { ...wanted, configurations };
}

/** The names of the webhooks of a configuration, in order. */
export function webhookNames({ webhooks }: Pick<Configuration, 'webhooks'>): readonly string[] {
  return webhooks.map((webhook) => stringField(webhook, 'name') ?? '');
}

/** True for the entry by which the API server is asked whether it reaches us. */
export function isReachableEntry(webhook: unknown): boolean {
  return stringField(webhook, 'name') === REACHABLE_WEBHOOK;
}

function configurationIn(document: SourceDocument, served: readonly string[]): Configuration {
  const { value } = document;
  const kind = KINDS.find((name) => name === stringField(value, 'kind'));
  if (!isJsonObject(value) || !kind) throw refusal(document, ['kind'], `expected ${KINDS.join(' or ')}`);
  if (stringField(value, 'apiVersion') !== API_VERSION) {
    throw refusal(document, ['apiVersion'], `expected ${API_VERSION}`);
  }
  const name = stringField(ownField(value, 'metadata'), 'name') ?? '';
  if (name === '') throw refusal(document, ['metadata', 'name'], 'expected a name');
  const listed = ownField(value, 'webhooks');
  const webhooks = Array.isArray(listed) ? listed.filter(isJsonObject) : [];
  if (webhooks.length === 0) throw refusal(document, ['webhooks'], 'expected a list of webhooks');
  for (const [index, webhook] of webhooks.entries()) {
    const { path, keys } = serviceOf(document, webhook, index);
    if (served.includes(path)) continue;
    throw refusal(document, [...keys, 'path'], `nothing is answered at ${path} (expected ${served.join(', ')})`);
  }
  const plural = `${kind.toLowerCase()}s`;
  const path = `/apis/${API_VERSION}/${plural}/${encodeURIComponent(name)}`;
  return { kind, name, path, object: value, webhooks, unwanted: new Set() };
}

interface FoundService {
  readonly document: SourceDocument;
  readonly keys: readonly (string | number)[];
  readonly name: string;
  readonly namespace: string;
  readonly path: string;
}

function serviceOf(document: SourceDocument, webhook: JsonObject, index: number): FoundService {
  const keys = ['webhooks', index, 'clientConfig', 'service'];
  const service = ownField(ownField(webhook, 'clientConfig'), 'service');
  const [name, namespace] = [stringField(service, 'name'), stringField(service, 'namespace')];
  if (!name || !namespace) throw refusal(document, keys, 'expected a Service with its name and namespace');
  return { document, keys, name, namespace, path: stringField(service, 'path') ?? '/' };
}

/** That of the first entry which has one: the chart gives all of them the same. */
function caIn(configurations: readonly Configuration[]): string | undefined {
  for (const { webhooks } of configurations) {
    for (const webhook of webhooks) {
      const bundle = stringField(ownField(webhook, 'clientConfig'), 'caBundle');
      if (bundle) return Buffer.from(bundle, 'base64').toString('utf8');
    }
  }
  return undefined;
}

function whereUsedIn(configurations: readonly Configuration[]): ReadonlySet<string> {
  const names = configurations.flatMap(({ object }) => {
    const annotations = ownField(ownField(object, 'metadata'), 'annotations');
    return (stringField(annotations, WHERE_USED_ANNOTATION) ?? '').split(',');
  });
  return new Set(names.map((name) => name.trim()).filter((name) => name !== ''));
}

function ownerIn(configurations: readonly Configuration[]): string | undefined {
  for (const { object } of configurations) {
    const owners = ownField(ownField(object, 'metadata'), 'ownerReferences');
    for (const owner of Array.isArray(owners) ? owners : []) {
      if (stringField(owner, 'kind') === 'ClusterRole') return stringField(owner, 'name');
    }
  }
  return undefined;
}

function refusal(document: SourceDocument, keys: readonly (string | number)[], message: string): RegistrationError {
  return new RegistrationError(formatProblem({ ...document.locate(keys), message: `${keys.join('.')}: ${message}` }));
}
