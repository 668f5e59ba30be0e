/*
Container runtimes give containers Linux capabilities that few workloads need. What a policy names here, every container must
give up.

**Restricted Fields:** `add` and `drop` of
spec.containers[*].securityContext.capabilities
spec.initContainers[*].securityContext.capabilities
spec.ephemeralContainers[*].securityContext.capabilities

**Allowed Values:** a `drop` with every name that the policy requires, or with ALL and without these names in `add`; in upper
case and without CAP_, since container runtimes do not agree on other spellings; anything on Windows
*/
import type { ContainerRef, PodView } from '../../kubernetes/containers.ts';
import { canonicalCapability } from '../../kubernetes/linux-capabilities.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { joinQuoted } from '../../model/text.ts';
import { append, containersIn, inContainer, nameContainers } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import type { ProfilesParameters } from './parameters.ts';

/** A check that containers drop the Linux capabilities that the policy requires them to drop. */
export const droppedCapabilities: RuleCheck<ProfilesParameters> = {
  id: 'droppedCapabilities',
  title: 'Containers must drop the Linux capabilities that the policy requires them to drop.',
  fix: 'put these names into securityContext.capabilities.drop in every container, in upper case and without CAP_, and none of them into add',
  platform: 'linux',
  repeats: ['capabilities_baseline', 'capabilities_restricted'],
  compile: ({ linuxCapabilities }) => {
    const required = new Set(linuxCapabilities?.requiredDrop?.map(canonicalCapability));
    return required.size === 0 ? undefined : (pod) => findKept(pod, [...required]);
  },
  describe,
  examples: {
    pass: [
      {
        name: 'the names, or ALL',
        parameters: { linuxCapabilities: { requiredDrop: ['CAP_NET_RAW', 'MKNOD'] } },
        pod: {
          spec: {
            initContainers: [{ name: 'i', securityContext: { capabilities: { drop: ['MKNOD', 'NET_RAW', 'KILL'] } } }],
            containers: [{ name: 'a', securityContext: { capabilities: { drop: ['ALL'], add: ['CHOWN'] } } }],
          },
        },
      },
      {
        name: 'nothing is required',
        parameters: { linuxCapabilities: { requiredDrop: [] } },
        pod: { spec: { containers: [{ name: 'a' }] } },
      },
    ],
    fail: [
      {
        name: 'nothing dropped, or something else, in every list of containers; spelled otherwise',
        parameters: { linuxCapabilities: { requiredDrop: ['ALL'] } },
        pod: {
          spec: {
            initContainers: [{ name: 'i', securityContext: { capabilities: { drop: ['NET_RAW'] } } }],
            containers: [
              { name: 'a', securityContext: { capabilities: { drop: ['all'] } } },
              { name: 'b', securityContext: null },
            ],
            ephemeralContainers: [{ name: 'e', securityContext: { capabilities: { drop: null } } }],
          },
        },
        says: 'Linux capability not dropped (containers "i", "a", "b", "e" must drop "ALL")',
        paths: [
          'spec.initContainers[0].securityContext.capabilities.drop',
          'spec.containers[0].securityContext.capabilities.drop',
          'spec.containers[1].securityContext.capabilities.drop',
          'spec.ephemeralContainers[0].securityContext.capabilities.drop',
        ],
        values: [['NET_RAW'], ['all'], undefined, null],
      },
      {
        name: 'dropped with ALL and added again',
        parameters: { linuxCapabilities: { requiredDrop: ['NET_RAW', 'MKNOD'] } },
        pod: {
          spec: {
            containers: [
              { name: 'a', securityContext: { capabilities: { drop: ['ALL'], add: ['KILL', 'cap_net_raw'] } } },
              { name: 'b', securityContext: { capabilities: { drop: ['NET_RAW', 'CAP_MKNOD'] } } },
            ],
          },
        },
        says: 'Linux capability not dropped (container "b" must drop "MKNOD"; container "a" must not add "NET_RAW")',
        paths: [
          'spec.containers[0].securityContext.capabilities.add[1]',
          'spec.containers[1].securityContext.capabilities.drop',
        ],
        values: ['cap_net_raw', ['NET_RAW', 'CAP_MKNOD']],
      },
    ],
  },
};

function findKept(pod: PodView, required: readonly string[]): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    for (const violation of keptIn(ref, required)) found = append(found, violation);
  }
  return found;
}

/**
 * A runtime first adds and drops ALL, then adds the other names of `add`, and then drops the other names of `drop`.
 * Source: containerd v2.1, internal/cri/opts/spec_opts.go, WithCapabilities.
 */
function keptIn(ref: ContainerRef, required: readonly string[]): readonly Violation[] {
  const { add, drop } = ref.container.securityContext?.capabilities ?? {};
  const dropped = new Set(drop);
  const left = required.filter((name) => !dropped.has(name));
  if (left.length === 0) return [];
  if (!dropped.has('ALL')) {
    const violation = inContainer(ref, 'securityContext.capabilities.drop', drop);
    return [{ ...violation, kind: 'drop', allowed: joinQuoted(left) }];
  }
  const kept = new Set(left);
  return (add ?? []).flatMap((value, index) => {
    const name = canonicalCapability(value);
    if (!kept.has(name) && name !== 'ALL') return [];
    const violation = inContainer(ref, `securityContext.capabilities.add[${index}]`, value);
    return [{ ...violation, kind: 'add', allowed: joinQuoted([name]) }];
  });
}

function describe(violations: readonly Violation[]): Sentence {
  const details = [...inWords(violations, 'drop', 'must drop'), ...inWords(violations, 'add', 'must not add')];
  return { reason: 'Linux capability not dropped', detail: details.join('; ') };
}

/** One clause for all containers that lack the same. */
function inWords(violations: readonly Violation[], kind: string, must: string): string[] {
  const lacking = new Map<string, Violation[]>();
  for (const violation of violations) {
    if (violation.kind !== kind) continue;
    const names = violation.allowed ?? '';
    const known = lacking.get(names);
    if (known) known.push(violation);
    else lacking.set(names, [violation]);
  }
  return [...lacking].map(([names, of]) => `${nameContainers(containersIn(of))} ${must} ${names}`);
}
