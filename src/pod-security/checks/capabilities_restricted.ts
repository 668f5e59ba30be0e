/*
Containers must drop all capabilities, and may get back none but NET_BIND_SERVICE.

**Restricted Fields:**
spec.containers[*].securityContext.capabilities.drop
spec.initContainers[*].securityContext.capabilities.drop
spec.ephemeralContainers[*].securityContext.capabilities.drop

**Allowed Values:** any list with 'ALL' in it; v1.25+: anything on Windows

**Restricted Fields:**
spec.containers[*].securityContext.capabilities.add
spec.initContainers[*].securityContext.capabilities.add
spec.ephemeralContainers[*].securityContext.capabilities.add

**Allowed Values:** undefined/null/empty, 'NET_BIND_SERVICE'; v1.25+: anything on Windows
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { joinQuoted } from '../../model/text.ts';
import type { Check } from '../check.ts';
import { append, containersIn, debugHint, inContainer, nameContainers, valuesOf } from '../violations.ts';
import { isWindows } from '../windows.ts';

/** A restricted check that requires ALL capabilities to be dropped in 1.22+; not of Windows pods from 1.25 on. */
export const capabilities_restricted: Check = {
  id: 'capabilities_restricted',
  level: 'restricted',
  title: 'Containers must drop all capabilities and may add only NET_BIND_SERVICE.',
  fix: 'set securityContext.capabilities.drop to ["ALL"] in every container, and add nothing but NET_BIND_SERVICE',
  fixFor,
  versions: [
    { since: '1.22', overrides: ['capabilities_baseline'], check: capabilities_restricted_1_22 },
    { since: '1.25', overrides: ['capabilities_baseline'], check: capabilities_restricted_1_25 },
  ],
  describe,
  examples: {
    pass: [
      {
        name: 'all dropped, one added',
        since: '1.22',
        pod: {
          spec: {
            containers: [
              { name: 'a', securityContext: { capabilities: { drop: ['KILL', 'ALL'], add: ['NET_BIND_SERVICE'] } } },
            ],
          },
        },
      },
      {
        name: 'Windows',
        since: '1.25',
        pod: { spec: { os: { name: 'windows' }, containers: [{ name: 'a' }] } },
      },
    ],
    fail: [
      {
        name: 'Windows, before 1.25',
        since: '1.24',
        pod: { spec: { os: { name: 'windows' }, containers: [{ name: 'a' }] } },
        says: 'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"])',
        paths: ['spec.containers[0].securityContext.capabilities.drop'],
        values: [undefined],
      },
      {
        name: 'an addition that baseline allows',
        pod: {
          spec: {
            containers: [{ name: 'a', securityContext: { capabilities: { drop: ['ALL'], add: ['CHOWN', 'CHOWN'] } } }],
          },
        },
        says: 'unrestricted capabilities (container "a" must not include "CHOWN" in securityContext.capabilities.add)',
        paths: [
          'spec.containers[0].securityContext.capabilities.add[0]',
          'spec.containers[0].securityContext.capabilities.add[1]',
        ],
        values: ['CHOWN', 'CHOWN'],
      },
      {
        name: 'both, in every list of containers; spelled otherwise',
        pod: {
          spec: {
            os: { name: 'linux' },
            containers: [{ name: 'a', securityContext: { capabilities: { drop: ['all'], add: ['SYS_TIME'] } } }],
            initContainers: [{ name: 'b', securityContext: { capabilities: null } }],
            ephemeralContainers: [{ name: 'c', securityContext: { capabilities: { drop: null, add: ['KILL'] } } }],
          },
        },
        says: 'unrestricted capabilities (containers "b", "a", "c" must set securityContext.capabilities.drop=["ALL"]; containers "a", "c" must not include "KILL", "SYS_TIME" in securityContext.capabilities.add)',
        paths: [
          'spec.initContainers[0].securityContext.capabilities.drop',
          'spec.containers[0].securityContext.capabilities.drop',
          'spec.containers[0].securityContext.capabilities.add[0]',
          'spec.ephemeralContainers[0].securityContext.capabilities.drop',
          'spec.ephemeralContainers[0].securityContext.capabilities.add[0]',
        ],
        values: [undefined, ['all'], 'SYS_TIME', null, 'KILL'],
      },
    ],
  },
};

function capabilities_restricted_1_22(pod: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    const capabilities = ref.container.securityContext?.capabilities;
    if (!capabilities?.drop?.includes('ALL')) {
      const field = inContainer(ref, 'securityContext.capabilities.drop', capabilities?.drop);
      found = append(found, { ...field, kind: 'drop' });
    }
    if (!capabilities?.add) continue;
    for (const [index, value] of capabilities.add.entries()) {
      if (value === 'NET_BIND_SERVICE') continue;
      found = append(found, inContainer(ref, `securityContext.capabilities.add[${index}]`, value));
    }
  }
  return found;
}

function capabilities_restricted_1_25(pod: PodView): readonly Violation[] | undefined {
  return isWindows(pod) ? undefined : capabilities_restricted_1_22(pod);
}

function fixFor(violations: readonly Violation[]): string {
  const keeping = violations.filter(({ kind }) => kind === 'drop');
  const adding = violations.filter(({ kind }) => kind !== 'drop');
  const fixes: string[] = [];
  if (keeping.length > 0) {
    const spelled = keeping.map(({ value }) => likeAll(value)).find((name) => name !== undefined);
    fixes.push(
      spelled === undefined
        ? 'set securityContext.capabilities.drop to ["ALL"] in every container'
        : `write ALL in upper case in securityContext.capabilities.drop: "${spelled}" was found, which Kubernetes does not take for it`,
    );
  }
  if (adding.length > 0) {
    fixes.push(`remove from securityContext.capabilities.add all but NET_BIND_SERVICE${debugHint(adding)}`);
  }
  return fixes.join(', and ');
}

/** The first entry of a list that is ALL but for the case of its letters, or has the prefix of the kernel's names. */
function likeAll(drop: unknown): string | undefined {
  if (!Array.isArray(drop)) return undefined;
  const found: unknown = drop.find((name) => typeof name === 'string' && /^(cap_)?all$/i.test(name));
  return typeof found === 'string' ? found : undefined;
}

function describe(violations: readonly Violation[]): Sentence {
  const keeping = violations.filter(({ kind }) => kind === 'drop');
  const adding = violations.filter(({ kind }) => kind !== 'drop');
  const details: string[] = [];
  if (keeping.length > 0) {
    details.push(`${nameContainers(containersIn(keeping))} must set securityContext.capabilities.drop=["ALL"]`);
  }
  if (adding.length > 0) {
    const containers = nameContainers(containersIn(adding));
    const forbidden = joinQuoted(valuesOf(adding));
    details.push(`${containers} must not include ${forbidden} in securityContext.capabilities.add`);
  }
  return { reason: 'unrestricted capabilities', detail: details.join('; ') };
}
