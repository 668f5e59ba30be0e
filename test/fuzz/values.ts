// What is put into fuzzed reviews: text, numbers and fields that mean something to the engine, or to JavaScript.
import { WORKLOADS } from '../../src/workloads/index.ts';

export const STRINGS: readonly string[] = [
  '',
  ' ',
  'a',
  'ALL',
  'all',
  'NET_BIND_SERVICE',
  'SYS_ADMIN',
  'RuntimeDefault',
  'Localhost',
  'Unconfined',
  'Unmasked',
  'windows',
  'Windows',
  'linux',
  'unconfined',
  'runtime/default',
  'localhost/x',
  'docker/default',
  'true',
  '0',
  '-1',
  '01',
  'agents',
  'kube-system',
  'nginx',
  'ghcr.io/acme/app:0.10.0-rc3',
  'ghcr.io/acme/app:1.0-full',
  'a@sha256:x',
  'A:B:C',
  'kernel.shm_rmid_forced',
  'net.core.somaxconn',
  'container_t',
  'spc_t',
  'Always',
  'gvisor',
  '127.0.0.1',
  '8.8.8.8',
  '__proto__',
  'constructor',
  'length',
  'a/b',
  'a~b',
  '~1',
  '-',
  '*',
  '"',
  '\\',
  "'; --",
  '%s %n',
  '$&',

  'a\nb',
  '\u0000',
  '\u001b[31m',
  '\u0085',
  '\u2028',
  '\u202e',
  '\ud800',
  '\udfff\ud800',
  '😀',
  'x'.repeat(300),
  '\u0007'.repeat(2000),
];

/** As they are written, also those that JavaScript cannot hold. */
export const NUMBERS: readonly string[] = [
  '0',
  '-0',
  '1',
  '-1',
  '0.5',
  '1.0',
  '1e3',
  '1000',
  '65535',
  '65536',
  '2147483648',
  '4294967296',
  '9007199254740993',
  '9223372036854775807',
  '-9223372036854775808',
  '1e400',
  '1e-400',
];

export const OTHERS: readonly unknown[] = [
  null,
  true,
  false,
  [],
  {},
  [null],
  [[]],
  [{}],
  { length: 1, 0: {} },
  { toJSON: 1 },
];

