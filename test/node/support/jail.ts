// Pods of the classes nsjail and landjail, and the jail that a program of theirs makes.
import { expect } from 'vitest';
import { TOOLS } from '../bench/images.ts';
import { newNamespace, type RunningPod, startPod } from './cluster.ts';
import { type Tier, tierLabels } from './policies.ts';

export interface Jail {
  readonly tier?: Tier;
  readonly labels?: Readonly<Record<string, string>>;
  readonly capability?: string;
}

/** Starts a pod that asks for a class of jails. */
export async function startJail({ tier = 'chosen', labels = {}, capability = 'nsjail' }: Jail): Promise<RunningPod> {
  return await startPod({
    namespace: await newNamespace({ ...tierLabels(tier), ...labels }),
    annotations: { 'sandgate.dev/capabilities': capability },
    spec: { containers: [{ name: 'app', image: TOOLS, command: ['sleep', '3600'] }] },
  });
}

/** What nsjail does: a user namespace with a network namespace in it, an interface there, and rules for what it may reach. */
export const JAIL =
  'unshare --user --map-root-user --net sh -c "ip link set lo up && ip -o addr show dev lo && iptables -A OUTPUT -j DROP && iptables -S OUTPUT"';
/** Prints the mode of seccomp: 0 is none, 2 is a profile. */
export const SECCOMP = "grep -E '^Seccomp:' /proc/self/status";

/** Makes a jail in the pod. */
export async function expectJail(pod: RunningPod): Promise<void> {
  const said = await pod.shell(JAIL);
  expect(said).toContain('127.0.0.1/8');
  expect(said).toContain('-A OUTPUT -j DROP');
}
