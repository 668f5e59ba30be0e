// What a class's author is warned about, and what not.
import { expect, test } from 'vitest';
import { classYaml, DIGEST, SECURE, saidOf } from './class-files.ts';

const T = '/spec/implementations/0/template';
const PINNED = `image: i:1${DIGEST}`;

/** One implementation whose template has these lines in its spec; the first of them is line 9. */
function spec(...lines: readonly string[]): string {
  return [
    '    - name: rootless',
    '      template:',
    '        spec:',
    ...lines.map((line) => `          ${line}`),
    '',
  ].join('\n');
}

interface Row {
  readonly name: string;
  readonly implementations: string;
  readonly says: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    name: 'nothing, where nothing is left open',
    implementations: spec(
      'containers:',
      '  - name: a',
      `    ${PINNED}`,
      `    ${SECURE}`,
      '    volumeMounts: [{ name: v, mountPath: /v }]',
      'volumes: [{ name: v, emptyDir: { sizeLimit: 1Gi } }]',
    ),
    says: [],
  },
  {
    name: 'images without tag or digest, and with a tag alone',
    implementations: spec(
      `containers: [{ name: a, image: docker, ${SECURE} }]`,
      `initContainers: [{ name: b, image: "docker:27-dind", ${SECURE} }]`,
    ),
    says: [
      `c.yaml:9:42: ${T}/spec/containers/0/image: "docker" has neither tag nor digest: every pull may bring another (add @sha256:…)`,
      `c.yaml:10:46: ${T}/spec/initContainers/0/image: "docker:27-dind" is not pinned: its tag can be moved to another image (add @sha256:…)`,
    ],
  },
  {
    name: 'a port is no tag',
    implementations: spec(`containers: [{ name: a, image: "localhost:5000/docker", ${SECURE} }]`),
    says: [
      `c.yaml:9:42: ${T}/spec/containers/0/image: "localhost:5000/docker" has neither tag nor digest: every pull may bring another (add @sha256:…)`,
    ],
  },
  {
    name: 'what a container leaves to the pod and to the runtime',
    implementations: spec(
      'containers:',
      '  - name: a',
      `    ${PINNED}`,
      '  - name: b',
      `    ${PINNED}`,
      '    securityContext: { runAsUser: 1000, capabilities: { drop: [ALL] } }',
    ),
    says: [
      `c.yaml:10:15: ${T}/spec/containers/0: leaves open: runAsUser, seccompProfile (the pod's own, which the workload writes), allowPrivilegeEscalation (true), capabilities (the runtime's own set)`,
      `c.yaml:14:32: ${T}/spec/containers/1/securityContext: leaves open: seccompProfile (the pod's own, which the workload writes), allowPrivilegeEscalation (true)`,
    ],
  },
  {
    name: 'a privileged container has every capability and no profile: only its user is open',
    implementations: spec(
      'containers:',
      `  - { name: a, image: "i:1${DIGEST}", securityContext: { privileged: true } }`,
      `  - { name: b, image: "i:1${DIGEST}", securityContext: { privileged: true, runAsUser: 0 } }`,
    ),
    says: [
      `c.yaml:10:129: ${T}/spec/containers/0/securityContext: leaves open: runAsUser (the pod's own, which the workload writes)`,
    ],
  },
  {
    name: 'a container that says it all leaves nothing open',
    implementations: spec(
      'containers:',
      '  - name: a',
      `    ${PINNED}`,
      '    securityContext: { runAsUser: 0, seccompProfile: { type: RuntimeDefault }, allowPrivilegeEscalation: true, capabilities: {} }',
    ),
    says: [],
  },
  {
    name: 'volumes that can fill a node, and that nobody uses',
    implementations: spec(
      'volumes:',
      '  - { name: v, emptyDir: {} }',
      '  - { name: w, emptyDir: { medium: Memory } }',
      '  - { name: x, hostPath: { path: /dev/net/tun } }',
    ).concat('      grant: { volumeMounts: [{ name: v, mountPath: /v }, { name: w, mountPath: /w }] }\n'),
    says: [
      `c.yaml:10:36: ${T}/spec/volumes/0/emptyDir: has no sizeLimit: it can grow until the node is full`,
      `c.yaml:11:36: ${T}/spec/volumes/1/emptyDir: has no sizeLimit: it can grow until the node is full`,
      `c.yaml:12:15: ${T}/spec/volumes/2: is mounted nowhere`,
    ],
  },
  {
    name: 'paths of the node that a pod with a user namespace cannot mount',
    implementations: spec(
      'hostUsers: false',
      'volumes:',
      '  - { name: a, hostPath: { path: /dev/net/tun } }',
      '  - { name: b, hostPath: { path: //sys/fs } }',
      '  - { name: c, hostPath: { path: /dev/shm } }',
      '  - { name: d, hostPath: { path: /devices } }',
      '  - { name: e, hostPath: { path: /var/lib/sandgate/tun } }',
    ).concat(
      `      grant: { volumeMounts: [${['a', 'b', 'c', 'd', 'e'].map((name) => `{ name: ${name}, mountPath: /${name} }`).join(', ')}] }\n`,
    ),
    says: [
      `c.yaml:11:44: ${T}/spec/volumes/0/hostPath/path: "/dev/net/tun" cannot be mounted beside hostUsers: false, but where the node's own file system there maps ids: pods stay in ContainerCreating (take a device plugin's resource instead)`,
      `c.yaml:12:44: ${T}/spec/volumes/1/hostPath/path: "//sys/fs" cannot be mounted beside hostUsers: false, but where the node's own file system there maps ids: pods stay in ContainerCreating (take a device plugin's resource instead)`,
    ],
  },
  {
    name: 'the same paths in a pod without a user namespace',
    implementations: spec('volumes:', '  - { name: a, hostPath: { path: /dev/net/tun } }').concat(
      '      grant: { volumeMounts: [{ name: a, mountPath: /a }] }\n',
    ),
    says: [],
  },
  {
    name: 'conditions that are never asked; without one, an implementation further down is for policies to name',
    implementations: `    - { name: a, grant: { env: [{ name: A, value: a }] } }
    - { name: b, grant: { env: [{ name: A, value: b }] } }
    - { name: c, grant: { env: [{ name: A, value: c }] }, when: has(pod.spec.hostUsers) }
`,
    says: [
      'c.yaml:8:59: /spec/implementations/2/when: is never asked: "a" before it has none and is always taken (move it up, or leave the condition out)',
    ],
  },
  {
    name: 'nothing in the whole implementation',
    implementations: `    - { name: a, template: {}, grant: { containers: all } }
    - { name: b, grant: { env: [] } }
    - { name: c, template: { spec: { containers: [], volumes: [] }, metadata: { annotations: {} } } }
    - { name: d, template: { metadata: { annotations: { a: b } } } }
    - { name: e, template: { spec: { hostUsers: false } } }
`,
    says: [
      'c.yaml:6:18: /spec/implementations/0/template: gives nothing',
      'c.yaml:7:18: /spec/implementations/1/grant: gives nothing',
      'c.yaml:8:18: /spec/implementations/2/template: gives nothing',
    ],
  },
];

test.each(ROWS)('a class draws a warning: $name', ({ implementations, says }) => {
  const said = saidOf(classYaml(implementations));
  expect(said.problems).toEqual([]);
  expect(said.warnings).toEqual(says);
});

test('warnings also come with problems', () => {
  const said = saidOf(classYaml(spec(`containers: [{ name: a, image: docker, ${SECURE}, tyt: true }]`)));
  expect(said.problems).toHaveLength(1);
  expect(said.warnings).toHaveLength(1);
});
