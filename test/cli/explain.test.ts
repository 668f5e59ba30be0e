// `sandgate explain`: what names stand for, and why objects are let in or refused.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENGINE_CHECKS } from '../../src/engine/all-checks.ts';
import { valueAtKeys } from '../../src/kubernetes/path-keys.ts';
import { explainNamed, plainNames } from '../../src/library/offline/explain/names.ts';
import { stringField } from '../../src/model/json.ts';
import { POD_SECURITY_CHECKS } from '../../src/pod-security/checks/index.ts';
import { RULES } from '../../src/rules/index.ts';
import { BARE_POD, CONFIG_MAP, folderWith, PRIVILEGED_POD, type Printed, sandgate } from './console.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/explain.md'), 'utf8');

describe('a name', () => {
  test.each(plainNames())('%s is explained, with a source and a reason', (name) => {
    const found = explainNamed(name);
    if (!found.ok) throw new Error(found.message);
    for (const one of found.names) {
      expect(one.says).toMatch(/\w.*\.$/);
      expect(one.source).not.toBe('');
      if (!ENGINE_CHECKS.some(({ id }) => id === name)) expect(one.why).toMatch(/\w/);
    }
  });

  test.each([...POD_SECURITY_CHECKS, ...RULES.flatMap(({ checks }) => checks)].map(({ id }) => id))(
    'of the check %s says how to fix what it finds, and shows what is let in and what is refused',
    (id) => {
      const found = explainNamed(id);
      const check = found.ok ? found.names.find(({ kind }) => kind === 'check') : undefined;
      expect(check?.fix).toMatch(/\w/);
      expect(new Set(check?.examples?.map(({ shows }) => shows))).toEqual(new Set(['fail', 'pass']));
      expect(check?.keys?.length).toBeGreaterThan(0);
    },
  );

  test('that is both a rule and a fill-in is explained as both', () => {
    const found = explainNamed('identity');
    expect(found.ok && found.names.map(({ kind }) => kind)).toEqual(['rule', 'fill-in']);
  });

  test.each([
    ['spec.identity.images[].runAsUser', ['spec.identity.images[].runAsUser']],
    ['spec.identity.images[3].runAsUser', ['spec.identity.images[].runAsUser']],
    ['/spec/identity/images/runAsUser', ['spec.identity.images[].runAsUser']],
    ['identity.images.runAsUser', ['spec.identity.images[].runAsUser']],
    ['checks.except', ['spec.checks.*.except']],
    ['priority', ['spec.priority']],
    ['match.conditions', ['spec.match.conditions']],
    ['onImageChange', ['spec.identity.onImageChange']],
  ])('%s is a key of a policy', (name, keys) => {
    const found = explainNamed(name);
    expect(found.ok && found.names.map(({ name: path }) => path)).toEqual(keys);
  });

  test('of one validation of a policy is the name of the check', () => {
    const found = explainNamed('validations/no-node');
    expect(found.ok && found.names.map(({ kind, name }) => [kind, name])).toEqual([['check', 'validations']]);
  });

  test.each([
    ['hostPort', 'nothing is called "hostPort" (did you mean "hostPorts"?)'],
    ['spec.identity.image', 'nothing is called "spec.identity.image" (did you mean "spec.identity.images"?)'],
    [
      'something-else',
      'nothing is called "something-else" (expected a check, a rule, a fill-in, or a key of a policy such as spec.identity.images)',
    ],
    [
      'spec',
      'nothing is called "spec" (expected a check, a rule, a fill-in, or a key of a policy such as spec.identity.images)',
    ],
    [
      'constructor',
      'nothing is called "constructor" (expected a check, a rule, a fill-in, or a key of a policy such as spec.identity.images)',
    ],
    [
      '',
      'nothing is called "" (expected a check, a rule, a fill-in, or a key of a policy such as spec.identity.images)',
    ],
  ])('%j that nothing has is a mistake, with what was probably meant', async (name, message) => {
    expect(await sandgate('.', ['explain', name])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `sandgate: ${message}\n`,
    });
  });

  test('in JSON has every example', async () => {
    const printed = await sandgate('.', 'explain hostPorts -o json');
    const [check] = POD_SECURITY_CHECKS.filter(({ id }) => id === 'hostPorts');
    const count = (check?.examples.fail.length ?? 0) + (check?.examples.pass.length ?? 0);
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    expect(printed.json()).toMatchObject({ names: [{ kind: 'check', name: 'hostPorts' }] });
    expect(printed.stdout.split('"shows"')).toHaveLength(count + 1);
  });
});

