// What is watched, as the API server serves it.

/** One list that can be watched. */
export interface WatchedResource {
  /** Plural, as RBAC names it; with its group where it has one: `runtimeclasses.node.k8s.io`. */
  readonly name: string;
  readonly path: string;
}

export const NAMESPACES: WatchedResource = { name: 'namespaces', path: '/api/v1/namespaces' };
export const RUNTIME_CLASSES: WatchedResource = {
  name: 'runtimeclasses.node.k8s.io',
  path: '/apis/node.k8s.io/v1/runtimeclasses',
};
export const ISOLATION_POLICIES: WatchedResource = {
  name: 'isolationpolicies.sandgate.dev',
  path: '/apis/sandgate.dev/v1alpha1/isolationpolicies',
};
export const CAPABILITY_CLASSES: WatchedResource = {
  name: 'capabilityclasses.sandgate.dev',
  path: '/apis/sandgate.dev/v1alpha1/capabilityclasses',
};
