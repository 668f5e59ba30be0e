// Which sandbox a RuntimeClass runs pods in.

import type { ClusterFacts } from '../cluster-facts.ts';
import { nameList } from '../name-list.ts';
import type { RuntimeParameters } from './parameters.ts';

/** The sandboxes whose limits are known. */
export const SANDBOXES = ['gvisor', 'kata'] as const;
export type Sandbox = (typeof SANDBOXES)[number];

/** How people name handlers and classes: `runsc` is gVisor's own name, `kata-qemu` one that kata-deploy makes. */
const PATTERNS: Readonly<Record<Sandbox, readonly string[]>> = {
  gvisor: ['gvisor', 'gvisor-*', '*-gvisor', 'runsc', 'runsc-*', '*-runsc'],
  kata: ['kata', 'kata-*', '*-kata', 'kata_*'],
};

/**
 * Makes what tells the sandbox of a class: by the policy's own lists, else by its handler where the class is known, else by its
 * name. Undefined for any other.
 */
export function sandboxOf(
  sandboxes: RuntimeParameters['sandboxes'],
): (name: string, cluster: ClusterFacts) => Sandbox | undefined {
  const told = SANDBOXES.map((sandbox) => [sandbox, nameList(sandboxes?.[sandbox] ?? [])] as const);
  const guessed = SANDBOXES.map((sandbox) => [sandbox, nameList(PATTERNS[sandbox])] as const);
  return (name, cluster) => {
    if (name === '') return undefined;
    const own = told.find(([, names]) => names.includes(name));
    if (own) return own[0];
    const known = cluster.runtimeClass(name);
    const by = typeof known === 'object' && known.handler !== '' ? known.handler : name;
    return guessed.find(([, names]) => names.includes(by))?.[0];
  };
}
