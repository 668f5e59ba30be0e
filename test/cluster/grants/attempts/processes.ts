// The namespaces and profiles of the pod, and what the workload's own containers have beside what was granted.
import { all, NEXT, put } from '../../support/change.ts';
import { ANNOTATIONS, APP, ASKS, SETUP, SIDE } from '../names.ts';
import { tierLabels } from '../policies.ts';
import { byKubernetes, forged, harmless, type Section, written } from './attempt.ts';

const POD_SECURITY = ['spec', 'securityContext'] as const;
const SECURITY = 'securityContext';

/**
 * Since version 1.35 the Pod Security Standards let pods with `hostUsers: false` run as root, and with the class every pod is one
 * of these: whether it says so itself cannot be seen any more when it is judged.
 */
const IN_USER_NAMESPACE =
  'The class puts the pod into a user namespace, where root is nobody on the node: the Standards allow it there.';

export const PROCESS_ATTEMPTS: Section = {
  title: 'Its processes, and what the pod is',
  about: 'Whoever reaches the processes of the daemon has what the daemon has.',
  labels: tierLabels('rootless-tun-host-path'),
  attempts: [
    ...forged(
      {},
      [
        'one process namespace for all containers',
        put(true, 'spec', 'shareProcessNamespace'),
        'capability_process_namespace (shareProcessNamespace lets every container reach the processes of class "docker")',
      ],
      [
        'no seccomp profile for the whole pod',
        put({ type: 'Unconfined' }, ...POD_SECURITY, 'seccompProfile'),
        'pod must not set securityContext.seccompProfile.type to "Unconfined"',
      ],
      [
        'no AppArmor profile for the whole pod',
        put({ type: 'Unconfined' }, ...POD_SECURITY, 'appArmorProfile'),
        'forbidden AppArmor profile',
      ],
      [
        'an unsafe sysctl',
        put([{ name: 'kernel.msgmax', value: '1' }], ...POD_SECURITY, 'sysctls'),
        'forbidden sysctls (kernel.msgmax)',
      ],
    ),
    ...harmless(IN_USER_NAMESPACE, forged({}, ['root for the whole pod', put(0, ...POD_SECURITY, 'runAsUser'), ''])),
    ...byKubernetes(
      forged(
        {},
        ['the process namespace of the node', put(true, 'spec', 'hostPID'), 'when `hostUsers` is false'],
        ['the network of the node', put(true, 'spec', 'hostNetwork'), 'when `hostUsers` is false'],
        ['the ids of the node', put(true, 'spec', 'hostUsers'), '`hostUsers` must be false to use `Unmasked`'],
      ),
    ),
    ...written({}, [
      'the ids of the node, said before the class has a say',
      put(true, 'spec', 'hostUsers'),
      'capability_field_conflict: spec.hostUsers (it is true, class "docker" has false)',
    ]),
    ...harmless(
      'They are for all containers of the pod, and so for the daemon: whom it asks for images is up to its user anyway.',
      [
        ...forged({}, [
          'other addresses for the names that the daemon knows',
          put([{ ip: '192.0.2.1', hostnames: ['registry-1.docker.io'] }], 'spec', 'hostAliases'),
          '',
        ]),
      ],
    ),
  ],
};

export const PRIVILEGED_PROCESS_ATTEMPTS: Section = {
  title: 'The processes of a privileged daemon',
  about: 'The class in its most dangerous form, which this namespace has by its own policy.',
  labels: tierLabels('privileged'),
  attempts: [
    ...forged(
      {},
      [
        'one process namespace for all containers',
        put(true, 'spec', 'shareProcessNamespace'),
        'capability_process_namespace (shareProcessNamespace lets every container reach the processes of class "docker")',
      ],
      [
        'privileged for a container of one’s own',
        put({ privileged: true, allowPrivilegeEscalation: true }, ...APP, SECURITY),
        'privileged (container "app" must not set securityContext.privileged=true)',
      ],
      ['the network of the node', put(true, 'spec', 'hostNetwork'), 'host namespaces (hostNetwork=true)'],
      ['the IPC of the node', put(true, 'spec', 'hostIPC'), 'host namespaces (hostIPC=true)'],
      ['the process namespace of the node', put(true, 'spec', 'hostPID'), 'host namespaces (hostPID=true)'],
    ),
  ],
};

