// The containers of the class, with something else in them than the class wrote.
import { at, listAt } from '../../control-plane/at.ts';
import { all, found, NEXT, put } from '../../support/change.ts';
import { APP, DAEMON } from '../names.ts';
import { tierLabels } from '../policies.ts';
import { forged, harmless, restored, type Section, written } from './attempt.ts';

const CONFLICT = 'capability_container_name_conflict: docker-daemon';
const HOOK = { exec: { command: ['sh', '-c', 'cp /bin/sh /var/lib/docker-data'] } };
const SUBID = ['spec', 'initContainers', 'docker-subid-init'] as const;
/** A daemon of one's own, before the class has a say. */
const EVIL = { name: 'docker-daemon', image: 'example.com/evil:1', restartPolicy: 'Always' };

export const DAEMON_ATTEMPTS: Section = {
  title: 'The daemon itself',
  about:
    'A pod as the class left it, with the name of the container kept and something else changed, created by somebody who may ' +
    'use docker.',
  labels: tierLabels('rootless-tun-host-path'),
  attempts: [
    ...forged(
      {},
      ['another image', put('example.com/evil:1', ...DAEMON, 'image'), `${CONFLICT} (image is "example.com/evil:1"`],
      [
        'the same image by its tag alone',
        put('docker.io/library/docker:29.7.2-dind-rootless', ...DAEMON, 'image'),
        `${CONFLICT} (image is "docker.io/library/docker:29.7.2-dind-rootless"`,
      ],
      [
        'one variable more',
        put({ name: 'A', value: 'b' }, ...DAEMON, 'env', NEXT),
        `${CONFLICT} (env[1] is {"name":"A"`,
      ],
      [
        'a variable with another value',
        put('host', ...DAEMON, 'env', 'DOCKERD_ROOTLESS_ROOTLESSKIT_NET', 'value'),
        `${CONFLICT} (env[0].value is "host"`,
      ],
      [
        'variables from a Secret',
        put([{ secretRef: { name: 'mine' } }], ...DAEMON, 'envFrom'),
        `${CONFLICT} (envFrom is [{"secretRef":{"name":"mine"}}]`,
      ],
      [
        'other arguments: a port for everybody',
        put(['dockerd', '--host=tcp://0.0.0.0:2375'], ...DAEMON, 'args'),
        `${CONFLICT} (args[1] is "--host=tcp://0.0.0.0:2375"`,
      ],
      [
        'its arguments in another order',
        (pod) => put(listAt(found(pod, ...DAEMON), 'args').toReversed(), ...DAEMON, 'args')(pod),
        `${CONFLICT} (args[0] is "--data-root=/var/lib/docker-data/docker"`,
      ],
      ['one argument more', put('--privileged', ...DAEMON, 'args', NEXT), `${CONFLICT} (args[4] is "--privileged"`],
      [
        'a command before its arguments',
        put(['sh', '-c'], ...DAEMON, 'command'),
        `${CONFLICT} (command is ["sh","-c"]`,
      ],
      [
        'a mount more',
        all(
          put({ name: 'loot', emptyDir: {} }, 'spec', 'volumes', NEXT),
          put({ name: 'loot', mountPath: '/loot' }, ...DAEMON, 'volumeMounts', NEXT),
        ),
        `${CONFLICT} (volumeMounts[5] is {"name":"loot"`,
      ],
      [
        'a mount that passes on what is mounted in it',
        put('HostToContainer', ...DAEMON, 'volumeMounts', '/dev/net/tun', 'mountPropagation'),
        `${CONFLICT} (volumeMounts[4].mountPropagation is "HostToContainer"`,
      ],
      ['a mount less', put(undefined, ...DAEMON, 'volumeMounts', '/etc/subgid'), `${CONFLICT} (volumeMounts[3].`],
      ['a lifecycle hook', put({ postStart: HOOK }, ...DAEMON, 'lifecycle'), `${CONFLICT} (lifecycle is {"postStart"`],
      ['a command as another probe', put(HOOK, ...DAEMON, 'readinessProbe'), `${CONFLICT} (readinessProbe is {"exec"`],
      [
        'another command in its own probe',
        put(['sh', '-c', 'id'], ...DAEMON, 'startupProbe', 'exec', 'command'),
        `${CONFLICT} (startupProbe.exec.command[0] is "sh"`,
      ],
      ['no limits', put(undefined, ...DAEMON, 'resources', 'limits'), `${CONFLICT} (resources.limits is nothing`],
      [
        'higher limits',
        put('64', ...DAEMON, 'resources', 'limits', 'cpu'),
        `${CONFLICT} (resources.limits.cpu is "64"`,
      ],
      [
        'a device as a resource',
        all(
          put(1, ...DAEMON, 'resources', 'limits', 'example.com/kvm'),
          put(1, ...DAEMON, 'resources', 'requests', 'example.com/kvm'),
        ),
        CONFLICT,
      ],
      [
        'a device as a claim',
        all(
          put([{ name: 'gpu', resourceClaimName: 'mine' }], 'spec', 'resourceClaims'),
          put([{ name: 'gpu' }], ...DAEMON, 'resources', 'claims'),
        ),
        `${CONFLICT} (resources.claims is [{"name":"gpu"}]`,
      ],
      [
        'privileged',
        put(true, ...DAEMON, 'securityContext', 'privileged'),
        `${CONFLICT} (securityContext.privileged is true`,
      ],
      ['as root', put(0, ...DAEMON, 'securityContext', 'runAsUser'), `${CONFLICT} (securityContext.runAsUser is 0`],
      [
        'a Linux capability more',
        put('SYS_ADMIN', ...DAEMON, 'securityContext', 'capabilities', 'add', NEXT),
        `${CONFLICT} (securityContext.capabilities.add[2] is "SYS_ADMIN"`,
      ],
      ['an SELinux type', put({ type: 'spc_t' }, ...DAEMON, 'securityContext', 'seLinuxOptions'), CONFLICT],
      [
        'a port of the node',
        put([{ containerPort: 2375, hostPort: 2375 }], ...DAEMON, 'ports'),
        `${CONFLICT} (ports is [`,
      ],
      [
        'a terminal to type into',
        all(put(true, ...DAEMON, 'stdin'), put(true, ...DAEMON, 'tty')),
        `${CONFLICT} (stdin is true`,
      ],
      ['another working directory', put('/tmp', ...DAEMON, 'workingDir'), `${CONFLICT} (workingDir is "/tmp"`],
      [
        'a file of the node as its last words',
        put('/var/lib/docker-data/x', ...DAEMON, 'terminationMessagePath'),
        `${CONFLICT} (terminationMessagePath is "/var/lib/docker-data/x"`,
      ],
      [
        'an image that is not pulled, but whatever the node has under that name',
        put('Never', ...DAEMON, 'imagePullPolicy'),
        `${CONFLICT} (imagePullPolicy is "Never"`,
      ],
      [
        'another command for the init container of the class',
        put(['sh', '-c', 'id'], ...SUBID, 'command'),
        'capability_container_name_conflict: docker-subid-init (command[0] is "sh"',
      ],
      [
        'the init container of the class as a sidecar',
        put('Always', ...SUBID, 'restartPolicy'),
        'capability_container_name_conflict: docker-subid-init (restartPolicy is "Always"',
      ],
      [
        'the daemon among the containers, under its name',
        all(put(undefined, ...DAEMON), put({ ...EVIL, restartPolicy: undefined }, 'spec', 'containers', NEXT)),
        `${CONFLICT} (containers has a container of this name`,
      ],
      [
        'none of it asked for any more',
        put(undefined, 'metadata', 'annotations'),
        'procMount (container "docker-daemon" must not set securityContext.procMount to "Unmasked")',
      ],
      [
        'another class asked for instead',
        put('nsjail', 'metadata', 'annotations', 'sandgate.dev/capabilities'),
        'container "docker-daemon"',
      ],
      [
        'forged marks instead of the request',
        put({ 'sandgate.dev/status': 'injected', 'sandgate.dev/injected': 'docker' }, 'metadata', 'annotations'),
        'container "docker-daemon"',
      ],
    ),
    ...forged(
      { spec: { automountServiceAccountToken: true } },
      [
        'a token for somebody else, where that of the pod is',
        (pod) => {
          const volumes = listAt(pod, 'spec', 'volumes');
          const token = volumes.find((volume) => String(at(volume, 'name')).startsWith('kube-api-access-'));
          const name = String(at(token, 'name'));
          const sources = listAt(token, 'projected', 'sources').with(0, {
            serviceAccountToken: { path: 'token', audience: 'sts.example.com', expirationSeconds: 3607 },
          });
          return put(sources, 'spec', 'volumes', name, 'projected', 'sources')(pod);
        },
        `${CONFLICT} (volumeMounts[5] is {"name":"kube-api-access-`,
      ],
      [
        'a Secret, where the token of the pod would be',
        all(
          put({ name: 'kube-api-access-mine', secret: { secretName: 'mine' } }, 'spec', 'volumes', NEXT),
          put(
            'kube-api-access-mine',
            ...DAEMON,
            'volumeMounts',
            '/var/run/secrets/kubernetes.io/serviceaccount',
            'name',
          ),
        ),
        `${CONFLICT} (volumeMounts[5] is {"name":"kube-api-access-mine"`,
      ],
    ),
    ...written(
      {},
      [
        'a daemon of one’s own, written before the class has a say',
        put(EVIL, 'spec', 'initContainers', NEXT),
        CONFLICT,
      ],
      [
        'the same without asking',
        all(
          put(undefined, 'metadata', 'annotations'),
          put({ ...EVIL, securityContext: { privileged: true } }, 'spec', 'initContainers', NEXT),
        ),
        'privileged (container "docker-daemon" must not set',
      ],
    ),
    ...restored(
      {},
      'Whoever leaves something out gets it back: the pod is stored as the class wrote it.',
      [
        'without its mounts of the ids, its volumes and its arguments, all of them taken away',
        all(
          put(undefined, ...DAEMON),
          put(undefined, ...SUBID),
          put(undefined, 'spec', 'volumes'),
          put(undefined, ...APP, 'volumeMounts'),
        ),
        '',
      ],
      ['without what it drops', put(undefined, ...DAEMON, 'securityContext', 'capabilities', 'drop'), ''],
    ),
    ...harmless('It is the same number, and the pod the same to the API server.', [
      ...forged({}, ['its limits spelled otherwise', put('2000m', ...DAEMON, 'resources', 'limits', 'cpu'), '']),
    ]),
    ...harmless('AlwaysPullImages writes this into every container. The digest is what it was.', [
      ...forged({}, ['an image that is always pulled', put('Always', ...DAEMON, 'imagePullPolicy'), '']),
    ]),
  ],
};
