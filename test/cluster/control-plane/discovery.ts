// Where the objects of a kind live: asked of the server once, and again when a kind is not known yet.
import { isJsonObject, ownField, stringField } from '../../../src/model/json.ts';
import type { KubeReply } from './kube-http.ts';

/** One kind at one version. */
export interface KindRef {
  readonly apiVersion: string;
  readonly kind: string;
}

/** One object. Without a namespace: a cluster-scoped one. */
export interface ObjectRef extends KindRef {
  readonly name: string;
  readonly namespace?: string | undefined;
}

interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}

type Get = (path: string) => Promise<KubeReply>;

/** Paths of resources. */
export class Discovery {
  readonly #get: Get;
  readonly #known = new Map<string, Resource>();

  constructor(get: Get) {
    this.#get = get;
  }

  /**
   * The path of a kind's collection, in all namespaces where none is given.
   *
   * @throws Error where the server does not serve the kind, or a namespace is given to a cluster-scoped kind
   */
  async collection(ref: KindRef, namespace?: string): Promise<string> {
    const resource = await this.#resource(ref);
    const group = groupPath(ref.apiVersion);
    if (namespace === undefined) return `${group}/${resource.plural}`;
    if (!resource.namespaced) throw new Error(`${ref.kind} is cluster-scoped, but namespace "${namespace}" was given`);
    return `${group}/namespaces/${encodeURIComponent(namespace)}/${resource.plural}`;
  }

  /** The path of an object. */
  async object(ref: ObjectRef): Promise<string> {
    return `${await this.collection(ref, ref.namespace)}/${encodeURIComponent(ref.name)}`;
  }

  async #resource(ref: KindRef): Promise<Resource> {
    const known = this.#known.get(keyOf(ref));
    if (known) return known;
    const { status, body } = await this.#get(groupPath(ref.apiVersion));
    this.#learn(ref.apiVersion, ownField(body, 'resources'));
    const found = this.#known.get(keyOf(ref));
    if (found) return found;
    throw new Error(`the server does not serve ${ref.kind} of ${ref.apiVersion} (discovery answered ${status})`);
  }

  #learn(apiVersion: string, resources: unknown): void {
    if (!Array.isArray(resources)) return;
    for (const resource of resources) {
      if (!isJsonObject(resource)) continue;
      const [kind, plural] = [stringField(resource, 'kind'), stringField(resource, 'name')];
      // Subresources such as `pods/status` repeat the kind.
      if (kind === undefined || plural === undefined || plural.includes('/')) continue;
      this.#known.set(keyOf({ apiVersion, kind }), { plural, namespaced: ownField(resource, 'namespaced') === true });
    }
  }
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function keyOf({ apiVersion, kind }: KindRef): string {
  return `${apiVersion} ${kind}`;
}
