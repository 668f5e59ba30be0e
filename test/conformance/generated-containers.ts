// Generated containers, with every field that a check of the Pod Security Standards reads.
import type { Arbitrary } from 'fast-check';
import { listOf, mostly, name, oddText, one, orNull, someOf, weighted } from './generated-values.ts';

const DEFAULT_CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

const profileType = weighted(
  [6, one('RuntimeDefault', 'Localhost')],
  [1, weighted([3, one('Unconfined', '', 'localhost/x', 'runtime/default', 'runtimeDefault', null)], [1, oddText])],
);
const profile = orNull(someOf({ type: profileType, localhostProfile: one('x', null) }), 12);

const seLinuxType = weighted(
  [8, one('', 'container_t', 'container_init_t', 'container_kvm_t', null)],
  [2, one('container_engine_t')],
  [2, one('spc_t', 'unconfined_t')],
  [1, oddText],
);
const emptyText = weighted([5, one('', null)], [1, oddText]);
const seLinuxOptions = orNull(someOf({ type: seLinuxType, user: emptyText, role: emptyText, level: one('s0', null) }));

/** What the security contexts of pods and of containers share. */
export const sharedSecurity = {
  appArmorProfile: profile,
  seccompProfile: profile,
  seLinuxOptions,
  windowsOptions: orNull(someOf({ hostProcess: mostly(false), gmsaCredentialSpecName: one('x', null) })),
  runAsNonRoot: mostly(true),
  runAsUser: weighted([4, one(1, 1000, null)], [1, one(0)]),
  runAsGroup: one(0, 1, null),
};

const added = weighted(
  [6, one('NET_BIND_SERVICE')],
  [2, one(...DEFAULT_CAPABILITIES)],
  [1, one('NET_RAW', 'SYS_ADMIN', 'ALL', 'chown', 'CAP_CHOWN', '')],
  [1, oddText],
);
const dropped = weighted([8, one('ALL')], [1, one('all', 'KILL', 'CAP_ALL', '')]);
const capabilities = orNull(
  weighted(
    [4, one({ drop: ['ALL'] })],
    [3, someOf({ add: orNull(listOf(added, 3)), drop: orNull(listOf(dropped, 2)) })],
  ),
);

const procMount = weighted([6, one('Default', null)], [2, one('Unmasked', '', 'default')], [1, oddText]);
const securityContext = orNull(
  someOf({
    ...sharedSecurity,
    allowPrivilegeEscalation: mostly(false),
    capabilities,
    privileged: mostly(false),
    procMount,
  }),
  14,
);
/** Passes every check, so that what is wrong with a pod is often only one thing. */
const restrictedContext = one({
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
});

const host = weighted([5, one('', null)], [2, one('127.0.0.1', '::1', 'bad.host')], [1, oddText]);
const handler = orNull(
  someOf({
    httpGet: orNull(someOf({ host, port: one(80), path: one('/') })),
    tcpSocket: orNull(someOf({ host, port: one(80) })),
    exec: one({ command: ['x'] }),
  }),
);
const hostPort = weighted([6, one(0, null)], [2, one(80, 8080, 9000, 12345, -1)], [1, one(-2147483648, 2147483647)]);
const ports = orNull(listOf(someOf({ containerPort: one(80, 0, null), hostPort, name: one('p') }), 3));
const workings = {
  name,
  image: one('i'),
  ports,
  livenessProbe: handler,
  readinessProbe: handler,
  startupProbe: handler,
  lifecycle: orNull(someOf({ postStart: handler, preStop: handler })),
  restartPolicy: one('Always'),
};

const container = weighted(
  [3, someOf({ name, securityContext: restrictedContext }, ['name', 'securityContext'])],
  [3, someOf({ name, securityContext }, ['name'])],
  [2, someOf({ ...workings, securityContext })],
  [1, someOf({ ...workings, securityContext: restrictedContext }, ['securityContext'])],
);

/** A list of containers; often none. */
export const containers: Arbitrary<unknown> = weighted([1, one(null, [])], [4, listOf(container, 3)]);
