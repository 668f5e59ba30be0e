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
import { containerPath, type PodView } from '../../kubernetes/containers.ts';
import type { SELinuxOptions } from '../../kubernetes/pod.ts';
import type { Failure, FieldRef } from '../../model/finding.ts';
import { joinQuoted, pluralize, sortBytewise } from '../../model/text.ts';
import type { Check } from '../check.ts';
import { nameSetters } from '../setters.ts';

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
      },
      {
        name: 'a role',
        pod: { spec: { containers: [{ name: 'a', securityContext: { seLinuxOptions: { role: 'r' } } }] } },
        says: 'seLinuxOptions (container "a" set forbidden securityContext.seLinuxOptions: role may not be set)',
        paths: ['spec.containers[0].securityContext.seLinuxOptions.role'],
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
      },
    ],
  },
};

const ALLOWED_1_0: ReadonlySet<string> = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t']);
const ALLOWED_1_31: ReadonlySet<string> = new Set([...ALLOWED_1_0, 'container_engine_t']);

function seLinuxOptions_1_0(pod: PodView): Failure | undefined {
  return seLinuxOptionsWithin(ALLOWED_1_0, pod);
}

function seLinuxOptions_1_31(pod: PodView): Failure | undefined {
  return seLinuxOptionsWithin(ALLOWED_1_31, pod);
}

/** What is found wrong over all of the pod. */
interface Found {
  readonly types: string[];
  user: boolean;
  role: boolean;
}

function seLinuxOptionsWithin(allowed: ReadonlySet<string>, pod: PodView): Failure | undefined {
  const found: Found = { types: [], user: false, role: false };
  const names: string[] = [];
  const fields: FieldRef[] = [];
  const podParts = forbiddenParts(pod.spec.securityContext?.seLinuxOptions, allowed, found);
  for (const part of podParts) fields.push({ path: `spec.securityContext.seLinuxOptions.${part}` });
  for (const ref of pod.containers) {
    const parts = forbiddenParts(ref.container.securityContext?.seLinuxOptions, allowed, found);
    if (parts.length === 0) continue;
    names.push(ref.name);
    for (const part of parts) {
      fields.push({ path: containerPath(ref, `securityContext.seLinuxOptions.${part}`), container: ref.name });
    }
  }
  if (fields.length === 0) return undefined;
  const setters = nameSetters(podParts.length > 0, names).join(' and ');
  return {
    reason: 'seLinuxOptions',
    detail: `${setters} set forbidden securityContext.seLinuxOptions: ${describe(found)}`,
    fields,
  };
}

const NONE: readonly string[] = [];

/** The fields that are not as they should be, each also noted in `found`. */
function forbiddenParts(
  options: SELinuxOptions | null | undefined,
  allowed: ReadonlySet<string>,
  found: Found,
): readonly string[] {
  if (!options) return NONE;
  const parts: string[] = [];
  const type = options.type ?? '';
  if (!allowed.has(type)) {
    found.types.push(type);
    parts.push('type');
  }
  if (options.user) {
    found.user = true;
    parts.push('user');
  }
  if (options.role) {
    found.role = true;
    parts.push('role');
  }
  return parts;
}

function describe({ types, user, role }: Found): string {
  const faults: string[] = [];
  if (types.length > 0) {
    const values = sortBytewise(new Set(types));
    faults.push(`${pluralize('type', 'types', values.length)} ${joinQuoted(values)}`);
  }
  if (user) faults.push('user may not be set');
  if (role) faults.push('role may not be set');
  return faults.join('; ');
}
