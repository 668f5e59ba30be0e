/*
A pod acts at the API server, and to everything that trusts the cluster's tokens, as its service account. Whoever may create
pods may take any account of the namespace.

**Restricted Fields:**
spec.serviceAccountName
spec.serviceAccount

**Allowed Values:** the names that the policy allows and does not forbid; undefined/null/"" stands for "default"
*/

import type { PodView } from '../../kubernetes/containers.ts';
import type { PodSpec } from '../../kubernetes/pod.ts';
import { serviceAccountOf } from '../../kubernetes/service-account.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { quoteVisible } from '../../model/text.ts';
import type { RuleCheck } from '../check.ts';
import { nameList } from '../name-list.ts';
import type { ServiceAccountParameters } from './parameters.ts';

/** A check that pods run as a service account that the policy lets them run as. */
export const serviceAccountName: RuleCheck<ServiceAccountParameters> = {
  id: 'serviceAccountName',
  title: 'Pods must run as an allowed service account.',
  fix: 'set serviceAccountName to an account that the policy allows',
  platform: 'any',
  compile({ allowed, forbidden }) {
    if (allowed === undefined && forbidden === undefined) return undefined;
    const may = allowed && nameList(allowed);
    const mayNot = nameList(forbidden ?? []);
    return (pod) => {
      const name = serviceAccountOf(pod);
      if (mayNot.includes(name)) return notAllowed(pod, name, `forbidden are ${mayNot.inWords}`);
      if (may === undefined || may.includes(name)) return undefined;
      return notAllowed(pod, name, `allowed: ${may.inWords}`);
    };
  },
  describe,
  examples: {
    pass: [
      {
        name: 'an account that is allowed by a pattern',
        parameters: { allowed: ['agent-*'], forbidden: ['default'] },
        pod: { spec: { serviceAccountName: 'agent-7', containers: [] } },
      },
      {
        name: 'the deprecated field, where the other one is empty',
        parameters: { allowed: ['agent-*'] },
        pod: { spec: { serviceAccountName: '', serviceAccount: 'agent-7', containers: [] } },
      },
      {
        name: 'the default account, where it is allowed',
        parameters: { allowed: ['default'] },
        pod: { spec: { serviceAccountName: null, containers: [] } },
      },
    ],
    fail: [
      {
        name: 'a pod that names no account',
        parameters: { forbidden: ['default'] },
        pod: { spec: { containers: [] } },
        says: 'service account not allowed (pod names none and runs as "default", forbidden are "default")',
        paths: ['spec.serviceAccountName'],
        values: [undefined],
      },
      {
        name: 'an account that is not allowed',
        parameters: { allowed: ['agent-*', 'batch'] },
        pod: { spec: { serviceAccountName: 'cluster-agent-7', containers: [] } },
        says: 'service account not allowed (pod runs as "cluster-agent-7", allowed: "agent-*", "batch")',
        paths: ['spec.serviceAccountName'],
        values: ['cluster-agent-7'],
      },
      {
        name: 'an account that is forbidden although it is allowed, under the deprecated name of the field',
        parameters: { allowed: ['*'], forbidden: ['admin-*'] },
        pod: { spec: { serviceAccount: 'admin-1', containers: [] } },
        says: 'service account not allowed (pod runs as "admin-1", forbidden are "admin-*")',
        paths: ['spec.serviceAccount'],
        values: ['admin-1'],
      },
      {
        name: 'a list that allows nothing',
        parameters: { allowed: [] },
        pod: { spec: { serviceAccountName: '', containers: [] } },
        says: 'service account not allowed (pod names none and runs as "default", allowed: none)',
        paths: ['spec.serviceAccountName'],
        values: [''],
      },
    ],
  },
};

function notAllowed(pod: PodView, name: string, allowed: string): readonly Violation[] {
  const field = fieldOf(pod.spec);
  return [{ path: `spec.${field}`, value: pod.spec[field], kind: name, allowed }];
}

/** The field that decides. */
function fieldOf({ serviceAccountName: name, serviceAccount }: PodSpec): 'serviceAccountName' | 'serviceAccount' {
  return !name && serviceAccount ? 'serviceAccount' : 'serviceAccountName';
}

function describe([violation]: readonly Violation[]): Sentence {
  const runsAs = `runs as ${quoteVisible(violation?.kind ?? '')}`;
  const pod = violation?.value ? `pod ${runsAs}` : `pod names none and ${runsAs}`;
  return { reason: 'service account not allowed', detail: `${pod}, ${violation?.allowed ?? ''}` };
}
