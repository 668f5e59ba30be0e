// Fills in a read-only root filesystem: what a container may write is then only what it mounts.

import { withContainerSecurity } from '../write.ts';
import { hardenField } from './field.ts';

/** Sets readOnlyRootFilesystem to true on every container that does not say. */
export const readOnlyRootFilesystem = hardenField({
  id: 'readOnlyRootFilesystem',
  title: 'Fills in readOnlyRootFilesystem true.',
  sets: [
    'spec.initContainers[*].securityContext.readOnlyRootFilesystem',
    'spec.containers[*].securityContext.readOnlyRootFilesystem',
    'spec.ephemeralContainers[*].securityContext.readOnlyRootFilesystem',
  ],
  satisfies: [],
  levels: [],
  platform: 'linux',
  fill(template, scope) {
    return withContainerSecurity(template, scope, ({ securityContext }) =>
      typeof securityContext?.readOnlyRootFilesystem === 'boolean' ? undefined : { readOnlyRootFilesystem: true },
    );
  },
  examples: [
    {
      name: "a user's false is kept, to be judged",
      before: { spec: { containers: [{ name: 'a', securityContext: { readOnlyRootFilesystem: false } }] } },
    },
    {
      name: 'each container that does not say',
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
  ],
});
