// Every mistake in a class, its words and its place, and beside it what would have been right.
import { DIGEST, SECURE } from './class-files.ts';

/** A row: the bad implementations with what is said of them, and good ones that differ in nothing else. */
export interface Row {
  readonly name: string;
  readonly bad: string;
  readonly says: readonly string[];
  readonly good: string;
}

/** An implementation with one container; `fields` are more lines of the container. */
function withContainer(list: 'initContainers' | 'containers', ...fields: readonly string[]): string {
  return withSpec(
    `          ${list}:`,
    `            - name: a`,
    `              image: i:1${DIGEST}`,
    ...inContainer(fields),
  );
}

function inContainer(fields: readonly string[]): readonly string[] {
  return fields.map((line) => `              ${line}`);
}

/** An implementation whose template has these lines in its spec; the first of them is line 9. */
function withSpec(...lines: readonly string[]): string {
  return ['    - name: rootless', '      template:', '        spec:', ...lines, ''].join('\n');
}

/** An implementation with a volume `v` and a grant of these lines; the first of them is line 11. */
function withGrant(...lines: readonly string[]): string {
  const volumes = '          volumes: [{ name: v, emptyDir: { sizeLimit: 1Gi } }]';
  return `${withSpec(volumes)}      grant:\n${lines.map((line) => `        ${line}\n`).join('')}`;
}

const SECURITY_PREFIX = '/spec/implementations/0/template/spec/containers/0/securityContext';
const CONTAINER_PREFIX = '/spec/implementations/0/template/spec/containers/0';
const INIT_PREFIX = '/spec/implementations/0/template/spec/initContainers/0';

function security(...fields: readonly string[]): string {
  return withContainer('containers', 'securityContext:', ...fields.map((line) => `  ${line}`));
}

function says(column: string, keys: string, message: string): readonly string[] {
  return [`c.yaml:${column}: ${keys}: ${message}`];
}

