// Rules of Kyverno that change pods, imported as fill-ins.
import { expect, test } from 'vitest';
import { imported, notes, pod } from './imports.ts';

function mutating(patch: string, kinds = 'Pod', more = ''): string {
  return `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: { name: fill }
spec:
  rules:
    - name: rule
      match: { any: [{ resources: { kinds: [${kinds}] } }] }
      mutate:
        ${more}
        patchStrategicMerge:
${patch.replaceAll(/^/gm, '          ')}
`;
}

const SPEC = `spec:
  +(runtimeClassName): gvisor
  +(automountServiceAccountToken): false
  +(hostUsers): false
  +(priorityClassName): batch
  +(nodeSelector): { pool: agents }
  securityContext:
    +(runAsNonRoot): true
    +(runAsUser): 1000
    +(fsGroup): 2000
    +(supplementalGroups): [3000]
    +(seccompProfile): { type: RuntimeDefault }
  containers:
    - (name): "*"
      +(imagePullPolicy): Always
      securityContext:
        +(allowPrivilegeEscalation): false
        +(readOnlyRootFilesystem): true
        capabilities: { +(drop): [ALL] }
      resources: { +(limits): { +(memory): 1Gi } }
metadata:
  labels: { +(egress): restricted }
`;

/** What Sandgate warns of in any policy like it. */
const TOKENS =
  ': carried over, but /spec/serviceAccount/automountToken: a pod can still project a token for the API server into a volume of its own (tokens: [] allows none) [none]';

test('fields that are added where they are missing are filled in, and nobody is refused for having them', async () => {
  const found = await imported('kyverno', mutating(SPEC));
  expect(notes(found)).toEqual([TOKENS]);
  expect(await found.filled(pod())).toMatchObject({
    metadata: { labels: { egress: 'restricted' } },
    spec: {
      runtimeClassName: 'gvisor',
      automountServiceAccountToken: false,
      hostUsers: false,
      priorityClassName: 'batch',
      nodeSelector: { pool: 'agents' },
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        fsGroup: 2000,
        supplementalGroups: [3000],
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          imagePullPolicy: 'Always',
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: { limits: { memory: '1Gi' } },
        },
      ],
    },
  });
  const own = pod(
    {
      runtimeClassName: 'kata',
      automountServiceAccountToken: true,
      hostUsers: true,
      priorityClassName: 'high',
      nodeSelector: { pool: 'x' },
      securityContext: {
        runAsNonRoot: false,
        runAsUser: 7,
        fsGroup: 8,
        supplementalGroups: [],
        seccompProfile: { type: 'Unconfined' },
      },
    },
    {
      imagePullPolicy: 'Never',
      securityContext: {
        allowPrivilegeEscalation: true,
        readOnlyRootFilesystem: false,
        capabilities: { drop: ['KILL'] },
      },
      resources: { limits: { memory: '2Gi' } },
    },
    { labels: { egress: 'open' } },
  );
  const { verdict, findings } = await found.judge(own);
  expect({ verdict, actions: [...new Set(findings.map(({ action }) => action))] }).toEqual({
    verdict: 'allowed',
    actions: ['Audit'],
  });
});

test('what Kyverno would replace is refused or replaced with a warning where a rule can say so, and reported', async () => {
  const found = await imported(
    'kyverno',
    mutating(`spec:
  runtimeClassName: gvisor
  automountServiceAccountToken: false
  securityContext: { runAsUser: 1000 }
  enableServiceLinks: false
  containers: [{ (name): "?*", securityContext: { allowPrivilegeEscalation: false, privileged: false } }]
`),
  );
  expect(notes(found)).toEqual([
    expect.stringMatching(
      /spec\.enableServiceLinks: no rule of a policy fills this in, or not with this value \[laxer\]$/,
    ),
    expect.stringMatching(
      /securityContext\.privileged: no rule of a policy fills this in, or not with this value \[laxer\]$/,
    ),
    expect.stringMatching(/spec\.runtimeClassName: .*refused, or replaced with a warning \[stricter\]$/),
    expect.stringMatching(/spec\.automountServiceAccountToken: .*refused, or replaced with a warning \[stricter\]$/),
    expect.stringMatching(
      /securityContext\.runAsUser: filled in where it is missing: what somebody wrote is not replaced \[laxer\]$/,
    ),
    expect.stringMatching(/allowPrivilegeEscalation: .*refused, or replaced with a warning \[stricter\]$/),
    TOKENS,
  ]);
  expect((await found.judge(pod({}, { securityContext: { allowPrivilegeEscalation: true } }))).verdict).toBe('denied');
  expect(await found.filled(pod({ runtimeClassName: 'kata', automountServiceAccountToken: true }))).toMatchObject({
    spec: { runtimeClassName: 'gvisor', automountServiceAccountToken: false },
  });
});

test('a mutation of Sandboxes, as people use it for kagent, fills in Sandboxes and nothing else', async () => {
  const found = await imported(
    'kyverno',
    mutating(
      `spec:
  podTemplate:
    spec:
      securityContext: { +(runAsNonRoot): true, +(runAsUser): 1001 }
`,
      'agents.x-k8s.io/*/Sandbox',
    ),
  );
  expect(notes(found)).toEqual([]);
  expect(found.specs[0]).toEqual({
    match: { kinds: ['Sandbox.agents.x-k8s.io'] },
    identity: { runAsNonRoot: true, runAsUser: 1001 },
  });
  const sandbox = {
    apiVersion: 'agents.x-k8s.io/v1alpha1',
    kind: 'Sandbox',
    metadata: { name: 's', namespace: 'kagent' },
    spec: { podTemplate: { spec: { containers: [{ name: 'agent', image: 'x' }] } } },
  };
  expect(await found.filled(sandbox)).toMatchObject({
    spec: { podTemplate: { spec: { securityContext: { runAsNonRoot: true, runAsUser: 1001 } } } },
  });
});

test.each([
  ['spec: { containers: [{ (image): "x/*", imagePullPolicy: Always }] }', 'containers[0]["(image)"]'],
  ['spec: { containers: [{ (name): app, imagePullPolicy: Always }] }', 'containers[0]["(name)"]'],
  ['spec: { volumes: [{ <(emptyDir): {} }] }', 'volumes[0]["<(emptyDir)"]'],
  ['metadata: { labels: { a: "{{ request.namespace }}" } }', 'metadata.labels.a'],
])('a change that depends on the pod is left out as a whole: %s', async (patch, path) => {
  const found = await imported('kyverno', mutating(patch));
  expect(found.specs).toEqual([]);
  expect(notes(found)).toEqual([
    expect.stringMatching(/the rule is left out: it depends on what else stands in the pod/),
  ]);
  expect(found.notCarriedOver[0]?.path).toContain(path);
});

test('a change of Deployments is left out, since their pods are filled in', async () => {
  const found = await imported(
    'kyverno',
    mutating('spec: { template: { spec: { +(runtimeClassName): x } } }', 'Deployment'),
  );
  expect(found.specs).toEqual([]);
  expect(notes(found)).toEqual([
    'spec.rules[0].match: a Deployment is left as it is written: what its pods lack is filled in when they are created (write the rule for Pods) [laxer]',
  ]);
});

test('a value that no pod can have is not filled in', async () => {
  const found = await imported(
    'kyverno',
    mutating(
      'spec: { +(runtimeClassName): "", +(hostUsers): true, securityContext: { +(runAsUser): 0, +(fsGroup): "1" } }',
    ),
  );
  expect(found.specs).toEqual([]);
  expect(notes(found)).toHaveLength(5);
});
