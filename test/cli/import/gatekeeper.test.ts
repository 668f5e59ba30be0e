// Constraints and mutations of Gatekeeper, imported.
import { describe, expect, test } from 'vitest';
import { imported, notes, pod } from './imports.ts';

function constraint(kind: string, parameters: object | undefined, match: object = {}, more = ''): string {
  return `apiVersion: constraints.gatekeeper.sh/v1beta1
kind: ${kind}
metadata: { name: own }
spec:
  ${more}
  match: ${JSON.stringify({ kinds: [{ apiGroups: [''], kinds: ['Pod'] }], ...match })}
  ${parameters === undefined ? '' : `parameters: ${JSON.stringify(parameters)}`}
---
`;
}

const security = (securityContext: object): object => pod({}, { securityContext });
const podSecurity = (securityContext: object): object => pod({ securityContext });

/** A kind with parameters, what it allows, and what it denies. The Rego of each is in Gatekeeper's library. */
const TABLE: readonly (readonly [kind: string, parameters: object | undefined, allowed: object[], denied: object[]])[] =
  [
    [
      'K8sPSPPrivilegedContainer',
      { exemptImages: ['quay.io/cni/*', 'ghcr.io/acme/exact'] },
      [
        pod(),
        security({ privileged: false }),
        pod({}, { image: 'quay.io/cni/a/b:1', securityContext: { privileged: true } }),
      ],
      [
        security({ privileged: true }),
        pod({ initContainers: [{ name: 'i', image: 'x', securityContext: { privileged: true } }] }),
        pod({}, { image: 'ghcr.io/acme/exact:2', securityContext: { privileged: true } }),
        pod({}, { image: undefined, securityContext: { privileged: true } }),
      ],
    ],
    [
      'K8sPSPAllowPrivilegeEscalationContainer',
      { exemptImages: ['quay.io/cni/*'] },
      [security({ allowPrivilegeEscalation: false }), pod({}, { image: 'quay.io/cni/a:1' })],
      [pod(), security({ allowPrivilegeEscalation: true }), pod({}, { image: 'quay.io/cnis/a' })],
    ],
    [
      'K8sPSPReadOnlyRootFilesystem',
      undefined,
      [security({ readOnlyRootFilesystem: true })],
      [pod(), security({ readOnlyRootFilesystem: false })],
    ],
    [
      'K8sPSPCapabilities',
      { allowedCapabilities: ['NET_ADMIN'], requiredDropCapabilities: ['all'] },
      [security({ capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] } })],
      [
        pod(),
        security({ capabilities: { add: ['SYS_ADMIN'], drop: ['ALL'] } }),
        security({ capabilities: { drop: ['KILL'] } }),
      ],
    ],
    [
      'K8sPSPCapabilities',
      { allowedCapabilities: ['*'], requiredDropCapabilities: ['NET_RAW'] },
      [
        security({ capabilities: { add: ['SYS_ADMIN'], drop: ['NET_RAW'] } }),
        security({ capabilities: { drop: ['ALL'] } }),
      ],
      [pod()],
    ],
    [
      'K8sPSPHostNamespace',
      undefined,
      [pod(), pod({ hostNetwork: true })],
      [pod({ hostPID: true }), pod({ hostIPC: true })],
    ],
    [
      'K8sPSPHostNetworkingPorts',
      { hostNetwork: false, min: 8000, max: 9000 },
      [pod(), pod({}, { ports: [{ containerPort: 1, hostPort: 8000 }] })],
      [pod({ hostNetwork: true }), pod({}, { ports: [{ containerPort: 1, hostPort: 80 }] })],
    ],
    [
      'K8sPSPHostNetworkingPorts',
      undefined,
      [pod({}, { ports: [{ containerPort: 1, hostPort: 80 }] })],
      [pod({ hostNetwork: true })],
    ],
    [
      'K8sPSPHostFilesystem',
      { allowedHostPaths: [{ pathPrefix: '/srv/a', readOnly: true }, { pathPrefix: '/srv/b' }] },
      [
        pod(
          { volumes: [{ name: 'v', hostPath: { path: '/srv/b/c' } }] },
          { volumeMounts: [{ name: 'v', mountPath: '/x' }] },
        ),
      ],
      [
        pod(
          { volumes: [{ name: 'v', hostPath: { path: '/srv/a' } }] },
          { volumeMounts: [{ name: 'v', mountPath: '/x' }] },
        ),
        pod({ volumes: [{ name: 'v', hostPath: { path: '/srv/bc' } }] }),
      ],
    ],
    ['K8sPSPHostFilesystem', undefined, [pod()], [pod({ volumes: [{ name: 'v', hostPath: { path: '/srv' } }] })]],
    [
      'K8sPSPVolumeTypes',
      { volumes: ['emptyDir', 'configMap'] },
      [pod({ volumes: [{ name: 'v', emptyDir: {} }] })],
      [pod({ volumes: [{ name: 'v', nfs: { server: 'a', path: '/' } }] })],
    ],
    [
      'K8sPSPFlexVolumes',
      { allowedFlexVolumes: [{ driver: 'a/b' }] },
      [
        pod(),
        pod({
          volumes: [
            { name: 'v', flexVolume: { driver: 'a/b' } },
            { name: 'w', emptyDir: {} },
          ],
        }),
      ],
      [pod({ volumes: [{ name: 'v', flexVolume: { driver: 'a/c' } }] })],
    ],
    [
      'K8sPSPProcMount',
      { procMount: 'Default' },
      [pod(), security({ procMount: 'Default' })],
      [security({ procMount: 'Unmasked' })],
    ],
    [
      'K8sPSPSeccompV2',
      { allowedProfiles: ['RuntimeDefault', 'Localhost'], allowedLocalhostFiles: ['a.json'] },
      [
        podSecurity({ seccompProfile: { type: 'RuntimeDefault' } }),
        security({ seccompProfile: { type: 'Localhost', localhostProfile: 'a.json' } }),
      ],
      [
        pod(),
        pod(
          { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
          { securityContext: { seccompProfile: { type: 'Unconfined' } } },
        ),
        security({ seccompProfile: { type: 'Localhost', localhostProfile: 'b.json' } }),
      ],
    ],
    [
      'K8sPSPSeccomp',
      { allowedProfiles: ['runtime/default', 'localhost/p.json', 'not configured'] },
      [
        pod(),
        security({ seccompProfile: { type: 'RuntimeDefault' } }),
        security({ seccompProfile: { type: 'Localhost', localhostProfile: 'p.json' } }),
      ],
      [security({ seccompProfile: { type: 'Unconfined' } })],
    ],
    [
      'K8sPSPSELinuxV2',
      { allowedSELinuxOptions: [{ type: 'container_t', level: 's0' }] },
      [
        pod(),
        security({ seLinuxOptions: { type: 'container_t' } }),
        podSecurity({ seLinuxOptions: { level: 's0', type: 'container_t' } }),
      ],
      [security({ seLinuxOptions: { type: 'spc_t' } }), podSecurity({ seLinuxOptions: { user: 'u' } })],
    ],
    [
      'K8sPSPForbiddenSysctls',
      { forbiddenSysctls: ['kernel.*'], allowedSysctls: ['net.core.somaxconn', 'kernel.x'] },
      [pod(), podSecurity({ sysctls: [{ name: 'net.core.somaxconn', value: '1' }] })],
      [
        podSecurity({ sysctls: [{ name: 'kernel.x', value: '1' }] }),
        podSecurity({ sysctls: [{ name: 'net.ipv4.x', value: '1' }] }),
      ],
    ],
    [
      'K8sPSPAppArmor',
      { allowedProfiles: ['runtime/default', 'localhost/own'] },
      [pod(), security({ appArmorProfile: { type: 'Localhost', localhostProfile: 'own' } })],
      [
        podSecurity({ appArmorProfile: { type: 'Unconfined' } }),
        security({ appArmorProfile: { type: 'Localhost', localhostProfile: 'other' } }),
        pod({}, {}, { annotations: { 'container.apparmor.security.beta.kubernetes.io/app': 'unconfined' } }),
      ],
    ],
    [
      'K8sPSPAllowedUsers',
      {
        runAsUser: { rule: 'MustRunAs', ranges: [{ min: 1000, max: 2000 }] },
        runAsGroup: { rule: 'MayRunAs', ranges: [{ min: 5, max: 5 }] },
        supplementalGroups: { rule: 'MayRunAs', ranges: [{ min: 5, max: 6 }] },
        fsGroup: { rule: 'RunAsAny' },
      },
      [podSecurity({ runAsUser: 1000, supplementalGroups: [5, 6] }), security({ runAsUser: 2000, runAsGroup: 5 })],
      [
        pod(),
        pod({ securityContext: { runAsUser: 1000 } }, { securityContext: { runAsUser: 1 } }),
        security({ runAsUser: 1000, runAsGroup: 6 }),
        podSecurity({ runAsUser: 1000, supplementalGroups: [5, 7] }),
      ],
    ],
    [
      'K8sPSPAllowedUsers',
      { runAsUser: { rule: 'MustRunAsNonRoot' } },
      [podSecurity({ runAsNonRoot: true }), security({ runAsUser: 1 })],
      [pod(), security({ runAsUser: 0, runAsNonRoot: true }), podSecurity({ runAsNonRoot: false })],
    ],
    [
      'K8sPSPFSGroup',
      { rule: 'MayRunAs', ranges: [{ min: 1, max: 10 }] },
      [pod(), podSecurity({ fsGroup: 10 })],
      [podSecurity({ fsGroup: 11 })],
    ],
    ['K8sPSPFSGroup', { rule: 'MustRunAs', ranges: [{ min: 1, max: 10 }] }, [podSecurity({ fsGroup: 1 })], [pod()]],
    [
      'K8sPSPHostProcess',
      undefined,
      [pod()],
      [podSecurity({ windowsOptions: { hostProcess: true } }), security({ windowsOptions: { hostProcess: true } })],
    ],
    [
      'K8sPSPHostProbesLifecycle',
      undefined,
      [pod({}, { livenessProbe: { httpGet: { port: 1 } } })],
      [pod({}, { livenessProbe: { httpGet: { port: 1, host: '10.0.0.1' } } })],
    ],
    [
      'K8sAllowedRepos',
      { repos: ['ghcr.io/acme/'] },
      [pod()],
      [pod({}, { image: 'ghcr.io/acmes/app' }), pod({ initContainers: [{ name: 'i', image: 'x' }] })],
    ],
    ['K8sDisallowedRepos', { repos: ['docker.io/', 'quay.io/'] }, [pod()], [pod({}, { image: 'quay.io/a' })]],
  ];

