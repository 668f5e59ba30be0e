// Fills in a read-only root filesystem: what a container may write is then only what it mounts.

import type { Injection } from '../fill-in.ts';
import { isWindows, withContainerSecurity } from '../write.ts';
import { hardens } from './fields.ts';

/** Sets readOnlyRootFilesystem to true on every container that does not say. */
export const readOnlyRootFilesystem: Injection = {
  id: 'readOnlyRootFilesystem',
  title: 'Fills in readOnlyRootFilesystem true.',
  sets: [
    'spec.initContainers[*].securityContext.readOnlyRootFilesystem',
    'spec.containers[*].securityContext.readOnlyRootFilesystem',
    'spec.ephemeralContainers[*].securityContext.readOnlyRootFilesystem',
  ],
  satisfies: [],
  compile: (spec) => {
    if (!hardens(spec, 'readOnlyRootFilesystem')) return undefined;
    return (template, scope) => {
      if (isWindows(template)) return template;
      return withContainerSecurity(template, scope, ({ securityContext }) =>
        typeof securityContext?.readOnlyRootFilesystem === 'boolean' ? undefined : { readOnlyRootFilesystem: true },
      );
    };
  },
  examples: [
    {
      name: 'each container that does not say',
      spec: { harden: ['readOnlyRootFilesystem'] },
      before: {
        spec: {
          initContainers: [{ name: 'i', securityContext: null }],
          containers: [{ name: 'a' }, { name: 'b', securityContext: { readOnlyRootFilesystem: false } }],
        },
      },
      after: {
        spec: {
          initContainers: [{ name: 'i', securityContext: { readOnlyRootFilesystem: true } }],
          containers: [
            { name: 'a', securityContext: { readOnlyRootFilesystem: true } },
            { name: 'b', securityContext: { readOnlyRootFilesystem: false } },
          ],
        },
      },
    },
    {
      name: 'restricted does not need it',
      spec: { harden: 'restricted' },
      before: { spec: { containers: [{ name: 'a' }] } },
    },
    {
      name: 'Windows has no such field',
      spec: { harden: ['readOnlyRootFilesystem'] },
      before: { spec: { os: { name: 'windows' }, containers: [{ name: 'a' }] } },
    },
  ],
};
