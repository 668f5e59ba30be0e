// What a cluster would know, from files.
import { type NodeFacts, nodeOf } from '../../kubernetes/node.ts';
import { type RuntimeClass, runtimeClassOf } from '../../kubernetes/runtime-class.ts';
import { isJsonObject } from '../../model/json.ts';
import type { PolicySet } from '../../policy/policy.ts';
import { type ClusterFacts, RuntimeFacts } from '../../rules/cluster-facts.ts';
import { qualifiedKind } from '../../workloads/workload.ts';
import type { InputObject } from './objects.ts';

/**
 * The facts that these objects state; undefined where they state none. Where there is any RuntimeClass, there is no other: as
 * with Roles, whoever gives some gives those that the cluster has. The same holds for Nodes.
 */
export function clusterFactsFrom(objects: readonly InputObject[]): ClusterFacts | undefined {
  const classes = new Map<string, RuntimeClass>();
  const nodes: NodeFacts[] = [];
  for (const { kind, value } of objects) {
    if (!isJsonObject(value)) continue;
    const name = qualifiedKind(kind);
    const found = name === 'RuntimeClass.node.k8s.io' ? runtimeClassOf(value) : undefined;
    if (found) classes.set(found.name, found);
    const node = name === 'Node' ? nodeOf(value) : undefined;
    if (node) nodes.push(node);
  }
  if (classes.size === 0) return undefined;
  return new RuntimeFacts(
    (name) => classes.get(name) ?? 'missing',
    () => (nodes.length > 0 ? nodes : undefined),
  );
}

/** What policies ask about the cluster and nobody has said, a line for each. */
export function unknownFacts({ policies }: PolicySet, facts: ClusterFacts | undefined): readonly string[] {
  const lines: string[] = [];
  if (facts === undefined && policies.some(({ needsFacts }) => needsFacts.runtimeClasses))
    lines.push(about('RuntimeClasses', 'runtime.exists', 'RuntimeClasses'));
  if (policies.some(({ needsFacts }) => needsFacts.nodes) && !knowsNodes(facts))
    lines.push(about('Nodes', 'runtime.nodes', 'RuntimeClasses and Nodes'));
  return lines;
}

function about(what: string, key: string, kinds: string): string {
  return `${what} are not known, so nothing is said about ${key} (expected ${kinds} in -f or --context)`;
}

function knowsNodes(facts: ClusterFacts | undefined): boolean {
  return facts instanceof RuntimeFacts && facts.knowsNodes;
}