const actionsOf = async (more: string) =>
  (await imported('gatekeeper', constraint('K8sPSPPrivilegedContainer', {}, {}, more))).specs.map(
    (spec) => spec.validationActions,
  );

const scoped = (point: string) =>
  `enforcementAction: scoped\n  scopedEnforcementActions: [{ action: warn, enforcementPoints: [{ name: ${point} }] }]`;

const reportOf = async (kind: string, parameters: object) =>
  notes(await imported('gatekeeper', constraint(kind, parameters)));

const readOnlyIn = (list: string) => `spec.${list}[name:*].securityContext.readOnlyRootFilesystem`;

test.each(TABLE)('%s with %j judges as it did', async (kind, parameters, allowed, denied) => {
  const found = await imported('gatekeeper', constraint(kind, parameters));
  expect(notes(found)).toEqual([]);
  for (const one of allowed) expect([one, (await found.judge(one)).verdict]).toEqual([one, 'allowed']);
  for (const one of denied) expect([one, (await found.judge(one)).verdict]).toEqual([one, 'denied']);
});

describe('a constraint is about the pods that its match is about', () => {
  const PRIVILEGED = { securityContext: { privileged: true } };
  const verdict = async (match: object, metadata: object, options = '') => {
    const found = await imported('gatekeeper', constraint('K8sPSPPrivilegedContainer', {}, match));
    return (await found.judge(pod({}, PRIVILEGED, metadata), options)).verdict;
  };

  test('by namespaces with stars, and those that are excluded', async () => {
    expect(await verdict({ namespaces: ['team-*'] }, {})).toBe('denied');
    expect(await verdict({ namespaces: ['*-system'] }, {})).toBe('skipped');
    expect(await verdict({ excludedNamespaces: ['kube-*', 'team-a'] }, {})).toBe('skipped');
    expect(await verdict({ excludedNamespaces: ['kube-*'] }, {})).toBe('denied');
  });

  test('by labels of the pod and of the namespace, and by name', async () => {
    const labelSelector = { matchLabels: { tier: 'web' } };
    expect(await verdict({ labelSelector }, {})).toBe('skipped');
    expect(await verdict({ labelSelector }, { labels: { tier: 'web' } })).toBe('denied');
    const namespaceSelector = { matchExpressions: [{ key: 'x', operator: 'Exists' }] };
    expect(await verdict({ namespaceSelector }, {}, '--namespace-labels x=y')).toBe('denied');
    expect(await verdict({ namespaceSelector }, {}, '--namespace-labels z=y')).toBe('skipped');
    expect(await verdict({ name: 'p-*', scope: 'Namespaced', source: 'All' }, {})).toBe('skipped');
  });

  test('one that is about something else is left out', async () => {
    const match = { kinds: [{ apiGroups: [''], kinds: ['Service'] }] };
    expect(notes(await imported('gatekeeper', constraint('K8sPSPPrivilegedContainer', {}, match)))).toEqual([
      'spec.match.kinds: it is not about pods [laxer]',
    ]);
    const both = { kinds: [{ apiGroups: ['*'], kinds: ['Pod', 'Deployment'] }] };
    expect(notes(await imported('gatekeeper', constraint('K8sPSPPrivilegedContainer', {}, both)))).toEqual([
      'spec.match.kinds: about pods alone, and not about Deployment [laxer]',
    ]);
    expect(notes(await imported('gatekeeper', constraint('K8sPSPPrivilegedContainer', {}, { newField: 1 })))).toEqual([
      'spec.match.newField: left out: there is nothing like it in a policy [laxer]',
    ]);
  });
});