const POLICIES = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: floor }
spec:
  priority: 10
  podSecurity: { level: baseline }
  exceptions: { allow: true, maxDays: 30, forbiddenChecks: [hostPorts] }
  metadata: { labels: { add: { tier: sandbox } } }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: team-b }
spec:
  match:
    namespaceSelector: { matchLabels: { team: b } }
    objectSelector: { matchExpressions: [{ key: app, operator: Exists }] }
  podSecurity: { level: restricted }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: sandboxes }
spec:
  match: { objectSelector: { matchLabels: { tier: sandbox } } }
  identity: { runAsUser: 1000, fsGroup: 2000, images: [{ image: "ghcr.io/acme/**", runAsUser: 65532 }] }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: people }
spec:
  match:
    conditions:
      - { name: not-system, expression: "!request.userInfo.username.startsWith('system:')" }
      - { name: labelled, expression: "object.metadata.labels['x'] == 'y'" }
  harden: [allowPrivilegeEscalation]
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: jobs-only }
spec: { match: { kinds: [Job.batch] }, podSecurity: { level: restricted } }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: not-deployments }
spec: { enforcement: { Deployment.apps: Ignore }, podSecurity: { level: baseline } }
`;

const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: team-a, labels: { team: a } }\n';

const POD = `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: team-a }
spec:
  hostNetwork: true
  initContainers:
    - { name: setup, image: "ghcr.io/acme/setup:1" }
  containers:
    - { name: app, image: "docker.io/library/nginx:1", imagePullPolicy: Always }
`;

function exception(name: string, rest: string): string {
  return `apiVersion: sandgate.dev/v1alpha1
