// Fills in that the node refuses to start a container as root, whatever the image says.
import { viewOf } from '../../kubernetes/containers.ts';
import { isGiven, statedNonRoot, statedUser } from '../../kubernetes/stated-user.ts';
import { withContainerSecurity, withPodSecurity } from '../write.ts';
import { hardenField } from './field.ts';

const NON_ROOT = { runAsNonRoot: true } as const;

/**
 * Sets the pod's runAsNonRoot to true where it has none. Where that would stop a container that states root as its user
 * from starting, the other containers are set one by one and that one is left to be judged.
 */
export const runAsNonRoot = hardenField({
  id: 'runAsNonRoot',
  title: 'Fills in runAsNonRoot true.',
  sets: [
    'spec.securityContext.runAsNonRoot',
    'spec.initContainers[*].securityContext.runAsNonRoot',
    'spec.containers[*].securityContext.runAsNonRoot',
    'spec.ephemeralContainers[*].securityContext.runAsNonRoot',
  ],
  // Identity sets it together with the user, where it knows the user.
  after: ['identity'],
  satisfies: ['runAsNonRoot'],
  levels: ['restricted'],
  platform: 'any',
  fill(template, scope, notes) {
    const pod = template.spec?.securityContext;
    if (isGiven(pod?.runAsNonRoot)) return template;
    const roots = viewOf(template).containers.filter(
      ({ container }) => statedUser(container, pod) === 0 && statedNonRoot(container, pod) === undefined,
    );
    for (const { list, index, name } of roots) {
      if (scope.includes(list, index)) notes.skip('root', `container "${name}" states root as its user`);
    }
    if (scope.podDefaults && roots.length === 0) return withPodSecurity(template, NON_ROOT);
    return withContainerSecurity(template, scope, (container) =>
      statedUser(container, pod) === 0 || statedNonRoot(container, pod) !== undefined ? undefined : NON_ROOT,
    );
  },
  examples: [
    {
      name: 'a pod that does not say',
      before: { spec: { containers: [{ name: 'a', securityContext: { runAsNonRoot: false } }] } },
      after: {
        spec: {
          containers: [{ name: 'a', securityContext: { runAsNonRoot: false } }],
          securityContext: { runAsNonRoot: true },
        },
      },
    },
    {
      name: 'one container states root',
      before: { spec: { containers: [{ name: 'a', securityContext: { runAsUser: 0 } }, { name: 'b' }] } },
      after: {
        spec: {
          containers: [
            { name: 'a', securityContext: { runAsUser: 0 } },
            { name: 'b', securityContext: { runAsNonRoot: true } },
          ],
        },
      },
      skips: ['root'],
    },
    {
      name: 'the pod states root, one container another user',
      before: {
        spec: {
          securityContext: { runAsUser: 0, runAsNonRoot: null },
          containers: [{ name: 'a' }, { name: 'b', securityContext: { runAsUser: 1000 } }],
        },
      },
      after: {
        spec: {
          securityContext: { runAsUser: 0, runAsNonRoot: null },
          containers: [{ name: 'a' }, { name: 'b', securityContext: { runAsUser: 1000, runAsNonRoot: true } }],
        },
      },
      skips: ['root'],
    },
    {
      name: "a user's false is kept, to be judged",
      before: { spec: { securityContext: { runAsNonRoot: false }, containers: [{ name: 'a' }] } },
    },
    {
      name: 'Windows knows this one',
      before: { spec: { os: { name: 'windows' } } },
      after: { spec: { os: { name: 'windows' }, securityContext: { runAsNonRoot: true } } },
    },
  ],
});
