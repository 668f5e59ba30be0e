// Fills in that a process cannot gain more privileges than its parent: set-uid programs then give nothing.
import type { SecurityContext } from '../../kubernetes/pod.ts';
import { escalationConflict } from '../../kubernetes/pod-validation.ts';
import { withContainerSecurity } from '../write.ts';
import { hardenField } from './field.ts';

/** Sets allowPrivilegeEscalation to false on every container that does not say, where the API server accepts it. */
export const allowPrivilegeEscalation = hardenField({
  id: 'allowPrivilegeEscalation',
  title: 'Fills in allowPrivilegeEscalation false.',
  sets: [
    'spec.initContainers[*].securityContext.allowPrivilegeEscalation',
    'spec.containers[*].securityContext.allowPrivilegeEscalation',
    'spec.ephemeralContainers[*].securityContext.allowPrivilegeEscalation',
  ],
  satisfies: ['allowPrivilegeEscalation'],
  levels: ['restricted'],
  platform: 'linux',
  fill(template, scope, notes) {
    return withContainerSecurity(template, scope, ({ name, securityContext }) => {
      if (typeof securityContext?.allowPrivilegeEscalation === 'boolean') return undefined;
      const conflict = escalationConflict(securityContext);
      if (conflict === 'privileged') {
        notes.skip(
          'privileged',
          `container "${name ?? ''}" is privileged, which allowPrivilegeEscalation false contradicts`,
        );
        return undefined;
      }
      if (conflict === 'CAP_SYS_ADMIN' || addsSysAdmin(securityContext)) {
        notes.skip(
          'sys-admin',
          `container "${name ?? ''}" adds SYS_ADMIN, which allowPrivilegeEscalation false contradicts`,
        );
        return undefined;
      }
      return { allowPrivilegeEscalation: false };
    });
  },
  examples: [
    {
      name: 'each container that does not say',
      before: {
        spec: {
          containers: [{ name: 'a' }, { name: 'b', securityContext: { allowPrivilegeEscalation: true } }],
          initContainers: [{ name: 'i', securityContext: { allowPrivilegeEscalation: null } }],
        },
      },
      after: {
        spec: {
          containers: [
            { name: 'a', securityContext: { allowPrivilegeEscalation: false } },
            { name: 'b', securityContext: { allowPrivilegeEscalation: true } },
          ],
          initContainers: [{ name: 'i', securityContext: { allowPrivilegeEscalation: false } }],
        },
      },
    },
    {
      name: 'privileged contradicts it',
      before: { spec: { containers: [{ name: 'a', securityContext: { privileged: true } }] } },
      skips: ['privileged'],
    },
    {
      name: 'SYS_ADMIN contradicts it, under either name',
      before: {
        spec: {
          containers: [
            { name: 'a', securityContext: { capabilities: { add: ['SYS_ADMIN'] } } },
            { name: 'b', securityContext: { capabilities: { add: ['NET_ADMIN', 'CAP_SYS_ADMIN'] } } },
            { name: 'c', securityContext: { capabilities: { add: ['NET_ADMIN'] } } },
          ],
        },
      },
      after: {
        spec: {
          containers: [
            { name: 'a', securityContext: { capabilities: { add: ['SYS_ADMIN'] } } },
            { name: 'b', securityContext: { capabilities: { add: ['NET_ADMIN', 'CAP_SYS_ADMIN'] } } },
            { name: 'c', securityContext: { capabilities: { add: ['NET_ADMIN'] }, allowPrivilegeEscalation: false } },
          ],
        },
      },
      skips: ['sys-admin', 'sys-admin'],
    },
  ],
});

/** Kubernetes accepts this spelling, which means the same: the container would have what the field is there to prevent. */
function addsSysAdmin(security: SecurityContext | null | undefined): boolean {
  return security?.capabilities?.add?.includes('SYS_ADMIN') ?? false;
}
