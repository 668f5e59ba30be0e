/*
Capabilities beyond those that container runtimes grant by default must not be added, and of the default ones not
NET_RAW. Names are compared as they are written: `chown` and `CAP_CHOWN` are not `CHOWN`.

**Restricted Fields:**
spec.containers[*].securityContext.capabilities.add
spec.initContainers[*].securityContext.capabilities.add
spec.ephemeralContainers[*].securityContext.capabilities.add

**Allowed Values:** undefined/null/empty, or any of
AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, SETFCAP, SETGID, SETPCAP, SETUID,
SYS_CHROOT
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { joinQuoted } from '../../model/text.ts';
import type { Check } from '../check.ts';
import { append, containersIn, debugHint, inContainer, nameContainers, valuesOf } from '../violations.ts';

const FIX = 'remove from securityContext.capabilities.add what is not in the default set; NET_RAW is not, either';

/** A baseline check that limits the capabilities that may be added in 1.0+. */
export const capabilities_baseline: Check = {
  id: 'capabilities_baseline',
  level: 'baseline',
  title: 'Containers must not add capabilities beyond the default set.',
  fix: FIX,
  fixFor: (violations) => FIX + debugHint(violations),
  versions: [{ since: '1.0', check: capabilities_baseline_1_0 }],
  describe,
  examples: {
    pass: [
      {
        name: 'unset',
        pod: { spec: { containers: [{ name: 'a', securityContext: { capabilities: { add: null } } }] } },
      },
      {
        name: 'the default set',
        pod: {
          spec: {
            containers: [
              {
                name: 'a',
                securityContext: {
                  capabilities: { add: ['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID'] },
                },
              },
              {
                name: 'b',
                securityContext: { capabilities: { add: ['KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP'] } },
              },
              { name: 'c', securityContext: { capabilities: { add: ['SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'] } } },
            ],
          },
        },
      },
      {
        name: 'nothing dropped',
        pod: { spec: { containers: [{ name: 'a', securityContext: { capabilities: { drop: [] } } }] } },
      },
    ],
    fail: [
      {
        name: 'NET_RAW',
        pod: { spec: { containers: [{ name: 'a', securityContext: { capabilities: { add: ['KILL', 'NET_RAW'] } } }] } },
        says: 'non-default capabilities (container "a" must not include "NET_RAW" in securityContext.capabilities.add)',
        paths: ['spec.containers[0].securityContext.capabilities.add[1]'],
        values: ['NET_RAW'],
      },
      {
        name: 'every list of containers; values once each and sorted; spelled otherwise',
        pod: {
          spec: {
            containers: [{ name: 'a', securityContext: { capabilities: { add: ['chown', 'ALL', 'CHOWN'] } } }],
            initContainers: [{ name: 'b', securityContext: { capabilities: { add: ['CAP_CHOWN'] } } }],
            ephemeralContainers: [{ name: 'c', securityContext: { capabilities: { add: ['ALL'] } } }],
          },
        },
        says: 'non-default capabilities (containers "b", "a", "c" must not include "ALL", "CAP_CHOWN", "chown" in securityContext.capabilities.add)',
        paths: [
          'spec.initContainers[0].securityContext.capabilities.add[0]',
          'spec.containers[0].securityContext.capabilities.add[0]',
          'spec.containers[0].securityContext.capabilities.add[1]',
          'spec.ephemeralContainers[0].securityContext.capabilities.add[0]',
        ],
        values: ['CAP_CHOWN', 'chown', 'ALL', 'ALL'],
      },
    ],
  },
};

/** The Linux capabilities that the Baseline level lets containers add. */
export const BASELINE_CAPABILITIES: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

function capabilities_baseline_1_0(pod: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    const added = ref.container.securityContext?.capabilities?.add;
    if (!added) continue;
    for (const [index, value] of added.entries()) {
      if (BASELINE_CAPABILITIES.has(value)) continue;
      found = append(found, inContainer(ref, `securityContext.capabilities.add[${index}]`, value));
    }
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const containers = nameContainers(containersIn(violations));
  return {
    reason: 'non-default capabilities',
    detail: `${containers} must not include ${joinQuoted(valuesOf(violations))} in securityContext.capabilities.add`,
  };
}