export const ROWS: readonly Row[] = [
  {
    name: 'a misspelt key, at any level',
    bad: withContainer(
      'containers',
      'imagePullPolcy: Always',
      'env: [{ nam: A, value: x }]',
      'startupProb: {}',
    ).replace('          containers:', '          hostNetwork: true\n          containers:'),
    says: [
      'c.yaml:9:11: /spec/implementations/0/template/spec/hostNetwork: unknown key (expected initContainers, containers, volumes, hostUsers, runtimeClassName, securityContext, nodeSelector, tolerations, hostAliases)',
      `c.yaml:13:15: ${CONTAINER_PREFIX}/imagePullPolcy: unknown key (did you mean "imagePullPolicy"?)`,
      `c.yaml:14:23: ${CONTAINER_PREFIX}/env/0/nam: unknown key (did you mean "name"?)`,
      `c.yaml:15:15: ${CONTAINER_PREFIX}/startupProb: unknown key (did you mean "startupProbe"?)`,
    ],
    good: withContainer('containers', 'imagePullPolicy: Always', 'env: [{ name: A, value: x }]'),
  },
  {
    name: 'misspelt keys inside probes, security contexts, mounts and volumes',
    bad: withSpec(
      '          volumes: [{ name: v, emptyDir: { sizelimit: 1Gi } }]',
      '          containers:',
      '            - name: a',
      `              image: i:1${DIGEST}`,
      '              securityContext: { privilegd: true, capabilities: { ad: [KILL] } }',
      '              livenessProbe: { exec: { cmd: [a] } }',
      '              volumeMounts: [{ name: v, mountPath: /v, readonly: true }]',
    ),
    says: [
      `c.yaml:13:34: ${SECURITY_PREFIX}/privilegd: unknown key (did you mean "privileged"?)`,
      `c.yaml:13:67: ${SECURITY_PREFIX}/capabilities/ad: unknown key (did you mean "add"?)`,
      `c.yaml:14:40: ${CONTAINER_PREFIX}/livenessProbe/exec/cmd: unknown key (expected command)`,
      `c.yaml:15:56: ${CONTAINER_PREFIX}/volumeMounts/0/readonly: unknown key (did you mean "readOnly"?)`,
      'c.yaml:9:44: /spec/implementations/0/template/spec/volumes/0/emptyDir/sizelimit: unknown key (did you mean "sizeLimit"?)',
    ],
    good: withSpec(
      '          volumes: [{ name: v, emptyDir: { sizeLimit: 1Gi } }]',
      '          containers:',
      '            - name: a',
      `              image: i:1${DIGEST}`,
      '              securityContext: { privileged: true, capabilities: { add: [KILL] } }',
      '              livenessProbe: { exec: { command: [a] } }',
      '              volumeMounts: [{ name: v, mountPath: /v, readOnly: true }]',
    ),
  },
  {
    name: 'values of the wrong type or form',
    bad: withContainer(
      'containers',
      'args: dockerd',
      'ports: [{ containerPort: 0 }]',
      'resources: { limits: { cpu: lots, memory: -1Gi }, requests: { cpu: 0.5 } }',
      'volumeMounts: []',
      'tty: "yes"',
      'imagePullPolicy: always',
    ).replace('name: a', 'name: A_1'),
    says: [
      `c.yaml:10:21: ${CONTAINER_PREFIX}/name: "A_1" is not valid (expected lower-case letters, digits and "-", beginning and ending with a letter or digit)`,
      `c.yaml:12:21: ${CONTAINER_PREFIX}/args: expected a list, found a string`,
      `c.yaml:13:40: ${CONTAINER_PREFIX}/ports/0/containerPort: 0 is out of range (expected 1 to 65535)`,
      `c.yaml:14:43: ${CONTAINER_PREFIX}/resources/limits/cpu: "lots" is not valid (expected a quantity such as 500m, 2 or 1Gi)`,
      `c.yaml:14:57: ${CONTAINER_PREFIX}/resources/limits/memory: "-1Gi" is not valid (expected a quantity such as 500m, 2 or 1Gi)`,
      `c.yaml:16:20: ${CONTAINER_PREFIX}/tty: expected true or false, found a string`,
      `c.yaml:17:32: ${CONTAINER_PREFIX}/imagePullPolicy: "always" is not one of Always, IfNotPresent, Never (did you mean "Always"?)`,
    ],
    good: withContainer(
      'containers',
      'args: [dockerd]',
      'ports: [{ containerPort: 1 }]',
      'resources: { limits: { cpu: 1e3, memory: 1Gi }, requests: { cpu: 0.5 } }',
      'tty: yes',
    ),
  },
  {
    name: 'an implementation that gives nothing, or gives and refuses',
    bad: `    - name: a
    - name: b
      reject: use landjail
      template: {}
      grant: {}
`,
    says: [
      'c.yaml:6:7: /spec/implementations/0: gives nothing (expected template, grant or reject)',
      'c.yaml:7:7: /spec/implementations/1: can never be reached: "a" before it has no "when" and is always taken (move it up)',
      'c.yaml:9:7: /spec/implementations/1/template: given together with reject (expected one or the other)',
      'c.yaml:10:7: /spec/implementations/1/grant: given together with reject (expected one or the other)',
    ],
    good: `    - name: b
      when: has(pod.spec.hostUsers)
      reject: use landjail
    - name: a
      grant: { env: [{ name: A, value: x }] }
`,
  },
  {
    name: 'no implementation',
    bad: '    []\n',
    says: ['c.yaml:6:5: /spec/implementations: empty (expected at least one entry)'],
    good: '    [{ name: a, grant: { env: [{ name: A, value: x }] } }]\n',
  },
  {
    name: 'implementations of one name',
    bad: '    - { name: a, grant: {} }\n    - { name: a, grant: {} }\n',
    says: ['c.yaml:7:15: /spec/implementations/1/name: "a" is taken by an implementation before it'],
    good: '    - { name: a, grant: {} }\n    - { name: b, grant: {} }\n',
  },
  {
    name: 'a refusal that nothing leads to',
    bad: '    - { name: a, grant: {} }\n    - { name: b, reject: no }\n'.replace('reject: no', 'reject: "not here"'),
    says: [
      'c.yaml:7:7: /spec/implementations/1: can never be reached: "a" before it has no "when" and is always taken (move it up)',
    ],
    good: '    - { name: a, when: "true", grant: {} }\n    - { name: b, reject: "not here" }\n',
  },
  {
    name: 'conditions',
    bad: `    - { name: a, grant: {}, when: "pod.spec.runtimeClasName == 'gvisor'" }
    - { name: b, grant: {}, when: "pods.spec" }
    - { name: c, grant: {}, when: "" }
    - name: d
      grant: {}
      when: |
        pod.spec.hostUsers &&
        pod.spec.nodeName.matches('(a')
    - { name: e, grant: {}, when: "has(pod.spec.zzzzzzzzzz)" }
`,
    says: [
      'c.yaml:6:35: /spec/implementations/0/when: column 10 of the expression: PodSpec has no field runtimeClasName (did you mean "runtimeClassName"?)',
      'c.yaml:7:35: /spec/implementations/1/when: column 1 of the expression: unknown variable pods (did you mean "pod"?)',
      'c.yaml:8:35: /spec/implementations/2/when: empty (expected some text)',
      'c.yaml:11:13: /spec/implementations/3/when: line 2, column 27 of the expression: not a regular expression of RE2: missing closing ): `(a`',
      'c.yaml:14:35: /spec/implementations/4/when: column 14 of the expression: PodSpec has no field zzzzzzzzzz (expected activeDeadlineSeconds, affinity, automountServiceAccountToken, containers, dnsConfig, dnsPolicy, enableServiceLinks, ephemeralContainers, evictionResponders, hostAliases, hostIPC, hostNetwork and 31 more)',
    ],
    good: `    - { name: a, grant: {}, when: "pod.spec.?runtimeClassName.orValue('') == 'gvisor'" }\n`,
  },
  {
    name: 'annotations and labels',
    bad: withContainer('containers').replace(
      '        spec:',
      `        metadata:
          annotations:
            sandgate.dev/capabilities: nsjail
            x.sandgate.dev/y: ""
            a b: ""
            container.apparmor.security.beta.kubernetes.io/beta: unconfined
          labels: { sandgate.dev/tier: x, team: "a b" }
        spec:`,
    ),
    says: [
      'c.yaml:10:13: /spec/implementations/0/template/metadata/annotations/sandgate.dev~1capabilities: sandgate.dev keys are not for classes to write (leave it out)',
      'c.yaml:11:13: /spec/implementations/0/template/metadata/annotations/x.sandgate.dev~1y: sandgate.dev keys are not for classes to write (leave it out)',
      'c.yaml:12:13: /spec/implementations/0/template/metadata/annotations/a b: "a b" is not valid (expected a label key: a name of at most 63 letters, digits, "-", "_" and ".", perhaps after a domain and "/")',
      'c.yaml:13:13: /spec/implementations/0/template/metadata/annotations/container.apparmor.security.beta.kubernetes.io~1beta: "beta" is not a container of the template (expected a)',
      'c.yaml:14:21: /spec/implementations/0/template/metadata/labels/sandgate.dev~1tier: sandgate.dev keys are not for classes to write (leave it out)',
      'c.yaml:14:49: /spec/implementations/0/template/metadata/labels/team: "a b" is not valid (expected a label value: letters, digits, "-", "_" and ".", beginning and ending with a letter or digit)',
    ],
    good: withContainer('containers').replace(
      '        spec:',
      `        metadata:
          annotations: { container.apparmor.security.beta.kubernetes.io/a: unconfined, example.com/a: b }
          labels: { team: a }
        spec:`,
    ),
  },
  {
    name: 'names of containers and volumes',
    bad: withSpec(
      `          initContainers: [{ name: a, image: "i:1${DIGEST}" }]`,
      `          containers: [{ name: a, image: "i:1${DIGEST}" }]`,
      '          volumes:',
      '            - { name: v, emptyDir: {} }',
      '            - { name: v, emptyDir: {} }',
      '            - { name: kube-api-access-x, emptyDir: {} }',
    ),
    says: [
      `c.yaml:10:32: ${CONTAINER_PREFIX}/name: "a" is taken by a container before it`,
      'c.yaml:13:23: /spec/implementations/0/template/spec/volumes/1/name: "v" is taken by a volume before it',
      'c.yaml:14:23: /spec/implementations/0/template/spec/volumes/2/name: "kube-api-access-x" is how the API server names token volumes (choose another)',
    ],
    good: withSpec(
      `          initContainers: [{ name: a, image: "i:1${DIGEST}" }]`,
      `          containers: [{ name: b, image: "i:1${DIGEST}" }]`,
      '          volumes: [{ name: v, emptyDir: {} }, { name: w, emptyDir: {} }]',
    ),
  },
  {
    name: 'probes and hooks of init containers that run to their end',
    bad: withContainer(
      'initContainers',
      'startupProbe: { exec: { command: [a] } }',
      'livenessProbe: { exec: { command: [a] } }',
      'readinessProbe: { exec: { command: [a] } }',
      'lifecycle: { preStop: { exec: { command: [a] } } }',
    ),
    says: ['startupProbe', 'livenessProbe', 'readinessProbe', 'lifecycle'].map(
      (key, index) =>
        `c.yaml:${12 + index}:15: ${INIT_PREFIX}/${key}: only init containers with restartPolicy Always can have it`,
    ),
    good: withContainer(
      'initContainers',
      'restartPolicy: Always',
      'startupProbe: { exec: { command: [a] } }',
      'lifecycle: { preStop: { exec: { command: [a] } } }',
    ),
  },
  {
    name: 'restartPolicy of an init container',
    bad: withContainer('initContainers', 'restartPolicy: OnFailure'),
    says: says('12:30', `${INIT_PREFIX}/restartPolicy`, '"OnFailure" is not for init containers (expected Always)'),
    good: withContainer('initContainers', 'restartPolicy: Always'),
  },
  {
    name: 'restartPolicy of a container',
    bad: withContainer('containers', 'restartPolicy: Always'),
    says: says(
      '12:15',
      `${CONTAINER_PREFIX}/restartPolicy`,
      'only init containers of a class have one: Always makes them sidecars',
    ),
    good: withContainer('containers', 'tty: true'),
  },
  {
    name: 'an image that is none',
    bad: withContainer('containers').replace(`i:1${DIGEST}`, 'Docker:27@sha256:1'),
    says: says(
      '11:22',
      `${CONTAINER_PREFIX}/image`,
      '"Docker:27@sha256:1" is not a valid image reference (expected registry/name:tag@digest)',
    ),
    good: withContainer('containers'),
  },
  {
    name: 'handlers',
    bad: withContainer(
      'containers',
      'livenessProbe: { periodSeconds: 5 }',
      'readinessProbe: { exec: { command: [a] }, grpc: { port: 1 } }',
      'lifecycle: { postStart: {} }',
    ),
    says: [
      `c.yaml:12:30: ${CONTAINER_PREFIX}/livenessProbe: expected one of exec, httpGet, tcpSocket, grpc, found none`,
      `c.yaml:13:31: ${CONTAINER_PREFIX}/readinessProbe: expected one of exec, httpGet, tcpSocket, grpc, found exec and grpc`,
      `c.yaml:14:39: ${CONTAINER_PREFIX}/lifecycle/postStart: expected one of exec, httpGet, tcpSocket, sleep, found none`,
    ],
    good: withContainer(
      'containers',
      'livenessProbe: { tcpSocket: { port: http }, periodSeconds: 5 }',
      'lifecycle: { postStart: { sleep: { seconds: 1 } } }',
    ),
  },
  {
    name: 'environment variables',
    bad: withGrant(
      'env:',
      '  - { name: A, value: x }',
      '  - { name: A, value: z }',
      '  - { name: B, value: x, valueFrom: { fieldRef: { fieldPath: metadata.name } } }',
      '  - { name: C, valueFrom: {} }',
      '  - { name: "A=B" }',
    ),
    says: [
      'c.yaml:13:21: /spec/implementations/0/grant/env/1/name: "A" is taken by a variable before it',
      'c.yaml:14:13: /spec/implementations/0/grant/env/2: expected value or valueFrom, found both',
      'c.yaml:15:35: /spec/implementations/0/grant/env/3/valueFrom: expected one source, found none',
      'c.yaml:16:21: /spec/implementations/0/grant/env/4/name: "A=B" is not valid (expected printable ASCII without "=")',
    ],
    good: withGrant(
      'env:',
      '  - { name: A, value: x }',
      '  - { name: B, valueFrom: { fieldRef: { fieldPath: metadata.name } } }',
    ),
  },
  {
    name: 'requests beyond limits',
    bad: withContainer('containers', 'resources: { limits: { cpu: 1 }, requests: { cpu: 1001m, memory: 1Gi } }'),
    says: says('12:65', `${CONTAINER_PREFIX}/resources/requests/cpu`, '"1001m" is more than the limit of 1'),
    good: withContainer('containers', 'resources: { limits: { cpu: 1 }, requests: { cpu: 1000m, memory: 1Gi } }'),
  },
  {
    name: 'privileged without privilege escalation',
    bad: security('privileged: true', 'allowPrivilegeEscalation: false'),
    says: says(
      '14:43',
      `${SECURITY_PREFIX}/allowPrivilegeEscalation`,
      'false cannot go with privileged true (leave it out, or set it to true)',
    ),
    good: security('privileged: true', 'allowPrivilegeEscalation: true'),
  },
  ...(['SYS_ADMIN', 'CAP_SYS_ADMIN'] as const).map((capability) => ({
    name: `${capability} without privilege escalation`,
    bad: security('allowPrivilegeEscalation: false', `capabilities: { add: [${capability}] }`),
    says: [
      `c.yaml:13:43: ${SECURITY_PREFIX}/allowPrivilegeEscalation: false cannot go with adding SYS_ADMIN (leave it out, or set it to true)`,
      ...(capability === 'SYS_ADMIN'
        ? []
        : [
            `c.yaml:14:39: ${SECURITY_PREFIX}/capabilities/add/0: "CAP_SYS_ADMIN" is not a Linux capability (expected SYS_ADMIN)`,
          ]),
    ],
    good: security('allowPrivilegeEscalation: true', 'capabilities: { add: [SYS_ADMIN] }'),
  })),
  ...(['runAsUser: 0', 'seccompProfile: { type: Unconfined }', 'runAsNonRoot: false'] as const).map((field) => ({
    name: `${field} of the pod, which the workload would inherit`,
    bad: withSpec(`          securityContext: { supplementalGroups: [1000], ${field} }`),
    says: says(
      '9:58',
      `/spec/implementations/0/template/spec/securityContext/${field.split(':')[0]}`,
      'every container of the workload would inherit it (expected it on the containers of the class, or in the grant)',
    ),
    good: withSpec('          securityContext: { supplementalGroups: [1000] }'),
  })),
  {
    name: 'an unmasked /proc without a user namespace',
    bad: security('procMount: Unmasked'),
    says: says('13:28', `${SECURITY_PREFIX}/procMount`, 'Unmasked needs hostUsers false (set it in template.spec)'),
    good: security('procMount: Unmasked').replace(
      '          containers:',
      '          hostUsers: false\n          containers:',
    ),
  },
  {
    name: 'an unmasked /proc for the workload, without a user namespace',
    bad: withGrant('securityContext: { procMount: Unmasked }'),
    says: says(
      '11:39',
      '/spec/implementations/0/grant/securityContext/procMount',
      'Unmasked needs hostUsers false (set it in template.spec)',
    ),
    good: withGrant('securityContext: { procMount: Unmasked }').replace(
      '          volumes:',
      '          hostUsers: false\n          volumes:',
    ),
  },
  {
    name: 'capabilities that are none',
    bad: withGrant('securityContext: { capabilities: { add: [CAP_NET_ADMIN, net_raw, NET_ADMN, FLY] } }'),
    says: [
      'c.yaml:11:50: /spec/implementations/0/grant/securityContext/capabilities/add/0: "CAP_NET_ADMIN" is not a Linux capability (expected NET_ADMIN)',
      'c.yaml:11:65: /spec/implementations/0/grant/securityContext/capabilities/add/1: "net_raw" is not a Linux capability (expected NET_RAW)',
      'c.yaml:11:74: /spec/implementations/0/grant/securityContext/capabilities/add/2: "NET_ADMN" is not a Linux capability (did you mean "NET_ADMIN"?)',
      'c.yaml:11:84: /spec/implementations/0/grant/securityContext/capabilities/add/3: "FLY" is not a Linux capability',
    ],
    good: withGrant('securityContext: { capabilities: { add: [NET_ADMIN, NET_RAW] } }'),
  },
  {
    name: 'a grant that drops',
    bad: withGrant('securityContext: { capabilities: { drop: [ALL], add: [KILL] } }'),
    says: says(
      '11:44',
      '/spec/implementations/0/grant/securityContext/capabilities/drop',
      'a grant only adds capabilities (leave it out)',
    ),
    good: withGrant('securityContext: { capabilities: { add: [KILL] } }'),
  },
  {
    name: 'profiles',
    bad: security('seccompProfile: { type: Localhost }', 'appArmorProfile: { type: Unconfined, localhostProfile: a }'),
    says: [
      `c.yaml:13:33: ${SECURITY_PREFIX}/seccompProfile/localhostProfile: required for type Localhost`,
      `c.yaml:14:54: ${SECURITY_PREFIX}/appArmorProfile/localhostProfile: only for type Localhost`,
    ],
    good: security(
      'seccompProfile: { type: Localhost, localhostProfile: a/b.json }',
      'appArmorProfile: { type: Unconfined }',
    ),
  },
  {
    name: 'a seccomp profile elsewhere on the node',
    bad: security('seccompProfile: { type: Localhost, localhostProfile: ../b.json }'),
    says: says(
      '13:70',
      `${SECURITY_PREFIX}/seccompProfile/localhostProfile`,
      '"../b.json" is not valid (expected a relative path without "..")',
    ),
    good: security('seccompProfile: { type: Localhost, localhostProfile: b..json }'),
  },
  {
    name: 'root that must not be root',
    bad: security('runAsNonRoot: true', 'runAsUser: 0'),
    says: says('14:28', `${SECURITY_PREFIX}/runAsUser`, '0 cannot go with runAsNonRoot true'),
    good: security('runAsNonRoot: false', 'runAsUser: 0'),
  },
  {
    name: 'volumes without a source, or with two',
    bad: withSpec(
      '          volumes:',
      '            - name: v',
      '            - { name: w, emptyDir: {}, hostPath: { path: /dev/net/tun } }',
    ),
    says: [
      'c.yaml:10:15: /spec/implementations/0/template/spec/volumes/0: expected one source, such as emptyDir, found none',
      'c.yaml:11:15: /spec/implementations/0/template/spec/volumes/1: expected one source, such as emptyDir, found emptyDir and hostPath',
    ],
    good: withSpec('          volumes: [{ name: w, hostPath: { path: /dev/net/tun, type: CharDevice } }]'),
  },
  {
    name: 'paths',
    bad: withSpec(
      '          volumes: [{ name: v, hostPath: { path: /dev/../etc } }]',
      '          containers:',
      '            - name: a',
      `              image: i:1${DIGEST}`,
      '              volumeMounts:',
      '                - { name: v, mountPath: dev }',
      '                - { name: v, mountPath: /a, subPath: /b }',
      '                - { name: v, mountPath: /c, subPath: a/../../b }',
      '                - { name: v, mountPath: /d, subPath: a, subPathExpr: b }',
    ),
    says: [
      `c.yaml:14:41: ${CONTAINER_PREFIX}/volumeMounts/0/mountPath: "dev" is not valid (expected an absolute path without ":")`,
      `c.yaml:15:54: ${CONTAINER_PREFIX}/volumeMounts/1/subPath: "/b" is not valid (expected a relative path without "..")`,
      `c.yaml:16:54: ${CONTAINER_PREFIX}/volumeMounts/2/subPath: "a/../../b" is not valid (expected a relative path without "..")`,
      `c.yaml:17:19: ${CONTAINER_PREFIX}/volumeMounts/3: expected subPath or subPathExpr, found both`,
      'c.yaml:9:50: /spec/implementations/0/template/spec/volumes/0/hostPath/path: "/dev/../etc" is not valid (expected an absolute path without "..")',
    ],
    good: withSpec(
      '          volumes: [{ name: v, hostPath: { path: /dev/..a } }]',
      '          containers:',
      '            - name: a',
      `              image: i:1${DIGEST}`,
      '              volumeMounts: [{ name: v, mountPath: /a, subPath: a/..b }]',
    ),
  },
  {
    name: 'mounts without a volume of the class',
    bad: withGrant('volumeMounts: [{ name: w, mountPath: /w }, { name: data, mountPath: /d }]'),
    says: [
      'c.yaml:11:32: /spec/implementations/0/grant/volumeMounts/0/name: "w" is not a volume of the template (did you mean "v"?)',
      'c.yaml:11:60: /spec/implementations/0/grant/volumeMounts/1/name: "data" is not a volume of the template (expected v)',
    ],
    good: withGrant('volumeMounts: [{ name: v, mountPath: /w }]'),
  },
  {
    name: 'two mounts in one place',
    bad: withGrant('volumeMounts: [{ name: v, mountPath: /v }, { name: v, mountPath: /v, readOnly: true }]'),
    says: says('11:74', '/spec/implementations/0/grant/volumeMounts/1/mountPath', '"/v" is taken by a mount before it'),
    good: withGrant('volumeMounts: [{ name: v, mountPath: /v }, { name: v, mountPath: /w, readOnly: true }]'),
  },
  {
    name: 'block devices that are none, and mounts of those that are',
    bad: withSpec(
      '          volumes:',
      '            - { name: e, emptyDir: {} }',
      '            - { name: f, ephemeral: { volumeClaimTemplate: { spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } } } }',
      '            - { name: b, ephemeral: { volumeClaimTemplate: { spec: { accessModes: [ReadWriteOnce], volumeMode: Block, resources: { requests: { storage: 1Gi } } } } } }',
      '          containers:',
      '            - name: a',
      `              image: i:1${DIGEST}`,
      '              volumeMounts: [{ name: b, mountPath: /b }]',
      '              volumeDevices:',
      '                - { name: e, devicePath: /dev/e }',
      '                - { name: f, devicePath: /dev/f }',
      '                - { name: b, devicePath: /dev/f }',
    ),
    says: [
      `c.yaml:16:38: ${CONTAINER_PREFIX}/volumeMounts/0/name: "b" is a Block volume (use volumeDevices)`,
      `c.yaml:18:27: ${CONTAINER_PREFIX}/volumeDevices/0/name: "e" is not a block device (expected a persistentVolumeClaim, or an ephemeral claim with volumeMode Block)`,
      `c.yaml:19:27: ${CONTAINER_PREFIX}/volumeDevices/1/name: "f" is not a block device (expected a persistentVolumeClaim, or an ephemeral claim with volumeMode Block)`,
      `c.yaml:20:27: ${CONTAINER_PREFIX}/volumeDevices/2/name: "b" is mounted in the same container`,
      `c.yaml:20:42: ${CONTAINER_PREFIX}/volumeDevices/2/devicePath: "/dev/f" is taken by a device before it`,
    ],
    good: withSpec(
      '          volumes:',
      '            - { name: p, persistentVolumeClaim: { claimName: data } }',
      '            - { name: b, ephemeral: { volumeClaimTemplate: { spec: { accessModes: [ReadWriteOnce], volumeMode: Block, resources: { requests: { storage: 1Gi } } } } } }',
      '          containers:',
      '            - name: a',
      `              image: i:1${DIGEST}`,
      `              ${SECURE}`,
      '              volumeDevices: [{ name: p, devicePath: /dev/p }, { name: b, devicePath: /dev/b }]',
    ),
  },
  {
    name: 'a RuntimeClass without a name',
    bad: withSpec('          runtimeClassName: ""'),
    says: says(
      '9:29',
      '/spec/implementations/0/template/spec/runtimeClassName',
      '"" is not valid (expected lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit)',
    ),
    good: withSpec('          runtimeClassName: kata-qemu'),
  },
];
