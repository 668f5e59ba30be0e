// Classes, policies and RuntimeClasses that do not go together.
import { all, put } from '../../support/change.ts';
import { ANNOTATIONS, APP, ASKS } from '../names.ts';
import { makePlace } from '../place.ts';
import { askingPod } from '../pods.ts';
import { FLOORED, RIVALLED, tierLabels } from '../policies.ts';
import { type Attempt, create, harmless, type Section, written } from './attempt.ts';

/** The attempts in a namespace of their own. */
function inNamespace(labels: Readonly<Record<string, string>>, attempts: readonly Attempt[]): readonly Attempt[] {
  return attempts.map((attempt) => ({
    ...attempt,
    run: async ({ plane }) => await attempt.run(await makePlace(plane, labels)),
  }));
}

const RUNTIME = ['spec', 'runtimeClassName'] as const;
const AGAIN = 'class "docker" has';

export const COLLISION_ATTEMPTS: Section = {
  title: 'Two classes that want the same',
  about: 'Three classes of a test’s own, each of which wants something that class docker has, for something else.',
  labels: tierLabels('colliding'),
  attempts: written(
    {},
    [
      'the name of the daemon',
      put('docker,other-daemon', ...ANNOTATIONS, ASKS),
      'capability_container_name_conflict: docker-daemon',
    ],
    [
      'the name of the daemon, asked for in the other order',
      put('other-daemon,docker', ...ANNOTATIONS, ASKS),
      'capability_container_name_conflict: docker-daemon',
    ],
    [
      'the volume of the socket',
      put('docker,other-socket', ...ANNOTATIONS, ASKS),
      'capability_volume_name_conflict: docker-socket',
    ],
    [
      'the volume of the socket, asked for in the other order',
      put('other-socket,docker', ...ANNOTATIONS, ASKS),
      'capability_volume_name_conflict: docker-socket',
    ],
    ['a variable', put('docker,other-host', ...ANNOTATIONS, ASKS), 'capability_env_conflict: DOCKER_HOST'],
    [
      'a variable, asked for in the other order',
      put('other-host,docker', ...ANNOTATIONS, ASKS),
      'capability_env_conflict: DOCKER_HOST',
    ],
  ),
};

export const COMBINATION_ATTEMPTS: Section = {
  title: 'Policies and RuntimeClasses beside the class',
  about:
    'The policy of this namespace lists docker, nsjail and landjail, and leaves it to each class which form of it is taken.',
  labels: tierLabels('chosen'),
  attempts: [
    ...written(
      {},
      [
        'docker in gVisor',
        put('gvisor', ...RUNTIME),
        'capability_not_available: docker (class "docker" is not available here (gvisor))',
      ],
      [
        'landjail in gVisor',
        all(put('landjail', ...ANNOTATIONS, ASKS), put('gvisor', ...RUNTIME)),
        'capability_not_available: landjail',
      ],
    ),
    ...written(
      { classes: 'nsjail' },
      [
        'nsjail on Fargate, by the scheduler',
        put('fargate-scheduler', 'spec', 'schedulerName'),
        'capability_not_available: nsjail (class "nsjail" is not available here (fargate))',
      ],
      [
        'nsjail on Fargate, by the node',
        put({ 'eks.amazonaws.com/compute-type': 'fargate' }, 'spec', 'nodeSelector'),
        'capability_not_available: nsjail (class "nsjail" is not available here (fargate))',
      ],
    ),
    ...written({ classes: 'landjail' }, [
      'another jail than the one asked for',
      put([{ name: 'BOUNDARY_JAIL_TYPE', value: 'nsjail' }], ...APP, 'env'),
      'capability_env_conflict: BOUNDARY_JAIL_TYPE (value is "nsjail", class "landjail" has "landjail")',
    ]),
    ...written({}, [
      'a pod for Windows',
      put({ name: 'windows' }, 'spec', 'os'),
      'capability_invalid_pod: docker (class "docker" brings',
    ]),
    ...inNamespace(
      { ...tierLabels('rootless-tun-host-path'), ...FLOORED },
      written({}, [
        'docker, where a second policy judges the namespace and does not list it',
        all(),
        'policy "floor" does not list class "docker"',
      ]),
    ),
    ...inNamespace(
      { ...tierLabels('rootless-tun-host-path'), ...RIVALLED },
      written({}, [
        'docker, where two policies list different forms of it: what the first one grants, the second one does not',
        all(),
        'policies "rival" and "rootless-tun-host-path" list different implementations of class "docker"',
      ]),
    ),
    ...inNamespace(
      tierLabels('nothing'),
      written({}, [
        'docker, where no policy lists it',
        all(),
        'docker_capability_not_configured (no matching policy lists it: "nothing")',
      ]),
    ),
    ...inNamespace(
      tierLabels('kata-qemu'),
      written(
        {},
        [
          'the rights of a guest’s daemon, on the node itself',
          put('runc', ...RUNTIME),
          `capability_field_conflict: spec.runtimeClassName (it is "runc", ${AGAIN} "kata-qemu")`,
        ],
        [
          'the rights of a guest’s daemon, in gVisor',
          put('gvisor', ...RUNTIME),
          'capability_not_available: docker (class "docker" is not available here (gvisor))',
        ],
        [
          'the rights of a guest’s daemon, in another guest',
          put('kata-fc', ...RUNTIME),
          `capability_field_conflict: spec.runtimeClassName (it is "kata-fc", ${AGAIN} "kata-qemu")`,
        ],
      ),
    ),
    ...inNamespace(
      tierLabels('sysbox'),
      written({}, [
        'the rights that are for Sysbox, without Sysbox',
        put('runc', ...RUNTIME),
        `capability_field_conflict: spec.runtimeClassName (it is "runc", ${AGAIN} "sysbox-runc")`,
      ]),
    ),
    ...inNamespace(
      tierLabels('rootless-tun-host-path'),
      written({}, [
        'the rootless daemon in gVisor, where the policy names that form',
        put('gvisor', ...RUNTIME),
        'capability_not_available: docker',
      ]),
    ),
    ...inNamespace(
      tierLabels('always'),
      harmless('The policy gives docker to everyone it matches. Who runs as builder may use it.', [
        {
          what: 'a class that the policy gives unasked',
          verdict: 'let in',
          says: '',
          run: async (place) => await create(place, askingPod(place.namespace, { classes: undefined })),
        },
      ]),
    ),
    ...inNamespace(tierLabels('always'), [
      {
        what: 'the same, as a service account that may not use it',
        verdict: 'refused',
        says: 'capability_not_authorized: docker (neither user "alice" nor service account "idle" may use',
        run: async (place) =>
          await create(place, askingPod(place.namespace, { classes: undefined, serviceAccountName: 'idle' })),
      },
    ]),
  ],
};
