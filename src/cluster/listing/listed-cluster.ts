// A cluster as it is at one moment, read once and not followed: what `sandgate audit` judges by, and what it judges.
import type { Prepare } from '../../admission/prepare.ts';
import type { Surroundings } from '../../engine/gate.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import type { PolicySet } from '../../policy/policy.ts';
import { OWN_KINDS } from '../../resources/index.ts';
import { ISOLATION_POLICY } from '../../resources/isolation-policy/index.ts';
import { keyOf, type OwnKind } from '../../resources/kind.ts';
import { objectsOf, openSnapshot, type Snapshot, withObjects } from '../../resources/snapshot.ts';
import { RuntimeFacts } from '../../rules/cluster-facts.ts';
import { ApiError, reasonOf } from '../api/api-error.ts';
import type { ApiClient } from '../api/client.ts';
import { Authorization, reviewsBy } from '../authorization/authorization.ts';
import { prepareGrants } from '../authorization/prepare-grants.ts';
import { Namespaces } from '../state/namespaces.ts';
import { Nodes } from '../state/nodes.ts';
import { RuntimeClasses } from '../state/runtime-classes.ts';
import { StoredObjects } from '../state/stored-objects.ts';
import { NAMESPACES, NODES, ownResource, RUNTIME_CLASSES } from '../watch/resource.ts';
import type { Sink } from '../watch/sink.ts';
import { type PagesOptions, pagesOf } from './pages.ts';
import { listPath, resourceName, type ServedKind, servedKinds } from './served-kinds.ts';

const TIMEOUT_MS = 30_000;
const MOST_NAMED = 5;

export interface ListedClusterOptions {
  readonly client: Pick<ApiClient, 'json'>;
  /** What files say. */
  readonly staticPolicies: PolicySet;
  /** True where the policies of the cluster judge beside those of files, as in the webhook. Without policies in files they do so anyway. */
  readonly clusterPolicies: boolean;
  /** The namespaces to read; all where there are none. */
  readonly namespaces: readonly string[];
  /** Told of what could not be read, and so is not judged or not judged by. */
  readonly onUnread: (message: string) => void;
  /** Told of an object of ours in the cluster that is not in force as written. */
  readonly onNotInForce: (message: string) => void;
  /** Told where a list took so long that the rest is of a later state. */
  readonly onExpired: (resource: string) => void;
  /** How far a list has come. */
  readonly onProgress: (resource: string, done: number, remaining: number) => void;
  /** For tests. */
  readonly pages?: Pick<PagesOptions, 'limit' | 'backoff'>;
}

/** What a cluster says of itself, and how to read its workloads. */
export interface ListedCluster {
  readonly policies: PolicySet;
  readonly surroundings: Surroundings;
  /** Asks who may use a capability class. */
  readonly prepare: Prepare;
  /** Every object of a kind that holds pod templates, the pods last: the rest is known when they come. */
  workloads(): AsyncGenerator<JsonObject>;
}

/** Reads what verdicts depend on. */
export async function listCluster(options: ListedClusterOptions): Promise<ListedCluster> {
  const { client } = options;
  const reading = new Reading(options);
  const snapshot = await ownResources(reading, options);
  const { policies } = snapshot;
  const { surroundings, names } = await surroundingsOf(reading, policies);
  const authorization = new Authorization({
    create: reviewsBy(client),
    events: {
      onAsked: (outcome, _, problem) => {
        if (outcome === 'failed') reading.unread(`subjectaccessreviews.authorization.k8s.io: ${problem ?? ''}`);
      },
      onKnown: () => {},
    },
    // The answers of the beginning are good enough for the end.
    kept: { allowedMs: Number.MAX_SAFE_INTEGER, deniedMs: Number.MAX_SAFE_INTEGER },
    patienceMs: TIMEOUT_MS,
  });
  return {
    policies,
    surroundings,
    prepare: prepareGrants(authorization),
    workloads: () => workloadsOf(reading, policies, names),
  };
}

/** Lists, and tells what could not be listed. */
class Reading {
  readonly options: ListedClusterOptions;
  readonly #told = new Set<string>();

  constructor(options: ListedClusterOptions) {
    this.options = options;
  }

