// Generated pods: everything that a check of the Pod Security Standards reads, in every combination.
import fc, { type Arbitrary } from 'fast-check';
import { containers, sharedSecurity } from './generated-containers.ts';
import { listOf, mostly, name, oddText, one, orNull, someOf, weighted } from './generated-values.ts';

const ALLOWED_VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const RESTRICTED_VOLUMES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
];
const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
  'net.ipv4.tcp_slow_start_after_idle',
  'net.ipv4.tcp_notsent_lowat',
];
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP = 'container.seccomp.security.alpha.kubernetes.io/';

// More than one source, none, and ones that no version of Kubernetes has: the order in which they are asked matters.
const source = weighted(
  [6, fc.constantFrom(...ALLOWED_VOLUMES)],
  [3, fc.constantFrom(...RESTRICTED_VOLUMES)],
  [1, fc.constantFrom('hostPath', 'nonsense', '__proto__', 'constructor')],
);
const sources = fc.array(fc.tuple(source, weighted([8, one({})], [1, one(null)])), { maxLength: 2 });
const volume = fc
  .tuple(weighted<unknown>([9, name], [1, one(null, undefined)]), sources)
  .map(([volumeName, all]) => Object.fromEntries<unknown>([['name', volumeName], ...all]));

const sysctl = weighted(
  [8, one(...SYSCTLS)],
  [1, one('kernel.msgmax', 'net/ipv4/tcp_syncookies', '', null)],
  [1, oddText],
);
const sysctls = orNull(listOf(someOf({ name: sysctl, value: one('1', null) }), 3));
const securityContext = orNull(
  weighted(
    [2, one({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })],
    [4, someOf({ ...sharedSecurity, sysctls, fsGroup: one(0, 1) })],
  ),
  12,
);

const annotationKey = weighted<string>(
  [3, name.map((container) => `${APPARMOR}${container}`)],
  [3, name.map((container) => `${SECCOMP}${container}`)],
  [2, fc.constant(SECCOMP_POD)],
  [1, fc.constantFrom(APPARMOR, SECCOMP, '__proto__', 'constructor', `x${APPARMOR}a`, `${SECCOMP_POD}/`)],
  [1, oddText],
);
const annotationValue = weighted<unknown>(
  [4, one('runtime/default', 'docker/default', 'localhost/x', 'localhost/', '')],
  [3, one('unconfined', 'Localhost/x', 'localhost', 'runtime/defaulT', ' runtime/default', null)],
  [2, oddText],
);
const annotations = weighted<unknown>(
  [2, one(null, {})],
  [
    3,
    fc.array(fc.tuple(annotationKey, annotationValue), { maxLength: 4 }).map((all) => Object.fromEntries<unknown>(all)),
  ],
);

const os = weighted([6, one(undefined)], [3, one({ name: 'windows' })], [1, one(null, {}, { name: null })]);
const otherOs = one({ name: 'linux' }, { name: 'Windows' });
const hostUsers = weighted([4, one(undefined)], [3, one(false)], [2, one(true, null)]);
const hostNamespaces = weighted<Record<string, unknown>>(
  [8, fc.constant({})],
  [2, someOf({ hostNetwork: mostly(false), hostPID: mostly(false), hostIPC: mostly(false) })],
);

const spec = fc
  .tuple(
    someOf({
      containers,
      initContainers: containers,
      ephemeralContainers: containers,
      volumes: weighted([3, one(null, [])], [2, listOf(volume, 4)]),
      securityContext,
    }),
    weighted([9, os], [1, otherOs]),
    hostUsers,
    hostNamespaces,
  )
  .map(([fields, osName, users, namespaces]) => ({ ...fields, os: osName, hostUsers: users, ...namespaces }));

const metadata = orNull(someOf({ name: oddText, annotations, labels: one({ constructor: 'x' }) }));

/** A pod as JSON text, which is what both sides read: `__proto__` is a key there, and what is undefined is gone. */
export const podText: Arbitrary<string> = fc
  .record({ metadata, spec: orNull(spec, 60) }, { requiredKeys: ['spec'] })
  .map((pod) => JSON.stringify(pod));