kind: IsolationException
metadata: { name: ${name}, namespace: team-a }
spec: { policy: floor, checks: [hostNamespaces], reason: a tunnel, ${rest} }
`;
}

/** What is said of the first template of the first object. */
interface SaidOfTemplate {
  readonly policies: unknown;
  readonly capabilities: unknown;
  readonly values: readonly unknown[];
  readonly podSecurity: unknown;
  readonly exceptions: unknown;
}

function templateIn(printed: Printed): SaidOfTemplate {
  const of = (key: string): unknown => valueAtKeys(printed.json(), ['objects', 0, 'templates', 0, key]);
  const values = of('values');
  return {
    policies: of('policies'),
    capabilities: of('capabilities'),
    values: Array.isArray(values) ? values : [],
    podSecurity: of('podSecurity'),
    exceptions: of('exceptions'),
  };
}

function pathsOf(values: readonly unknown[]): readonly (string | undefined)[] {
  return values.map((value) => stringField(value, 'path'));
}

/** Explains the first object of pod.yaml. */
async function templateOf(files: Readonly<Record<string, string>>, more = ''): Promise<SaidOfTemplate> {
  const folder = folderWith({ 'policies.yaml': POLICIES, 'namespace.yaml': NAMESPACE, ...files });
  const line = `explain -p policies.yaml -f pod.yaml --context namespace.yaml --as jane -o json${more}`;
  return templateIn(await sandgate(folder, line));
}

describe('a pod', () => {
  test('is told of every policy whether it matches, by what, and why not', async () => {
    const { policies } = await templateOf({ 'pod.yaml': POD });
    expect(policies).toEqual([
      { policy: 'floor', origin: 'policies.yaml:1', priority: 10, matches: true, reasons: [] },
      {
        policy: 'jobs-only',
        origin: 'policies.yaml:36',
        priority: 0,
        matches: false,
        reasons: [{ by: 'kinds', text: 'the kind is not one of Job.batch' }],
      },
      { policy: 'not-deployments', origin: 'policies.yaml:41', priority: 0, matches: true, reasons: [] },
      {
        policy: 'people',
        origin: 'policies.yaml:26',
        priority: 0,
        matches: true,
        reasons: [expect.objectContaining({ by: 'conditions' })],
      },
      {
        policy: 'sandboxes',
        origin: 'policies.yaml:19',
        priority: 0,
        matches: true,
        reasons: [{ by: 'objectSelector', text: 'it matches by a label that another policy adds' }],
      },
      {
        policy: 'team-b',
        origin: 'policies.yaml:10',
        priority: 0,
        matches: false,
        reasons: [
          { by: 'namespaceSelector', text: 'namespace label team is not "b" (it is "a")' },
          { by: 'objectSelector', text: 'pod label app is absent (there is none)' },
        ],
      },
    ]);
  });

  test('is told of conditions that cannot be evaluated, and count as true', async () => {
    const { policies } = await templateOf({ 'pod.yaml': POD });
    expect(JSON.stringify(policies)).toContain(
      'condition \\"labelled\\" cannot be evaluated, and counts as true: no such key',
    );
  });

  test('is told where each of its values comes from: the manifest, a policy, a row of its table, and nobody', async () => {
    const { values } = await templateOf({ 'pod.yaml': POD });
    expect(values).toEqual(
      expect.arrayContaining([
        { path: 'metadata.labels.tier', value: 'sandbox', from: 'policy', policy: 'floor', fillIn: 'addMetadata' },
        {
          path: 'spec.initContainers[0].securityContext.runAsUser',
          container: 'setup',
          value: 65532,
          from: 'policy',
          policy: 'sandboxes',
          fillIn: 'identity',
          images: [{ container: 'setup', row: { image: 'ghcr.io/acme/**', runAsUser: 65532 } }],
        },
        {
          path: 'spec.containers[0].securityContext.runAsUser',
          container: 'app',
          value: 1000,
          from: 'policy',
          policy: 'sandboxes',
          fillIn: 'identity',
          images: [{ container: 'app' }],
        },
        {
          path: 'spec.securityContext.fsGroup',
          value: 2000,
          from: 'policy',
          policy: 'sandboxes',
          fillIn: 'identity',
          images: [{ container: 'setup' }, { container: 'app' }],
        },
        { path: 'spec.hostNetwork', value: true, from: 'manifest' },
        { path: 'spec.containers[0].imagePullPolicy', container: 'app', value: 'Always', from: 'manifest' },
        { path: 'spec.hostPID', value: false, from: 'kubernetes' },
        {
          path: 'spec.containers[0].securityContext.capabilities.drop',
          container: 'app',
          from: 'kubernetes',
          means: "the container runtime's default set is kept",
        },
      ]),
    );
    const paths = pathsOf(values);
    expect(new Set(paths).size).toBe(paths.length);
  });

  test('is told the level of the Standards that it meets, and what keeps it from the others', async () => {
    const restricted = { level: 'restricted', check: 'capabilities_restricted' };
    expect(await templateOf({ 'pod.yaml': POD })).toMatchObject({
      podSecurity: {
        level: 'privileged',
        missed: [
          { level: 'baseline', check: 'hostNamespaces', paths: ['spec.hostNetwork'] },
          restricted,
          { level: 'restricted', check: 'seccompProfile_restricted' },
        ],
      },
    });
    expect(await templateOf({ 'pod.yaml': POD.replace('  hostNetwork: true\n', '') })).toMatchObject({
      podSecurity: { level: 'baseline' },
    });
  });

  test.each([
    ['in force', 'containers: [setup, app], expires: 2026-12-20', { covers: 1 }],
    [
      'one that ended',
      'containers: [setup, app], expires: 2026-11-20',
      { covers: 0, unused: 'it ended on 2026-11-20' },
    ],
    [
      'one for other containers',
      'containers: [app], expires: 2026-12-20',
      { covers: 0, unused: 'it is for other containers, images or values' },
    ],
    [
      'one for other pods',
      'selector: { matchLabels: { a: b } }, expires: 2026-12-20',
      { covers: 0, unused: "its selector is not for the pod's labels" },
    ],
    [
      'one that lasts too long',
      'containers: [setup, app], expires: 2027-12-20',
      { covers: 0, unused: 'it ends later than the policy allows (maxDays: 30)' },
    ],
  ])('is told of an exception %s', async (_, rest, expected) => {
    const files = { 'pod.yaml': POD, 'namespace.yaml': `${NAMESPACE}---\n${exception('tunnel', rest)}` };
    const { exceptions } = await templateOf(files, ' --now 2026-12-01');
    expect(exceptions).toEqual([
      expect.objectContaining({ policy: 'floor', check: 'hostNamespaces', name: 'team-a/tunnel', ...expected }),
    ]);
  });

  test('is told which fixes would let it in, and exits as check does', async () => {
    const folder = folderWith({ 'bad.yaml': PRIVILEGED_POD, 'good.yaml': BARE_POD });
    const denied = await sandgate(folder, 'explain -p baseline -f bad.yaml');
    expect(denied.code).toBe(1);
    expect(denied.stdout).toContain(`  to be let in:
    remove hostNetwork, hostPID, and hostIPC, or set them to false  (hostNamespaces, at spec.hostNetwork)
    remove securityContext.privileged, or set it to false  (privileged, at spec.containers[0].securityContext.privileged)