const PROFILES: readonly unknown[] = [
  { type: 'RuntimeDefault' },
  { type: 'Unconfined' },
  { type: 'Localhost', localhostProfile: 'p' },
  { type: null },
  {},
];
const CONTAINERS: readonly unknown[] = [
  [],
  [{}],
  [{ name: 'x', image: 'nginx' }],
  [{ name: 'x' }, { name: 'x' }],
  [{ name: 'p', image: 'ghcr.io/acme/app:1.0.0', securityContext: { privileged: true, capabilities: { drop: null } } }],
];
const MAP_VALUES: readonly unknown[] = [
  {},
  { app: 'x' },
  { app: '' },
  { tier: 'agents', 'pod-security.kubernetes.io/enforce': 'x' },
  { 'container.apparmor.security.beta.kubernetes.io/x': 'unconfined' },
  { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' },
  { 'container.seccomp.security.alpha.kubernetes.io/x': 'localhost/p' },
  { 'kubernetes.io/config.mirror': 'x' },
];
const CONTEXTS: readonly unknown[] = [
  {},
  null,
  { privileged: true },
  { runAsUser: 0 },
  { runAsNonRoot: false },
  { capabilities: { add: ['SYS_ADMIN'] } },
  { runAsNonRoot: true, runAsUser: 1, seccompProfile: { type: 'RuntimeDefault' }, capabilities: { drop: ['ALL'] } },
];
const TEMPLATES: readonly unknown[] = [
  {},
  { metadata: {}, spec: {} },
  { spec: { containers: [{ name: 't', image: 'nginx' }] } },
];
const BOOLEANS: readonly unknown[] = [true, false, null];
const HANDLERS: readonly unknown[] = [{ httpGet: { host: '8.8.8.8' } }, { tcpSocket: { host: '' } }, { exec: {} }];

type Field = readonly [string, readonly unknown[]];

const SHARED_CONTEXT: readonly Field[] = [
  ['runAsNonRoot', BOOLEANS],
  ['runAsUser', [0, 1000, null]],
  ['runAsGroup', [0, 1000]],
  ['seccompProfile', PROFILES],
  ['appArmorProfile', PROFILES],
  ['seLinuxOptions', [{ type: 'spc_t' }, { user: 'u' }, {}]],
  ['windowsOptions', [{ hostProcess: true }, {}]],
];
const CONTEXT: readonly Field[] = [
  ...SHARED_CONTEXT,
  ['privileged', BOOLEANS],
  ['allowPrivilegeEscalation', BOOLEANS],
  ['readOnlyRootFilesystem', BOOLEANS],
  ['procMount', ['Default', 'Unmasked']],
  ['capabilities', [{ add: ['SYS_ADMIN', 'CHOWN'] }, { drop: [] }, { drop: ['ALL'], add: ['NET_BIND_SERVICE'] }, {}]],
  ['fsGroup', [0, 1]],
  ['fsGroupChangePolicy', ['Always', 'OnRootMismatch']],
  ['supplementalGroups', [[0], [1, 2]]],
  ['sysctls', [[{ name: 'net.core.somaxconn', value: '1' }], [{ name: 'kernel.shm_rmid_forced' }]]],
];
const CONTAINER: readonly Field[] = [
  ['securityContext', CONTEXTS],
  ['image', ['nginx', 'ghcr.io/acme/app:1.0-full', 'A:B:C', null]],
  ['name', ['x', 'x"y', '']],
  ['ports', [[{ containerPort: 80 }], [{ hostPort: 80 }], [{ containerPort: 1, hostPort: 0 }]]],
  ['volumeDevices', [[], [{ name: 'v' }]]],
  ['livenessProbe', HANDLERS],
  ['lifecycle', [{ preStop: HANDLERS[0] }, {}]],
];
const SPEC: readonly Field[] = [
  ['hostUsers', BOOLEANS],
  ['hostNetwork', BOOLEANS],
  ['hostPID', BOOLEANS],
  ['hostIPC', BOOLEANS],
  ['os', [{ name: 'windows' }, { name: 'linux' }, {}]],
  ['securityContext', CONTEXTS],
  ['volumes', [[], [{ name: 'v' }], [{ name: 'v', hostPath: { path: '/' } }], [{ name: 'v', emptyDir: {}, nfs: {} }]]],
  ['containers', CONTAINERS],
  ['initContainers', CONTAINERS],
  ['ephemeralContainers', CONTAINERS],
  ['runtimeClassName', ['', 'gvisor']],
  ['serviceAccountName', ['default']],
  ['podTemplate', TEMPLATES],
  ['template', TEMPLATES],
  ['jobTemplate', [{ spec: { template: {} } }]],
];
const METADATA: readonly Field[] = [
  ['labels', MAP_VALUES],
  ['annotations', MAP_VALUES],
  ['name', ['n', '', 'a"b']],
  ['generateName', ['web-']],
  ['deletionTimestamp', ['2026-11-22T00:00:00Z', '']],
];

export type FieldKind = 'spec' | 'metadata' | 'securityContext' | 'container' | 'anywhere';

/** Fields that the engine reads, by where it reads them, and what they may say. */
export const FIELDS: Readonly<Record<FieldKind, readonly Field[]>> = {
  spec: SPEC,
  metadata: METADATA,
  securityContext: CONTEXT,
  container: CONTAINER,
  anywhere: [
    ...SPEC,
    ...METADATA,
    ...CONTEXT,
    ...CONTAINER,
    ['metadata', [{}, { name: 'n' }]],
    ['spec', [{}, { containers: [] }]],
    ['__proto__', [{ privileged: true }]],
  ],
};

/** Fields of a request, and what an API server, or somebody who is none, may put there. */
export const REQUEST_FIELDS: readonly Field[] = [
  ['operation', ['CREATE', 'UPDATE', 'DELETE', 'CONNECT', 'RENAME', '']],
  ['subResource', ['', 'ephemeralcontainers', 'status', 'resize', 'binding', 'eviction', 'scale', 'x']],
  ['dryRun', BOOLEANS],
  ['name', ['', 'web', 'x'.repeat(300)]],
  ['namespace', ['', 'agents', 'kube-system', '__proto__']],
  ['userInfo', [null, {}, { username: 'system:node:n', groups: ['system:nodes'] }]],
  ['object', [null, {}]],
  ['oldObject', [null, {}, { spec: { containers: [{ name: 'x', image: 'nginx' }] } }]],
  ['uid', ['', 'u'.repeat(5000), '\u001b']],
  [
    'kind',
    [
      ...WORKLOADS.flatMap(({ group, versions, kind }) => versions.map((version) => ({ group, version, kind }))),
      // A version and a group that no row has.
      { group: 'batch', version: 'v9', kind: 'CronJob' },
      { group: 'agents.x-k8s.io', version: 'v1alpha1', kind: 'SandboxTemplate' },
      { group: '', version: '', kind: '' },
    ],
  ],
];
