// Objects of a cluster, as short as they can be.
import type { JsonObject } from '../../src/model/json.ts';

export function namespace(name: string, labels: Readonly<Record<string, string>> = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

export function runtimeClass(name: string): JsonObject {
  return { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler: name };
}

export function isolationPolicy(name: string, spec: JsonObject, generation = 1): JsonObject {
  return { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy', metadata: { name, generation }, spec };
}

/** In a namespace. */
export function isolationException(where: string, name: string, spec: JsonObject, generation = 1): JsonObject {
  const metadata = { namespace: where, name, generation };
  return { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationException', metadata, spec };
}

export function capabilityClass(name: string, spec: JsonObject, generation = 1): JsonObject {
  return { apiVersion: 'sandgate.dev/v1alpha1', kind: 'CapabilityClass', metadata: { name, generation }, spec };
}
