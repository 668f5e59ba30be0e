// What a cluster would know about namespaces and users, from files and options.
import type { Surroundings } from '../../engine/gate.ts';
import { annotationsOfNamespaceObject, labelsOfNamespace } from '../../kubernetes/namespace.ts';
import type { StringMap } from '../../kubernetes/pod.ts';
import { type JsonObject, ownField, stringField } from '../../model/json.ts';
import { type AuthorizationOptions, mayUseFrom } from './authorization.ts';
import { clusterFactsFrom } from './cluster-facts.ts';
import type { InputObject } from './objects.ts';

/** What may be assumed where the objects do not say it. */
export interface SurroundingsOptions {
  /** The labels of namespaces that are not among the objects; undefined where they were not given. */
  readonly otherwise?: StringMap | undefined;
  /** The annotations of namespaces that are not among the objects; undefined where they were not given. They are not assumed. */
  readonly annotations?: StringMap | undefined;
  /**
   * Called once for each namespace of which nothing is known, before its labels are assumed to be none. Where it is
   * absent nothing is assumed, and what depends on such labels is refused.
   */
  readonly onAssumed?: ((namespace: string) => void) | undefined;
  /** By default nothing is assumed, and without Roles among the objects nobody may use a class that asks for them. */
  readonly authorization?: AuthorizationOptions | undefined;
}

const NOTHING_ASSUMED: AuthorizationOptions = { namespace: 'default', assume: 'never', note: () => {} };

/** The surroundings that these Namespaces, Roles and bindings describe. Objects of other kinds are ignored. */
export function surroundingsFrom(objects: readonly InputObject[], options: SurroundingsOptions = {}): Surroundings {
  const known = new Map<string, StringMap>();
  const annotations = new Map<string, StringMap>();
  const pods = new Map<string, JsonObject>();
  for (const { kind, value } of objects) {
    if (kind.group === '' && kind.kind === 'Pod') pods.set(podKey(value), value);
    if (kind.group !== '' || kind.kind !== 'Namespace') continue;
    const metadata = ownField(value, 'metadata');
    const name = stringField(metadata, 'name');
    if (!name) continue;
    known.set(name, labelsOfNamespace(name, ownField(metadata, 'labels')));
    annotations.set(name, annotationsOfNamespaceObject(value));
  }
  const mayUse = mayUseFrom(objects, options.authorization ?? NOTHING_ASSUMED);
  const cluster = clusterFactsFrom(objects);
  return {
    ...(mayUse && { mayUse }),
    ...(cluster && { cluster }),
    pod: (namespace, name) => {
      const pod = pods.get(`${namespace}/${name}`) ?? pods.get(`/${name}`);
      return pod ? { pod } : 'unknown';
    },
    namespaceAnnotations: (namespace) => annotations.get(namespace) ?? options.annotations,
    namespaceLabels(namespace) {
      const labels = known.get(namespace);
      if (labels) return labels;
      const { otherwise, onAssumed } = options;
      if (!otherwise && !onAssumed) return undefined;
      if (!otherwise) onAssumed?.(namespace);
      const assumed = labelsOfNamespace(namespace, otherwise);
      // The same object every time: what is derived from labels is cached by their identity.
      known.set(namespace, assumed);
      return assumed;
    },
  };
}

/** `NAMESPACE/NAME`; of a pod without a namespace it stands for every one. */
function podKey(value: JsonObject): string {
  const metadata = ownField(value, 'metadata');
  return `${stringField(metadata, 'namespace') ?? ''}/${stringField(metadata, 'name') ?? ''}`;
}