  /** Says it once. */
  unread(message: string): void {
    if (this.#told.has(message)) return;
    this.#told.add(message);
    this.options.onUnread(message);
  }

  /** The objects of a list, and nothing for a kind that the cluster does not have. */
  async *list(path: string, name: string): AsyncGenerator<JsonObject> {
    const { client, onExpired, onProgress, pages } = this.options;
    let done = 0;
    try {
      for await (const { items, remaining } of pagesOf({ client, path, onExpired: () => onExpired(name), ...pages })) {
        done += items.length;
        onProgress(name, done, remaining);
        yield* items;
      }
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return;
      throw error;
    }
  }

  /** Brings a list to a sink; false where it could not be read. */
  async bring(
    sink: Sink,
    paths: readonly string[],
    name: string,
    told: (object: JsonObject) => void = () => {},
  ): Promise<boolean> {
    const listing = sink.begin();
    try {
      for (const path of paths) {
        for await (const object of this.list(path, name)) {
          listing.add(object);
          told(object);
        }
      }
    } catch (error) {
      this.unread(`${name}: ${reasonOf(error)}`);
      return false;
    }
    listing.commit();
    return true;
  }
}

async function ownResources(
  reading: Reading,
  { staticPolicies, clusterPolicies }: ListedClusterOptions,
): Promise<Snapshot> {
  let snapshot = openSnapshot(staticPolicies);
  const onlyOfFiles = staticPolicies.policies.length > 0 && !clusterPolicies;
  for (const kind of OWN_KINDS) {
    if (kind === ISOLATION_POLICY && onlyOfFiles) continue;
    const stored = new StoredObjects(kind, { onListed: () => {}, onChanged: () => {}, onTouched: () => {} });
    const { name } = ownResource(kind);
    if (await reading.bring(stored, ownPaths(kind, reading.options.namespaces), name)) {
      snapshot = withObjects(snapshot, kind, stored.all);
    }
  }
  for (const kind of OWN_KINDS) {
    for (const verdict of objectsOf(snapshot, kind).verdicts) {
      if (verdict.accepted) continue;
      reading.options.onNotInForce(`${kind.kind} ${keyOf(verdict)}: ${verdict.message}`);
    }
  }
  return snapshot;
}

function ownPaths(kind: OwnKind, namespaces: readonly string[]): readonly string[] {
  const { path } = ownResource(kind);
  if (kind.scope === 'Cluster' || namespaces.length === 0) return [path];
  return namespaces.map((namespace) => path.replace(/(?=\/[^/]*$)/, `/namespaces/${encodeURIComponent(namespace)}`));
}

/** What is known of the cluster around the workloads, and the names of its namespaces. */
interface Around {
  readonly surroundings: Surroundings;
  readonly names: readonly string[];
}

async function surroundingsOf(reading: Reading, { policies }: PolicySet): Promise<Around> {
  const { namespaces: wanted } = reading.options;
  const namespaces = new Namespaces();
  namespaces.keepAnnotations(new Set(policies.flatMap(({ needsFacts }) => needsFacts.namespaceAnnotation ?? [])));
  const names: string[] = [...wanted];
  if (wanted.length === 0) {
    await reading.bring(namespaces, [NAMESPACES.path], NAMESPACES.name, (object) => {
      names.push(stringField(ownField(object, 'metadata'), 'name') ?? '');
    });
  } else {
    for (const name of wanted) await oneNamespace(reading, name, namespaces);
  }
  const runtimeClasses = new RuntimeClasses(() => {});
  const nodes = new Nodes(() => {});
  await reading.bring(runtimeClasses, [RUNTIME_CLASSES.path], RUNTIME_CLASSES.name);
  if (policies.some(({ needsFacts }) => needsFacts.nodes)) await reading.bring(nodes, [NODES.path], NODES.name);
  return {
    names,
    surroundings: {
      namespaceLabels: (name) => namespaces.labelsOf(name),
      namespaceAnnotations: (name) => namespaces.annotationsOf(name),
      cluster: new RuntimeFacts(
        (name) => runtimeClasses.find(name),
        () => nodes.all(),
      ),
    },
  };
}

/** Whoever may read one namespace may not be allowed to list them all. */
async function oneNamespace(reading: Reading, name: string, namespaces: Namespaces): Promise<void> {
  const { client } = reading.options;
  try {
    const path = `${NAMESPACES.path}/${encodeURIComponent(name)}`;
    const object = await client.json({ path, timeoutMs: TIMEOUT_MS });
    if (isJsonObject(object)) namespaces.put(object);
  } catch (error) {
    reading.unread(`namespace ${JSON.stringify(name)}: ${reasonOf(error)}`);
  }
}

function isPods({ workload }: ServedKind): boolean {
  return workload.group === '' && workload.kind === 'Pod';
}

async function* workloadsOf(
  reading: Reading,
  { workloads }: PolicySet,
  names: readonly string[],
): AsyncGenerator<JsonObject> {
  let kinds: readonly ServedKind[];
  try {
    kinds = await servedKinds(reading.options.client, workloads.rows);
  } catch (error) {
    reading.unread(`discovery: ${reasonOf(error)}`);
    return;
  }
  for (const kind of [...kinds.filter((one) => !isPods(one)), ...kinds.filter(isPods)]) {
    for await (const item of itemsOf(reading, kind, names)) {
      // Items of a list of a built-in kind do not repeat it.
      yield { ...item, apiVersion: kind.apiVersion, kind: kind.workload.kind };
    }
  }
}

/** The objects of a kind: of all namespaces at once where that is allowed, and else of each. */
async function* itemsOf(reading: Reading, kind: ServedKind, names: readonly string[]): AsyncGenerator<JsonObject> {
  const name = resourceName(kind.workload);
  const isNamespaced = kind.workload.scope !== 'Cluster';
  if (!isNamespaced || reading.options.namespaces.length === 0) {
    try {
      yield* reading.list(listPath(kind), name);
      return;
    } catch (error) {
      const mayBeAllowedInSome = isNamespaced && error instanceof ApiError && error.status === 403 && names.length > 0;
      if (!mayBeAllowedInSome) {
        reading.unread(`${name}: ${reasonOf(error)}`);
        return;
      }
    }
  }
  const refused: string[] = [];
  let reason = '';
  for (const namespace of names) {
    try {
      yield* reading.list(listPath(kind, namespace), name);
    } catch (error) {
      if (refused.length === 0) reason = reasonOf(error);
      refused.push(namespace);
    }
  }
  if (refused.length > 0) reading.unread(`${name} in ${namespaceWords(refused)}: ${reason}`);
}

/** Of many namespaces the first few by name. */
function namespaceWords(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => JSON.stringify(name));
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `${names.length === 1 ? 'namespace' : 'namespaces'} ${shown.join(', ')}${more}`;
}
