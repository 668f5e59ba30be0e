/*
A RuntimeClass that no node can run leaves its pods pending for ever, without a word on why.

**Restricted Fields:**
spec.runtimeClassName

**Allowed Values:** RuntimeClasses for which there is a node with the labels of their scheduling.nodeSelector whose container runtime
does not say that it lacks the handler; any where classes or nodes are not known
*/

import type { Sentence, Violation } from '../../model/finding.ts';
import type { RuleCheck } from '../check.ts';
import { clusterWith } from '../example-facts.ts';
import type { RuntimeParameters } from './parameters.ts';
import { runtimeOf } from './runtime-of.ts';
import { runtimeInWords } from './words.ts';

/** A check that some node can run the RuntimeClass of a pod. */
export const runtimeNodes: RuleCheck<RuntimeParameters> = {
  id: 'runtimeNodes',
  title: 'Some node must be able to run the RuntimeClass of a pod.',
  fix: 'name a RuntimeClass that nodes can run, or ask an administrator for nodes that can',
  platform: 'any',
  compile({ nodes: mode }) {
    if (mode === undefined) return undefined;
    return (pod, { cluster, runs }) => {
      const name = runtimeOf(pod);
      if (name === '' || runs || cluster.hasNodeFor(name) !== false) return undefined;
      return [{ path: 'spec.runtimeClassName', value: pod.spec.runtimeClassName, kind: name }];
    };
  },
  action: ({ nodes: mode }) => mode,
  describe,
  examples: {
    pass: [
      {
        name: 'a node can run it',
        parameters: { nodes: 'Deny' },
        pod: { spec: { runtimeClassName: 'gvisor' } },
        request: { cluster: clusterWith({ name: 'gvisor' }, true) },
      },
      {
        name: 'where nodes are not known, nothing is said',
        parameters: { nodes: 'Deny' },
        pod: { spec: { runtimeClassName: 'gvisor' } },
        request: { cluster: clusterWith({ name: 'gvisor' }) },
      },
    ],
    fail: [
      {
        name: 'no node can run it',
        parameters: { nodes: 'Warn' },
        pod: { spec: { runtimeClassName: 'gvisor' } },
        request: { cluster: clusterWith({ name: 'gvisor' }, false) },
        says: 'no node for the runtime (no node can run RuntimeClass "gvisor": none has the labels and the handler that it asks for)',
        paths: ['spec.runtimeClassName'],
        values: ['gvisor'],
      },
    ],
  },
};

function describe([violation]: readonly Violation[]): Sentence {
  return {
    reason: 'no node for the runtime',
    detail: `no node can run ${runtimeInWords(violation?.kind)}: none has the labels and the handler that it asks for`,
  };
}