test('what a constraint does about violations is kept', async () => {
  expect(await actionsOf('')).toEqual([['Deny']]);
  expect(await actionsOf('enforcementAction: warn')).toEqual([['Warn']]);
  expect(await actionsOf('enforcementAction: dryrun')).toEqual([['Audit']]);
  expect(await actionsOf(scoped('validation.gatekeeper.sh'))).toEqual([['Warn']]);
  expect(await actionsOf(scoped('audit.gatekeeper.sh'))).toEqual([]);
});

test('what judges nothing, and what no rule can say, is reported', async () => {
  expect(await reportOf('K8sPSPVolumeTypes', { volumes: ['*'] })).toEqual([
    'spec.parameters: it refuses nothing [none]',
  ]);
  expect(await reportOf('K8sPSPVolumeTypes', { volumes: ['emptyDir', 'floppy'] })).toEqual([
    'spec.parameters.volumes[1]: Kubernetes has no volumes of the type floppy [none]',
  ]);
  expect(await reportOf('K8sPSPReadOnlyRootFilesystem', { exemptImages: ['a:1*'] })).toEqual([
    'spec.parameters.exemptImages[0]: not exempted: no pattern for repositories matches the same [stricter]',
  ]);
  expect(await reportOf('K8sHttpsOnly', {})).toEqual([
    ": K8sHttpsOnly is not a constraint for pods of Gatekeeper's library that can be imported [laxer]",
  ]);
  expect(await reportOf('K8sPSPAllowedUsers', { runAsUser: { rule: 'Must' } })).toEqual([
    "spec.parameters.runAsUser.rule: not a rule that Gatekeeper's library has [laxer]",
    'spec.parameters: it refuses nothing [none]',
  ]);
});

