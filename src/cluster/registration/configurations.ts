// The two webhook configurations of one look at them: as the API server has them, and as they are applied. Each write names the
// version that it was made from, so that of two replicas which write at once one fails, and looks again.
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import { FORMER_CA_ANNOTATION, REGISTERED_ANNOTATION, REGISTRATION_ANNOTATION } from '../../model/names.ts';
import { ApiError } from '../api/api-error.ts';
import type { ApiClient } from '../api/client.ts';
import { type Bundle, fingerprintsIn } from './ca-bundle.ts';
import { conditionNames, differenceBetween, hasAddedConditions, SELECTORS } from './compare.ts';
import { RegistrationError } from './registration.ts';
import { type Configuration, isReachableEntry, type Wanted } from './wanted.ts';

const MANAGER = 'sandgate';
/** The first webhook is applied by another field manager: a manager that applies less than before removes the rest of what it owns. */
const REACHABLE_MANAGER = 'sandgate-reachable';
const CLUSTER_ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
const NOT_FOUND = 404;
/** By which cert-manager finds the configurations that it writes a CA into. */
const INJECTION = 'cert-manager.io/inject-ca-from';

/** Looks at both, and writes both. */
export class Configurations {
  readonly #client: ApiClient;
  #wanted: Wanted;
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal;
  /** By the path of the configuration. */
  readonly #live = new Map<string, JsonObject>();
  #owner: JsonObject | undefined;

  constructor(client: ApiClient, wanted: Wanted, timeoutMs: number, signal: AbortSignal) {
    this.#client = client;
    this.#wanted = wanted;
    this.#timeoutMs = timeoutMs;
    this.#signal = signal;
  }

  /** Looks. Throws where the API server does not tell. */
  async read(): Promise<void> {
    for (const configuration of this.#wanted.configurations) {
      const found = await this.#get(configuration.path);
      if (isJsonObject(found)) this.#live.set(configuration.path, found);
      else this.#live.delete(configuration.path);
    }
  }

  /** From now on these are to be registered, of the same names. */
  want(wanted: Wanted): void {
    this.#wanted = wanted;
  }

  /** True where the API server asks us about anything but whether it reaches us. */
  get isRegistered(): boolean {
    return this.#entries().some((webhook) => !isReachableEntry(webhook));
  }

  /** The names of all webhooks that are registered. */
  get names(): ReadonlySet<string> {
    return new Set(this.#entries().map((webhook) => stringField(webhook, 'name') ?? ''));
  }

  /** True where the chart registers them. */
  get isOfChart(): boolean {
    return this.#annotation(REGISTRATION_ANNOTATION).includes('Chart');
  }

  /** Which text they were made from; undefined where nobody says. */
  get mark(): string | undefined {
    return this.#annotation(REGISTERED_ANNOTATION)[0];
  }

  /** Until when the CAs of before stay. */
  get formerUntil(): string | undefined {
    return this.#annotation(FORMER_CA_ANNOTATION)[0];
  }

  /** All bundles there are, as PEM in base64. */
  get caBundles(): readonly string[] {
    return this.#entries().flatMap((webhook) => stringField(ownField(webhook, 'clientConfig'), 'caBundle') ?? []);
  }

  /** The CAs that every entry trusts, by fingerprint. */
  get registeredCas(): ReadonlySet<string> {
    const [first, ...others] = this.#entries().map((webhook) =>
      fingerprintsIn(stringField(ownField(webhook, 'clientConfig'), 'caBundle') ?? ''),
    );
    return new Set([...(first ?? [])].filter((one) => others.every((set) => set.has(one))));
  }

