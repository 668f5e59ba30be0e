/*
The API server refuses a pod whose RuntimeClass does not exist, but no Sandbox, Deployment or Job: those are accepted, and their
pods never come.

**Restricted Fields:**
spec.runtimeClassName

**Allowed Values:** the names of RuntimeClasses that exist; any where it is not known which do
*/

import type { Sentence, Violation } from '../../model/finding.ts';
import type { RuleCheck } from '../check.ts';
import { clusterWith } from '../example-facts.ts';
import type { RuntimeParameters } from './parameters.ts';
import { runtimeOf } from './runtime-of.ts';
import { runtimeInWords } from './words.ts';

/** A check that the RuntimeClass of a pod exists. */
export const runtimeExists: RuleCheck<RuntimeParameters> = {
  id: 'runtimeExists',
  title: 'The RuntimeClass of a pod must exist.',
  fix: 'name a RuntimeClass that exists (kubectl get runtimeclasses)',
  platform: 'any',
  compile({ exists: mode }) {
    if (mode === undefined) return undefined;
    return (pod, { cluster, runs }) => {
      const name = runtimeOf(pod);
      // The field of a pod that runs cannot change any more.
      if (name === '' || runs || cluster.runtimeClass(name) !== 'missing') return undefined;
      return [{ path: 'spec.runtimeClassName', value: pod.spec.runtimeClassName, kind: name }];
    };
  },
  action: ({ exists: mode }) => mode,
  describe,
  examples: {
    pass: [
      {
        name: 'a class that exists',
        parameters: { exists: 'Deny' },
        pod: { spec: { runtimeClassName: 'gvisor' } },
        request: { cluster: clusterWith({ name: 'gvisor' }) },
      },
      {
        name: 'no class',
        parameters: { exists: 'Deny' },
        pod: { spec: { runtimeClassName: '' } },
        request: { cluster: clusterWith({ name: 'gvisor' }) },
      },
      {
        name: 'where it is not known which exist, nothing is said',
        parameters: { exists: 'Deny' },
        pod: { spec: { runtimeClassName: 'gvizor' } },
      },
    ],
    fail: [
      {
        name: 'a class that does not exist',
        parameters: { exists: 'Warn' },
        pod: { spec: { runtimeClassName: 'gvizor' } },
        request: { cluster: clusterWith({ name: 'gvisor' }) },
        says: 'unknown runtime class (RuntimeClass "gvizor" does not exist)',
        paths: ['spec.runtimeClassName'],
        values: ['gvizor'],
      },
    ],
  },
};

function describe([violation]: readonly Violation[]): Sentence {
  return { reason: 'unknown runtime class', detail: `${runtimeInWords(violation?.kind)} does not exist` };
}