test('templates, settings and other objects are reported', async () => {
  const text = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: own }
spec: { crd: { spec: { names: { kind: Own } } }, targets: [{ rego: x }] }
---
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: k8spspprivilegedcontainer }
spec: { crd: { spec: { names: { kind: K8sPSPPrivilegedContainer } } } }
---
apiVersion: config.gatekeeper.sh/v1alpha1
kind: Config
metadata: { name: config }
---
apiVersion: v1
kind: Pod
metadata: { name: p }
`;
  expect(notes(await imported('gatekeeper', text))).toEqual([
    'spec.targets: Rego cannot be carried over (write it in CEL, under validations) [laxer]',
    ": constraints of the kind K8sPSPPrivilegedContainer are read as Gatekeeper's library defines them [none]",
    ': which namespaces are not looked at, is a setting of the installation [stricter]',
    ': not an object of Gatekeeper that says what pods may have [none]',
  ]);
});

function assign(name: string, location: string, value: unknown, more: object = {}, kind = 'Assign'): string {
  return `apiVersion: mutations.gatekeeper.sh/v1
kind: ${kind}
metadata: { name: ${name} }
spec:
  applyTo: [{ groups: [""], kinds: [Pod], versions: [v1] }]
  match: { excludedNamespaces: [kube-system] }
  location: '${location}'
  parameters: ${JSON.stringify({ assign: { value }, ...more })}