  /** Who else wrote into them. */
  get managers(): readonly string[] {
    const fields = [...this.#live.values()].flatMap((live) => listAt(ownField(live, 'metadata'), 'managedFields'));
    const names = fields.map((entry) => stringField(entry, 'manager') ?? '');
    return [...new Set(names)].filter((name) => name !== '' && name !== MANAGER && name !== REACHABLE_MANAGER);
  }

  /** The first field that is not as it should be, with this bundle; undefined where all is. */
  differenceTo(bundle: Bundle): string | undefined {
    for (const configuration of this.#wanted.configurations) {
      const difference = this.#differenceIn(configuration, bundle);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }

  #differenceIn(configuration: Configuration, bundle: Bundle): string | undefined {
    const live = this.#live.get(configuration.path);
    if (!live) return configuration.kind;
    if (injection(live) !== undefined) return `metadata.annotations.${INJECTION}`;
    const unwanted = unwantedIn(live, configuration);
    if (unwanted !== undefined) return `webhooks[${unwanted}]`;
    return differenceBetween(live, this.#objectOf(configuration, bundle));
  }

  /**
   * Finds the object that takes the configurations with it when it goes.
   *
   * @throws RegistrationError where it is gone: what is registered then would stay for ever
   */
  async findOwner(): Promise<void> {
    const { owner } = this.#wanted;
    if (owner === undefined) return;
    const found = await this.#get(`${CLUSTER_ROLES}/${encodeURIComponent(owner)}`);
    const uid = stringField(ownField(found, 'metadata'), 'uid');
    if (uid === undefined || ownField(ownField(found, 'metadata'), 'deletionTimestamp') !== undefined) {
      throw new RegistrationError(
        `the ClusterRole ${JSON.stringify(owner)} is gone, with which the webhooks are to go (is the release uninstalled?)`,
      );
    }
    this.#owner = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: owner, uid };
  }

  /** Registers the one webhook by which the API server can be asked whether it reaches us. */
  async applyReachable(caBundle: string): Promise<void> {
    const configuration = this.#wanted.configurations.find(({ webhooks }) => webhooks.some(isReachableEntry));
    if (!configuration) return;
    const { apiVersion, kind, metadata } = configuration.object;
    const webhooks = configuration.webhooks.filter(isReachableEntry).map((webhook) => withBundle(webhook, caBundle));
    const object = { apiVersion, kind, metadata: this.#metadataOf(metadata, {}, undefined), webhooks };
    await this.#apply(configuration, object, REACHABLE_MANAGER);
  }

  /** Registers both, whole, where they are not as they should be. What is not filled in must not be refused: the mutating one goes first. */
  async apply(bundle: Bundle): Promise<void> {
    for (const configuration of this.#wanted.configurations) {
      if (this.#differenceIn(configuration, bundle) === undefined) continue;
      const live = this.#live.get(configuration.path);
      if (live && injection(live) !== undefined) {
        // Left by the chart: cert-manager would go on writing the CA as it sees it.
        const patch = { metadata: { annotations: { [INJECTION]: null } } };
        const updated = await this.#client.json({ ...this.#request(configuration.path), patch });
        if (isJsonObject(updated)) this.#live.set(configuration.path, updated);
      }
      await this.#removeAddedConditions(configuration);
      await this.#apply(configuration, this.#objectOf(configuration, bundle), MANAGER);
      await this.#removeUnwanted(configuration);
    }
  }

  /** What is not applied any more goes by itself, unless another field manager has a part in it. */
  async #removeUnwanted(configuration: Configuration): Promise<void> {
    const live = this.#live.get(configuration.path);
    if (!live || unwantedIn(live, configuration) === undefined) return;
    const { unwanted } = configuration;
    const webhooks = listAt(live, 'webhooks').filter((one) => !unwanted.has(stringField(one, 'name') ?? ''));
    await this.#replaceWebhooks(configuration, webhooks);
  }

  /** What is applied replaces selectors, but leaves the conditions that another field manager added to ours (listType=map). */
  async #removeAddedConditions(configuration: Configuration): Promise<void> {
    const live = this.#live.get(configuration.path);
    const ours = new Map(configuration.webhooks.map((webhook) => [stringField(webhook, 'name'), webhook]));
    const there = listAt(live, 'webhooks');
    const hasAdded = (webhook: unknown): boolean => {
      const own = ours.get(stringField(webhook, 'name'));
      return own !== undefined && hasAddedConditions(webhook, own);
    };
    if (!there.some(hasAdded)) return;
    const webhooks = there.map((webhook) => {
      if (!isJsonObject(webhook) || !hasAdded(webhook)) return webhook;
      const names = conditionNames(ours.get(stringField(webhook, 'name')));
      const matchConditions = listAt(webhook, 'matchConditions').filter((one) =>
        names.has(stringField(one, 'name') ?? ''),
      );
      return { ...webhook, matchConditions };
    });
    await this.#replaceWebhooks(configuration, webhooks);
  }

  async #replaceWebhooks(configuration: Configuration, webhooks: readonly unknown[]): Promise<void> {
    const path = `${configuration.path}?fieldManager=${MANAGER}`;
    const patch = this.#unlessChanged(configuration, { webhooks });
    const updated = await this.#client.json({ ...this.#request(path), patch });
    if (isJsonObject(updated)) this.#live.set(configuration.path, updated);
  }

  async #apply(configuration: Configuration, object: JsonObject, manager: string): Promise<void> {
    const path = `${configuration.path}?fieldManager=${manager}&force=true`;
    const applied = await this.#client.json({
      ...this.#request(path),
      apply: this.#unlessChanged(configuration, object),
    });
    if (isJsonObject(applied)) this.#live.set(configuration.path, applied);
  }

  /** With the version that it was made from: the API server refuses it where there is a newer one. */
  #unlessChanged(configuration: Configuration, object: JsonObject): JsonObject {
    const resourceVersion = stringField(ownField(this.#live.get(configuration.path), 'metadata'), 'resourceVersion');
    if (resourceVersion === undefined) return object;
    const metadata = ownField(object, 'metadata');
    return { ...object, metadata: { ...(isJsonObject(metadata) ? metadata : {}), resourceVersion } };
  }

  #objectOf({ object, webhooks }: Configuration, { caBundle, formerUntil }: Bundle): JsonObject {
    const marks = { [REGISTERED_ANNOTATION]: this.#wanted.mark };
    return {
      ...object,
      metadata: this.#metadataOf(object.metadata, marks, formerUntil),
      webhooks: webhooks.map((webhook) => withBundle(webhook, caBundle)),
    };
  }

  #metadataOf(metadata: unknown, marks: JsonObject, formerUntil: string | undefined): JsonObject {
    const { ownerReferences: _, annotations, ...rest } = isJsonObject(metadata) ? metadata : {};
    const { owner } = this.#wanted;
    const reference = this.#owner ?? { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: owner };
    return {
      ...rest,
      annotations: {
        ...(isJsonObject(annotations) ? annotations : {}),
        ...marks,
        ...(formerUntil !== undefined && { [FORMER_CA_ANNOTATION]: formerUntil }),
      },
      ...(owner !== undefined && { ownerReferences: [reference] }),
    };
  }

  async #get(path: string): Promise<unknown> {
    try {
      return await this.#client.json(this.#request(path));
    } catch (error) {
      if (error instanceof ApiError && error.status === NOT_FOUND) return undefined;
      throw error;
    }
  }

  #request(path: string): { path: string; timeoutMs: number; signal: AbortSignal } {
    return { path, timeoutMs: this.#timeoutMs, signal: this.#signal };
  }

  #entries(): readonly unknown[] {
    return [...this.#live.values()].flatMap((live) => listAt(live, 'webhooks'));
  }

  #annotation(key: string): readonly string[] {
    const annotations = [...this.#live.values()].map((live) => ownField(ownField(live, 'metadata'), 'annotations'));
    return annotations.flatMap((all) => stringField(all, key) ?? []);
  }
}

/** The name of a webhook that must not be there and is; undefined where there is none. */
function unwantedIn(live: JsonObject, { unwanted }: Configuration): string | undefined {
  return listAt(live, 'webhooks')
    .map((webhook) => stringField(webhook, 'name') ?? '')
    .find((name) => unwanted.has(name));
}

function injection(live: JsonObject): string | undefined {
  return stringField(ownField(ownField(live, 'metadata'), 'annotations'), INJECTION);
}

/** As it is applied: a selector that was left out would leave the one that somebody added. */
function withBundle(webhook: JsonObject, caBundle: string): JsonObject {
  const client = ownField(webhook, 'clientConfig');
  const selectors = Object.fromEntries(SELECTORS.map((key) => [key, {}]));
  return { ...selectors, ...webhook, clientConfig: { ...(isJsonObject(client) ? client : {}), caBundle } };
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = ownField(value, key);
  return Array.isArray(list) ? list : [];
}