const CAPABILITIES = [...APP, SECURITY, 'capabilities', 'add'] as const;
const UNRESTRICTED = 'unrestricted capabilities (container "app" must not include ';

export const OWN_CONTAINER_ATTEMPTS: Section = {
  title: 'The workload’s own containers',
  about:
    'Class nsjail gives NET_ADMIN and allowPrivilegeEscalation to one container, without a seccomp profile. Value by value: what stands beside it is judged ' +
    'as if nothing had been granted.',
  labels: tierLabels('rootless-tun-host-path'),
  attempts: [
    ...harmless(
      IN_USER_NAMESPACE,
      forged(
        {},
        ['root', put(0, ...APP, SECURITY, 'runAsUser'), ''],
        ['maybe root', put(false, ...APP, SECURITY, 'runAsNonRoot'), ''],
      ),
    ),
    ...forged(
      { classes: 'docker,nsjail' },
      ['a Linux capability more', put('SYS_ADMIN', ...CAPABILITIES, NEXT), `${UNRESTRICTED}"SYS_ADMIN"`],
      ['all of them', put('ALL', ...CAPABILITIES, NEXT), `${UNRESTRICTED}"ALL"`],
      [
        'the same spelled CAP_NET_ADMIN, beside it',
        put('CAP_NET_ADMIN', ...CAPABILITIES, NEXT),
        `${UNRESTRICTED}"CAP_NET_ADMIN"`,
      ],
      ['the same spelled net_admin, in its place', put(['net_admin'], ...CAPABILITIES), `${UNRESTRICTED}"net_admin"`],
      ['the same with a blank', put('NET_ADMIN ', ...CAPABILITIES, NEXT), UNRESTRICTED],
      [
        'the same for another container',
        put(['NET_ADMIN'], ...SIDE, SECURITY, 'capabilities', 'add'),
        'unrestricted capabilities (container "side" must not include "NET_ADMIN"',
      ],
      [
        'the same for an init container',
        put(['NET_ADMIN'], ...SETUP, SECURITY, 'capabilities', 'add'),
        'unrestricted capabilities (container "setup" must not include "NET_ADMIN"',
      ],
      [
        'nothing dropped',
        put(['KILL'], ...APP, SECURITY, 'capabilities', 'drop'),
        'unrestricted capabilities (container "app" must set',
      ],
      [
        'more privileges for another container',
        put(true, ...SIDE, SECURITY, 'allowPrivilegeEscalation'),
        'allowPrivilegeEscalation != false (container "side" must set',
      ],
      ['privileged', put(true, ...APP, SECURITY, 'privileged'), 'privileged (container "app" must not set'],
      [
        'no seccomp profile for another container',
        put({ type: 'Unconfined' }, ...SIDE, SECURITY, 'seccompProfile'),
        'seccompProfile (container "side" must not set',
      ],
      [
        'no AppArmor profile',
        put({ type: 'Unconfined' }, ...APP, SECURITY, 'appArmorProfile'),
        'forbidden AppArmor profile (container "app" must not set',
      ],
      [
        'no AppArmor profile, in the old way',
        put('unconfined', ...ANNOTATIONS, 'container.apparmor.security.beta.kubernetes.io/app'),
        'forbidden AppArmor profile',
      ],
      [
        'the /proc that the daemon has',
        put('Unmasked', ...APP, SECURITY, 'procMount'),
        'procMount (container "app" must not set',
      ],
      [
        'the grant moved to another container, and kept',
        put('side', ...ANNOTATIONS, 'sandgate.dev/nsjail-containers'),
        'unrestricted capabilities (container "app" must not include "NET_ADMIN"',
      ],
      [
        'docker kept, and nsjail not asked for any more',
        put('docker', ...ANNOTATIONS, ASKS),
        'unrestricted capabilities (container "app" must not include "NET_ADMIN"',
      ],
    ),
    ...written(
      {},
      [
        'a DOCKER_HOST of one’s own',
        put([{ name: 'DOCKER_HOST', value: 'tcp://elsewhere:2375' }], ...APP, 'env'),
        'capability_env_conflict: DOCKER_HOST (value is "tcp://elsewhere:2375", class "docker" has "unix:///run/docker-socket/docker.sock")',
      ],
      [
        'a DOCKER_HOST from a Secret',
        put([{ name: 'DOCKER_HOST', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }], ...APP, 'env'),
        'capability_env_conflict: DOCKER_HOST',
      ],
      [
        'something else where the socket would be mounted',
        all(
          put([{ name: 'mine', emptyDir: {} }], 'spec', 'volumes'),
          put([{ name: 'mine', mountPath: '/run/docker-socket' }], ...APP, 'volumeMounts'),
        ),
        'capability_mount_conflict: /run/docker-socket (name is "mine", class "docker" has "docker-socket")',
      ],
      [
        'two containers named, of a class for one',
        put('app,side', ...ANNOTATIONS, 'sandgate.dev/docker-containers'),
        'annotation sandgate.dev/docker-containers names 2 containers, but the class is granted to only one',
      ],
      [
        'a container named that is not there',
        put('nobody', ...ANNOTATIONS, 'sandgate.dev/docker-containers'),
        'annotation sandgate.dev/docker-containers: there is no container "nobody"',
      ],
      [
        'the daemon named as the one that is granted',
        put('docker-daemon', ...ANNOTATIONS, 'sandgate.dev/docker-containers'),
        'annotation sandgate.dev/docker-containers: there is no container "docker-daemon"',
      ],
      [
        'nobody named',
        put(' , ', ...ANNOTATIONS, 'sandgate.dev/docker-containers'),
        'annotation sandgate.dev/docker-containers names no container',
      ],
    ),
    ...written(
      { classes: 'nsjail' },
      [
        'a user who cannot use the capability, and says so',
        put(false, ...APP, SECURITY, 'allowPrivilegeEscalation'),
        'capability_field_conflict: spec.containers[0].securityContext.allowPrivilegeEscalation',
      ],
      [
        'NET_ADMIN for two containers, one of them by hand',
        put({ capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] } }, ...SIDE, SECURITY),
        'unrestricted capabilities (container "side" must not include "NET_ADMIN"',
      ],
      [
        'the daemon of class docker, to be given NET_ADMIN',
        all(
          put({ name: 'docker-daemon', image: 'example.com/evil:1' }, 'spec', 'containers', NEXT),
          put('docker-daemon,app', ...ANNOTATIONS, 'sandgate.dev/nsjail-containers'),
        ),
        'annotation sandgate.dev/nsjail-containers names 2 containers, but the class is granted to only one',
      ],
    ),
    ...harmless('It is a variable of their own container, and opens nothing.', [
      ...forged({}, [
        'a second DOCKER_HOST behind the first',
        put({ name: 'DOCKER_HOST', value: 'tcp://elsewhere:2375' }, ...APP, 'env', NEXT),
        '',
      ]),
    ]),
    ...harmless('It is the same capability.', [
      ...forged({ classes: 'nsjail' }, ['the granted capability twice', put('NET_ADMIN', ...CAPABILITIES, NEXT), '']),
    ]),
    ...written({ classes: undefined }, [
      'NET_ADMIN without asking',
      put({ capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] } }, ...APP, SECURITY),
      `${UNRESTRICTED}"NET_ADMIN"`,
    ]),
  ],
};
