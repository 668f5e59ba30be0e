/*
Only the SELinux types made for containers may be chosen, and no user and no role. The level is free.

**Restricted Fields:**
spec.securityContext.seLinuxOptions.type
spec.containers[*].securityContext.seLinuxOptions.type
spec.initContainers[*].securityContext.seLinuxOptions.type
spec.ephemeralContainers[*].securityContext.seLinuxOptions.type

**Allowed Values:** undefined/null/empty, container_t, container_init_t, container_kvm_t; v1.31+: container_engine_t

**Restricted Fields:**
spec.securityContext.seLinuxOptions.user, .role
spec.containers[*].securityContext.seLinuxOptions.user, .role
spec.initContainers[*].securityContext.seLinuxOptions.user, .role
spec.ephemeralContainers[*].securityContext.seLinuxOptions.user, .role

**Allowed Values:** undefined/null/empty
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { SELinuxOptions } from '../../kubernetes/pod.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { joinQuoted, pluralize } from '../../model/text.ts';
import type { Check } from '../check.ts';
import { append, inContainer, settersOf, valuesOf } from '../violations.ts';

/** A baseline check that limits SELinux types and forbids users and roles in 1.0+; container_engine_t from 1.31 on. */
export const seLinuxOptions: Check = {
  id: 'seLinuxOptions',
  level: 'baseline',
  title: 'SELinux types must be those for containers; users and roles must not be set.',
  fix: 'remove user and role from securityContext.seLinuxOptions, and the type unless it is one of the container types',
  versions: [
    { since: '1.0', check: seLinuxOptions_1_0 },
    { since: '1.31', check: seLinuxOptions_1_31 },
  ],
  describe,
  examples: {
    pass: [
      {
        name: 'unset and empty',
        pod: {
          spec: {
            securityContext: { seLinuxOptions: null },
            containers: [{ name: 'a', securityContext: { seLinuxOptions: { type: '', user: '', role: null } } }],
          },
        },
      },
      {
        name: 'a type for containers, and any level',
        since: '1.0',
        pod: { spec: { securityContext: { seLinuxOptions: { type: 'container_kvm_t', level: 's0:c1' } } } },
      },
      {
        name: 'the type for container engines',
        since: '1.31',
        pod: { spec: { securityContext: { seLinuxOptions: { type: 'container_engine_t' } } } },
      },
    ],
    fail: [
      {
        name: 'the type for container engines, before 1.31',
        since: '1.30',
        pod: { spec: { securityContext: { seLinuxOptions: { type: 'container_engine_t' } } } },
        says: 'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "container_engine_t")',
        paths: ['spec.securityContext.seLinuxOptions.type'],
        values: ['container_engine_t'],
      },
      {
        name: 'a role',
        pod: { spec: { containers: [{ name: 'a', securityContext: { seLinuxOptions: { role: 'r' } } }] } },
        says: 'seLinuxOptions (container "a" set forbidden securityContext.seLinuxOptions: role may not be set)',
        paths: ['spec.containers[0].securityContext.seLinuxOptions.role'],
        values: ['r'],
      },
      {
        name: 'the pod and every list of containers',
        pod: {
          spec: {
            securityContext: { seLinuxOptions: { type: 'spc_t', user: 'u' } },
            containers: [{ name: 'a', securityContext: { seLinuxOptions: { type: 'init_t', role: 'r' } } }],
            initContainers: [{ name: 'b', securityContext: { seLinuxOptions: { user: 'u' } } }],
            ephemeralContainers: [{ name: 'c', securityContext: { seLinuxOptions: { type: 'spc_t' } } }],
          },
        },
        says: 'seLinuxOptions (pod and containers "b", "a", "c" set forbidden securityContext.seLinuxOptions: types "init_t", "spc_t"; user may not be set; role may not be set)',
        paths: [
          'spec.securityContext.seLinuxOptions.type',
          'spec.securityContext.seLinuxOptions.user',
          'spec.initContainers[0].securityContext.seLinuxOptions.user',
          'spec.containers[0].securityContext.seLinuxOptions.type',
          'spec.containers[0].securityContext.seLinuxOptions.role',
          'spec.ephemeralContainers[0].securityContext.seLinuxOptions.type',
        ],
        values: ['spc_t', 'u', 'u', 'init_t', 'r', 'spc_t'],
      },
    ],
  },
};

/** The SELinux types that are allowed. The empty one is that of a field which is not set. */
export const SELINUX_TYPES_1_0: ReadonlySet<string> = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
]);
/** The same from Kubernetes 1.31 on. */
export const SELINUX_TYPES_1_31: ReadonlySet<string> = new Set([...SELINUX_TYPES_1_0, 'container_engine_t']);

function seLinuxOptions_1_0(pod: PodView): readonly Violation[] | undefined {
  return seLinuxOptionsWithin(SELINUX_TYPES_1_0, pod);
}

function seLinuxOptions_1_31(pod: PodView): readonly Violation[] | undefined {
  return seLinuxOptionsWithin(SELINUX_TYPES_1_31, pod);
}

function seLinuxOptionsWithin(allowed: ReadonlySet<string>, pod: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  const ofPod = pod.spec.securityContext?.seLinuxOptions;
  for (const kind of PARTS) {
    if (!isForbidden(ofPod, kind, allowed)) continue;
    found = append(found, { path: `spec.securityContext.seLinuxOptions.${kind}`, value: ofPod?.[kind], kind });
  }
  for (const ref of pod.containers) {
    const own = ref.container.securityContext?.seLinuxOptions;
    for (const kind of PARTS) {
      if (!isForbidden(own, kind, allowed)) continue;
      found = append(found, { ...inContainer(ref, `securityContext.seLinuxOptions.${kind}`, own?.[kind]), kind });
    }
  }
  return found;
}

/** In the order in which they are named. */
const PARTS = ['type', 'user', 'role'] as const;

function isForbidden(
  options: SELinuxOptions | null | undefined,
  part: (typeof PARTS)[number],
  allowed: ReadonlySet<string>,
): boolean {
  if (!options) return false;
  return part === 'type' ? !allowed.has(options.type ?? '') : Boolean(options[part]);
}

function describe(violations: readonly Violation[]): Sentence {
  const wrong: string[] = [];
  const types = valuesOf(violations.filter(({ kind }) => kind === 'type'));
  if (types.length > 0) wrong.push(`${pluralize('type', 'types', types.length)} ${joinQuoted(types)}`);
  for (const part of ['user', 'role']) {
    if (violations.some(({ kind }) => kind === part)) wrong.push(`${part} may not be set`);
  }
  const setters = settersOf(violations).join(' and ');
  return {
    reason: 'seLinuxOptions',
    detail: `${setters} set forbidden securityContext.seLinuxOptions: ${wrong.join('; ')}`,
  };
}
