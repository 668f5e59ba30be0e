// What a cluster would know, from files.
import { type RuntimeClass, runtimeClassOf } from '../kubernetes/runtime-class.ts';
import { isJsonObject } from '../model/json.ts';
import type { ClusterFacts } from '../rules/cluster-facts.ts';
import { qualifiedKind } from '../workloads/workload.ts';
import type { InputObject } from './objects.ts';

/**
 * The facts that these objects state; undefined where they state none. Where there is any RuntimeClass, there is no other: as
 * with Roles, whoever gives some gives those that the cluster has.
 */
export function clusterFactsFrom(objects: readonly InputObject[]): ClusterFacts | undefined {
  const classes = new Map<string, RuntimeClass>();
  for (const { kind, value } of objects) {
    if (qualifiedKind(kind) !== 'RuntimeClass.node.k8s.io') continue;
    const found = isJsonObject(value) ? runtimeClassOf(value) : undefined;
    if (found) classes.set(found.name, found);
  }
  if (classes.size === 0) return undefined;
  return { runtimeClass: (name) => classes.get(name) ?? 'missing' };
}
