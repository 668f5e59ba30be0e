// What is watched, as the API server serves it.
import type { OwnKind, ResourceName } from '../../resources/kind.ts';

/** One list that can be watched. */
export interface WatchedResource {
  /** Plural, as RBAC names it; with its group where it has one: `runtimeclasses.node.k8s.io`. */
  readonly name: string;
  readonly path: string;
}

export const NAMESPACES: WatchedResource = { name: 'namespaces', path: '/api/v1/namespaces' };
export const NODES: WatchedResource = { name: 'nodes', path: '/api/v1/nodes' };
export const RUNTIME_CLASSES: WatchedResource = {
  name: 'runtimeclasses.node.k8s.io',
  path: '/apis/node.k8s.io/v1/runtimeclasses',
};

/** The list of all objects of one of our own kinds, in every namespace where it has them. */
export function ownResource({ group, version, plural }: OwnKind): WatchedResource {
  return { name: `${plural}.${group}`, path: `/apis/${group}/${version}/${plural}` };
}

/** The path of one object of one of our own kinds. */
export function ownObjectPath({ group, version, plural }: OwnKind, { name, namespace }: ResourceName): string {
  const list = namespace === undefined ? plural : `namespaces/${encodeURIComponent(namespace)}/${plural}`;
  return `/apis/${group}/${version}/${list}/${encodeURIComponent(name)}`;
}