`);
    expect((await sandgate(folder, 'check -p baseline -f bad.yaml')).code).toBe(1);
    const allowed = await sandgate(folder, 'explain -p baseline -f good.yaml');
    expect(allowed.code).toBe(0);
    expect(allowed.stdout).not.toContain('to be let in');
  });

  test('with a value that a policy replaces is told what stood there', async () => {
    const policy = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: mirror }
spec: { images: { rewrite: [{ from: docker.io, to: registry.internal/docker }] } }
`;
    const { values } = await templateOf({ 'pod.yaml': POD, 'policies.yaml': policy });
    expect(values).toContainEqual({
      path: 'spec.containers[0].image',
      container: 'app',
      value: 'registry.internal/docker/library/nginx:1',
      from: 'policy',
      policy: 'mirror',
      fillIn: 'imageRewrite',
      replaced: 'docker.io/library/nginx:1',
    });
  });

  test('that is granted a class is told which parts are of the class', async () => {
    const folder = folderWith({
      'pod.yaml': `apiVersion: v1
kind: Pod
metadata: { name: web, annotations: { sandgate.dev/capabilities: docker } }
spec: { containers: [{ name: app, image: "a:1" }] }
`,
      'policy.yaml': `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: builders }
spec: { capabilities: [{ name: docker, implementation: rootless }], podSecurity: { level: restricted }, harden: restricted, identity: { runAsUser: 1000 } }
`,
    });
    const printed = await sandgate(folder, 'explain -p policy.yaml docker -f pod.yaml -o json');
    expect(printed.code).toBe(0);
    const template = templateIn(printed);
    expect(template.capabilities).toEqual([
      { capability: 'docker', implementation: 'rootless', policies: ['builders'] },
    ]);
    expect(template.values).toContainEqual({
      path: 'spec.initContainers[1]',
      name: 'docker-daemon',
      from: 'capability',
      capability: 'docker',
      implementation: 'rootless',
    });
    expect(template.podSecurity).not.toMatchObject({ level: 'restricted' });
  });

  test('that comes of a Sandbox asking for a class is told of the class, of the fill-ins, and of what the Sandbox itself says', async () => {
    const folder = folderWith({
      'sandbox.yaml': `apiVersion: agents.x-k8s.io/v1alpha1
kind: Sandbox
metadata: { name: sb, annotations: { sandgate.dev/capabilities: docker } }
spec: { podTemplate: { spec: { containers: [{ name: app, image: "a:1" }] } } }
`,
      'policy.yaml': `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: builders }
spec: { capabilities: [{ name: docker, implementation: rootless }], harden: restricted, identity: { runAsUser: 1000 } }
`,
    });
    const printed = await sandgate(folder, 'explain -p policy.yaml docker -f sandbox.yaml -o json');
    const { values } = templateIn(printed);
    const from = new Map(values.map((value) => [stringField(value, 'path'), stringField(value, 'from')]));
    const at = 'spec.podTemplate.';
    expect(from.get(`${at}spec.initContainers[1]`)).toBe('capability');
    expect(from.get(`${at}spec.containers[0].securityContext.runAsUser`)).toBe('policy');
    expect(from.get(`${at}metadata.annotations[sandgate.dev/capabilities]`)).toBe('object');
  });

  test('keeps the values of environment variables to itself', async () => {
    const policy = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: env }
spec: { env: { add: [{ name: TOKEN, value: s3cr3t }] }, podSecurity: { level: baseline } }
`;
    const folder = folderWith({ 'policy.yaml': policy, 'pod.yaml': POD });
    for (const format of ['text', 'json']) {
      const { stdout } = await sandgate(folder, `explain -p policy.yaml -f pod.yaml -o ${format}`);
      expect(stdout).toContain('TOKEN');
      expect(stdout).not.toContain('s3cr3t');
    }
  });
});

describe('another object', () => {
  test('that holds a pod template is explained as the pods that will come of it', async () => {
    const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: team-a }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: app, image: "ghcr.io/acme/app:1" }] }
`;
    const { policies, values } = await templateOf({ 'pod.yaml': deployment });
    expect(policies).toContainEqual({
      policy: 'not-deployments',
      origin: 'policies.yaml:41',
      priority: 0,
      matches: false,
      reasons: [{ by: 'enforcement', text: 'objects of the kind Deployment.apps are not held to it (Ignore)' }],
    });
    expect(values).toContainEqual(
      expect.objectContaining({ path: 'spec.template.spec.securityContext.runAsUser', value: 65532, from: 'policy' }),
    );
  });

  test('whose fields around the template are filled in is told so', async () => {
    const job = `apiVersion: batch/v1
kind: Job
metadata: { name: once }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: app, image: "a:1" }] } } }
`;
    const policy = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: jobs }
spec: { lifecycle: { ttlSecondsAfterFinished: { default: 600 } } }
`;
    const folder = folderWith({ 'policy.yaml': policy, 'job.yaml': job });
    const printed = await sandgate(folder, 'explain -p policy.yaml -f job.yaml -o json');
    expect(printed.json()).toMatchObject({
      objects: [
        {
          filledInAround: [
            { path: 'spec.ttlSecondsAfterFinished', value: 600, from: 'policy', policy: 'jobs', fillIn: 'defaultTtl' },
          ],
        },
      ],
    });
  });

  test('that holds no pod template is said to be skipped, and a template of a wrong shape is not explained further', async () => {
    const folder = folderWith({
      'map.yaml': CONFIG_MAP,
      'odd.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: odd }\nspec: { containers: 3 }\n',
    });
    const skipped = await sandgate(folder, 'explain -p baseline -f map.yaml -o json');
    expect(skipped.json()).toMatchObject({
      objects: [{ verdict: 'skipped', skipReason: 'kind-not-handled', templates: [] }],
    });
    const odd = await sandgate(folder, 'explain -p baseline -f odd.yaml -o json');
    expect(odd.json()).toMatchObject({ objects: [{ verdict: 'denied', templates: [{ path: '', values: [] }] }] });
  });

  test('that no policy matches is told of each policy why', async () => {
    const folder = folderWith({
      'policies.yaml': POLICIES.split('---\n')[1] ?? '',
      'pod.yaml': POD,
      'ns.yaml': NAMESPACE,
    });
    const printed = await sandgate(folder, 'explain -p policies.yaml -f pod.yaml --context ns.yaml');
    expect(printed.code).toBe(0);
    expect(printed.stdout).toContain('skipped (no policy matches)');
    expect(printed.stdout).toContain(
      'does not match  team-b: namespaceSelector: namespace label team is not "b" (it is "a")',
    );
  });
});

test.each([
  ['explain', 'nothing to explain (expected a name, such as privileged, or -p with policies and -f with manifests)'],
  ['explain privileged -p baseline', 'both "privileged" and -p or -f (expected a name, or -p and -f)'],
  ['explain -f pod.yaml', 'no policies given (expected -p with a file, a folder or a bundle)'],
  ['explain -p baseline', 'no manifests given (expected -f with a file, a folder or -)'],
])('sandgate %s is a mistake', async (line, message) => {
  const printed = await sandgate(folderWith({ 'pod.yaml': BARE_POD }), line);
  expect(printed).toMatchObject({ code: 2, stdout: '' });
  expect(printed.stderr).toContain(`sandgate: ${message}\n`);
});

test('a manifest cannot write to the terminal through an explanation', async () => {
  const hostile = BARE_POD.replace('name: bare', 'name: "a\\u001b[31m"').replace(
    'spec:',
    'spec:\n  runtimeClassName: "b\\u001b[31m"',
  );
  const { stdout } = await sandgate(folderWith({ 'pod.yaml': hostile }), 'explain -p baseline -f pod.yaml');
  expect(stdout).toContain('\\u{1b}[31m');
  expect(stdout).not.toContain('\u001b');
});

test('the page about explain prints what its commands print', async () => {
  const files = Object.fromEntries(
    [...PAGE.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)].map(([, name = '', text = '']) => [name, text]),
  );
  const folder = folderWith(files);
  const blocks = [...PAGE.matchAll(/```console\n\$ sandgate (.*)\n([\s\S]*?)```/g)];
  expect(blocks.length).toBeGreaterThan(1);
  for (const [, line = '', expected] of blocks) expect((await sandgate(folder, line)).stdout).toBe(expected);
});
