// Which sandbox a RuntimeClass runs pods in.

import { remembered } from '../../model/remembered.ts';
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
  const told = finding(sandboxes ?? {});
  const guess = remembered(finding(PATTERNS));
  return (name, cluster) => {
    if (name === '') return undefined;
    const own = told(name);
    if (own !== undefined) return own;
    const known = cluster.runtimeClass(name);
    return guess(typeof known === 'object' && known.handler !== '' ? known.handler : name);
  };
}

/** Makes what finds the sandbox whose list has a name. */
function finding(lists: Partial<Record<Sandbox, readonly string[]>>): (name: string) => Sandbox | undefined {
  const ready = SANDBOXES.map((sandbox) => ({ sandbox, includes: nameList(lists[sandbox] ?? []).includes }));
  return (name) => ready.find(({ includes }) => includes(name))?.sandbox;
}