---
`;
}

const missing = (subPath: string) => ({ pathTests: [{ subPath, condition: 'MustNotExist' }] });

test('mutations of the same pods are one policy that fills in as they do', async () => {
  const found = await imported(
    'gatekeeper',
    assign('ro', readOnlyIn('containers'), true, missing(readOnlyIn('containers'))) +
      assign('ro-init', readOnlyIn('initContainers'), true, missing(readOnlyIn('initContainers'))) +
      assign(
        'profile',
        'spec.securityContext.seccompProfile',
        { type: 'RuntimeDefault' },
        missing('spec.securityContext.seccompProfile'),
      ) +
      assign('owner', 'metadata.labels."example.com/owner"', 'team', {}, 'AssignMetadata'),
  );
  expect(notes(found)).toEqual([]);
  expect(found.names).toEqual(['ro-and-more']);
  expect(await found.filled(pod())).toMatchObject({
    metadata: { labels: { 'example.com/owner': 'team' } },
    spec: {
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ securityContext: { readOnlyRootFilesystem: true } }],
    },
  });
  expect(await found.filled(pod({}, {}, { namespace: 'kube-system' }))).not.toHaveProperty('metadata.labels');
  const own = pod(
    { securityContext: { seccompProfile: { type: 'Unconfined' } } },
    { securityContext: { readOnlyRootFilesystem: false } },
    { labels: { 'example.com/owner': 'me' } },
  );
  expect((await found.judge(own)).verdict).toBe('allowed');
});

test.each([
  [assign('a', 'spec.containers[name:app].imagePullPolicy', 'Always'), 'spec.location', 'one container by its name'],
  [assign('a', 'spec.containers[name:*].image', 'x'), 'spec.location', 'no rule of a policy fills this in'],
  [
    assign('a', 'spec.dnsPolicy', 'Default', { pathTests: [{ subPath: 'spec.x', condition: 'MustExist' }] }),
    'spec.parameters.pathTests',
    'depends on what else',
  ],
  [
    assign('a', 'spec.dnsPolicy', 'Default', { assign: { fromMetadata: { field: 'name' } } }),
    'spec.parameters.assign',
    'comes from elsewhere',
  ],
  [assign('a', 'spec.x', 'y', {}, 'ModifySet'), '', 'what a ModifySet does'],
  [
    assign('a', 'spec.dnsPolicy', 'Default').replace('kinds: [Pod]', 'kinds: [Service]'),
    'spec.applyTo',
    'not about pods',
  ],
  [
    assign('a', 'spec.runtimeClassName', 'a') + assign('b', 'spec.runtimeClassName', 'b'),
    'spec.location',
    'another mutation fills it in',
  ],
])('a mutation that is not carried over is reported: %#', async (text, path, why) => {
  const found = await imported('gatekeeper', text);
  expect(
    found.notCarriedOver.filter(({ effect }) => effect === 'laxer').map((one) => [one.path ?? '', one.why]),
  ).toEqual([[path, expect.stringContaining(why)]]);
});
