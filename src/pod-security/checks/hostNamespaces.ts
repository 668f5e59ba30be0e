/*
Pods must not share the node's network, process, or IPC namespace.

**Restricted Fields:**
spec.hostNetwork
spec.hostPID
spec.hostIPC

**Allowed Values:** false, undefined/null
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import type { Check } from '../check.ts';
import { append } from '../violations.ts';

/** A baseline check that forbids the namespaces of the node in 1.0+. */
export const hostNamespaces: Check = {
  id: 'hostNamespaces',
  level: 'baseline',
  title: "Pods must not share the node's network, PID, or IPC namespace.",
  fix: 'remove hostNetwork, hostPID, and hostIPC, or set them to false',
  versions: [{ since: '1.0', check: hostNamespaces_1_0 }],
  describe,
  examples: {
    pass: [
      { name: 'unset', pod: { spec: { hostNetwork: null } } },
      { name: 'false', pod: { spec: { hostNetwork: false, hostPID: false, hostIPC: false } } },
    ],
    fail: [
      {
        name: 'one',
        pod: { spec: { hostPID: true } },
        says: 'host namespaces (hostPID=true)',
        paths: ['spec.hostPID'],
        values: [true],
      },
      {
        name: 'all',
        pod: { spec: { hostIPC: true, hostPID: true, hostNetwork: true } },
        says: 'host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)',
        paths: ['spec.hostNetwork', 'spec.hostPID', 'spec.hostIPC'],
        values: [true, true, true],
      },
      {
        name: 'in a user namespace of its own, too',
        pod: { spec: { hostUsers: false, hostNetwork: true } },
        says: 'host namespaces (hostNetwork=true)',
        paths: ['spec.hostNetwork'],
        values: [true],
      },
    ],
  },
};

/** In the order in which they are named. */
const NAMESPACES = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

function hostNamespaces_1_0({ spec }: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const kind of NAMESPACES) {
    if (spec[kind] === true) found = append(found, { path: `spec.${kind}`, value: true, kind });
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  return { reason: 'host namespaces', detail: violations.map(({ kind }) => `${kind}=true`).join(', ') };
}
