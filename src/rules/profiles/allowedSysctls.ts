/*
Sysctls are settings of the kernel. Some are kept apart for each pod, others reach every container of the node.

**Restricted Fields:**
spec.securityContext.sysctls[*].name

**Allowed Values:** the names that the policy allows, with dots or slashes
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { escapedNote, quoteVisible } from '../../model/text.ts';
import { append, valuesOf } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { listedNames, type NameList, nameList } from '../name-list.ts';
import type { ProfilesParameters } from './parameters.ts';

/** A check that pods set no sysctl but those that the policy allows. */
export const allowedSysctls: RuleCheck<ProfilesParameters> = {
  id: 'allowedSysctls',
  title: 'Sysctls must be among those that the policy allows.',
  fix: 'remove from securityContext.sysctls what the policy does not allow',
  platform: 'any',
  repeats: ['sysctls'],
  compile: ({ sysctls }) => {
    if (sysctls?.allowed === undefined) return undefined;
    const allowed = { ...nameList(sysctls.allowed.map(withDots)), inWords: listedNames(sysctls.allowed) };
    return (pod) => findSysctls(pod, allowed);
  },
  describe,
  examples: {
    pass: [
      {
        name: 'names and patterns, however they are separated',
        parameters: { sysctls: { allowed: ['net.ipv4.tcp_*', 'net/ipv4/conf/eth0.1/rp_filter'] } },
        pod: {
          spec: {
            securityContext: {
              sysctls: [
                { name: 'net.ipv4.tcp_rmem', value: '1' },
                { name: 'net/ipv4/tcp_wmem', value: '1' },
                { name: 'net.ipv4.conf.eth0/1.rp_filter', value: '1' },
              ],
            },
          },
        },
      },
      {
        name: 'unset',
        parameters: { sysctls: { allowed: [] } },
        pod: { spec: { securityContext: { sysctls: null } } },
      },
    ],
    fail: [
      {
        name: 'other names, other letters, and none',
        parameters: { sysctls: { allowed: ['net.ipv4.tcp_*'] } },
        pod: {
          spec: {
            securityContext: {
              sysctls: [
                { name: 'kernel/msgmax', value: '1' },
                { name: 'net.ipv4.tcp_rmem', value: '1' },
                { name: 'net.ipv4.TCP_rmem', value: '1' },
                { value: '1' },
              ],
            },
          },
        },
        says: 'sysctl not allowed (pod sets "", "kernel/msgmax", "net.ipv4.TCP_rmem"; allowed: "net.ipv4.tcp_*")',
        paths: [
          'spec.securityContext.sysctls[0].name',
          'spec.securityContext.sysctls[2].name',
          'spec.securityContext.sysctls[3].name',
        ],
        values: ['kernel/msgmax', 'net.ipv4.TCP_rmem', undefined],
      },
    ],
  },
};

function findSysctls(pod: PodView, allowed: NameList): readonly Violation[] | undefined {
  const set = pod.spec.securityContext?.sysctls;
  if (!set) return undefined;
  let found: Violation[] | undefined;
  for (const [index, { name }] of set.entries()) {
    if (allowed.includes(withDots(name ?? ''))) continue;
    found = append(found, {
      path: `spec.securityContext.sysctls[${index}].name`,
      value: name,
      allowed: allowed.inWords,
    });
  }
  return found;
}

/**
 * The name as the kubelet reads it: where a slash comes first, slashes and dots change places.
 * Source: k8s.io/component-helpers/node/util/sysctl, ConvertSysctlVariableToDotsSeparator.
 */
function withDots(name: string): string {
  if (name[name.search(/[./]/)] !== '/') return name;
  return name.replaceAll(/[./]/g, (separator) => (separator === '/' ? '.' : '/'));
}

function describe(violations: readonly Violation[]): Sentence {
  const values = valuesOf(violations);
  const shown = values.map(quoteVisible).join(', ');
  const allowed = violations[0]?.allowed ?? '';
  return { reason: 'sysctl not allowed', detail: `pod sets ${shown}; allowed: ${allowed}${escapedNote(values)}` };
}
