// Clusters for examples.
import type { RuntimeClass } from '../kubernetes/runtime-class.ts';
import type { ClusterFacts } from './cluster-facts.ts';

/** A cluster with one RuntimeClass. */
export function clusterWith(
  known: Partial<RuntimeClass> & Pick<RuntimeClass, 'name'>,
  hasNode?: boolean,
): ClusterFacts {
  const found: RuntimeClass = { handler: known.name, nodeSelector: {}, tolerations: [], ...known };
  return {
    runtimeClass: (name) => (name === found.name ? found : 'missing'),
    hasNodeFor: (name) => (name === found.name ? hasNode : undefined),
  };
}
