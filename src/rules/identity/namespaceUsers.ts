/*
Where each namespace has users of its own, as on OpenShift, a namespace without a range has none that its pods may run as.

**Restricted Fields:** the annotation of the namespace that the policy names in `users.fromNamespaceAnnotation`

**Allowed Values:** a range of users, `START/SIZE` or `START-END`
*/

import type { Sentence, Violation } from '../../model/finding.ts';
import { ownField } from '../../model/json.ts';
import type { RuleCheck } from '../check.ts';
import { rangeOfNamespace } from './allowed-users.ts';
import type { IdentityParameters } from './parameters.ts';

const KEY = 'openshift.io/sa.scc.uid-range';
const BY_NAMESPACE = { users: { fromNamespaceAnnotation: KEY } };
const POD = { spec: { containers: [{ name: 'a', securityContext: { runAsUser: 1000650000 } }] } };

/** A check that the namespace says which users its pods may run as, where a policy asks the namespace. */
export const namespaceUsers: RuleCheck<IdentityParameters> = {
  id: 'namespaceUsers',
  title: 'The namespace must say which users its pods may run as.',
  fix: 'ask an administrator to set this annotation of the namespace to a range, such as 1000650000/10000 (sandgate check learns it from the Namespace in -f or --context, or from --namespace-annotations)',
  platform: 'linux',
  compile({ users }) {
    const key = users?.fromNamespaceAnnotation;
    if (key === undefined) return undefined;
    return (_pod, request) => {
      const range = rangeOfNamespace(key, request);
      if (typeof range !== 'string') return undefined;
      const value = ownField(ownField(request.object, 'metadata'), 'namespace');
      return [{ path: 'metadata.namespace', value, inObject: true, inPods: true, kind: range }];
    };
  },
  describe,
  examples: {
    pass: [
      {
        name: 'the first user and how many there are',
        parameters: BY_NAMESPACE,
        pod: POD,
        request: { namespaceAnnotations: { [KEY]: '1000650000/10000' } },
      },
      {
        name: 'the first user and the last one',
        parameters: BY_NAMESPACE,
        pod: POD,
        request: { namespaceAnnotations: { [KEY]: '1000650000-1000659999' } },
      },
      {
        name: 'a policy with a range of its own',
        parameters: { users: { min: 1000 } },
        pod: POD,
        request: { namespaceAnnotations: {} },
      },
    ],
    fail: [
      {
        name: 'a namespace without the annotation',
        parameters: BY_NAMESPACE,
        pod: POD,
        request: {
          object: { metadata: { namespace: 'agents' } },
          namespaceAnnotations: { 'openshift.io/sa.scc.mcs': 's0' },
        },
        says: `users of the namespace (annotation "${KEY}" is not set)`,
        paths: ['metadata.namespace'],
        values: ['agents'],
      },
      {
        name: 'an annotation that nobody can read',
        parameters: BY_NAMESPACE,
        pod: POD,
        request: { namespaceAnnotations: { [KEY]: '1000650000/0' } },
        says: `users of the namespace (annotation "${KEY}" is "1000650000/0", which is not a range of users)`,
        paths: ['metadata.namespace'],
        values: [undefined],
      },
      {
        name: 'a namespace of which nothing is known',
        parameters: BY_NAMESPACE,
        pod: POD,
        says: `users of the namespace (annotation "${KEY}" is not known)`,
        paths: ['metadata.namespace'],
        values: [undefined],
      },
    ],
  },
};

function describe([violation]: readonly Violation[]): Sentence {
  return { reason: 'users of the namespace', detail: violation?.kind ?? '' };
}
