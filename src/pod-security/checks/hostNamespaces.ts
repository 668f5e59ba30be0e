/*
Pods must not share the node's network, process, or IPC namespace.

**Restricted Fields:**
spec.hostNetwork
spec.hostPID
spec.hostIPC

**Allowed Values:** false, undefined/null
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Failure } from '../../model/finding.ts';
import type { Check } from '../check.ts';

/** A baseline check that forbids the namespaces of the node in 1.0+. */
export const hostNamespaces: Check = {
  id: 'hostNamespaces',
  level: 'baseline',
  title: "Pods must not share the node's network, PID, or IPC namespace.",
  fix: 'remove hostNetwork, hostPID, and hostIPC, or set them to false',
  versions: [{ since: '1.0', check: hostNamespaces_1_0 }],
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
      },
      {
        name: 'all',
        pod: { spec: { hostIPC: true, hostPID: true, hostNetwork: true } },
        says: 'host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)',
        paths: ['spec.hostNetwork', 'spec.hostPID', 'spec.hostIPC'],
      },
      {
        name: 'in a user namespace of its own, too',
        pod: { spec: { hostUsers: false, hostNetwork: true } },
        says: 'host namespaces (hostNetwork=true)',
        paths: ['spec.hostNetwork'],
      },
    ],
  },
};

/** In the order in which they are named. */
const NAMESPACES = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

function hostNamespaces_1_0({ spec }: PodView): Failure | undefined {
  if (spec.hostNetwork !== true && spec.hostPID !== true && spec.hostIPC !== true) return undefined;
  const shared = NAMESPACES.filter((namespace) => spec[namespace] === true);
  return {
    reason: 'host namespaces',
    detail: shared.map((namespace) => `${namespace}=true`).join(', '),
    fields: shared.map((namespace) => ({ path: `spec.${namespace}` })),
  };
}
