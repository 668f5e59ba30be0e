// `sandgate check`: the JSON contract, verdicts, contexts, text for people.
import { expect, test } from 'vitest';
import { POD_SECURITY_CHECKS } from '../../src/pod-security/checks/index.ts';
import { policyYaml } from '../support/gate.ts';
import { BARE_POD, CONFIG_MAP, DEPLOYMENT, folderWith, LABEL_POLICY, PRIVILEGED_POD, sandgate } from './console.ts';

const MANY = `# a comment
${PRIVILEGED_POD}---
${DEPLOYMENT}---
${CONFIG_MAP}---
${BARE_POD}`;

function fixOf(id: string): string | undefined {
  return POD_SECURITY_CHECKS.find((check) => check.id === id)?.fix;
}

test('-o json is the contract, to the field', async () => {
  const printed = await sandgate(folderWith({ 'pod.yaml': MANY }), 'check -p baseline -f pod.yaml -o json');
  expect(printed.code).toBe(1);
  expect(printed.stderr).toBe('');
  expect(printed.json()).toEqual({
    results: [
      {
        source: { file: 'pod.yaml', document: 1, line: 2 },
        object: { apiVersion: 'v1', kind: 'Pod', namespace: 'agents', name: 'bad' },
        verdict: 'denied',
        deniedAt: 'object',
        findings: [
          {
            policy: 'baseline',
            check: 'hostNamespaces',
            action: 'Deny',
            reason: 'host namespaces',
            detail: 'hostNetwork=true',
            path: 'spec.hostNetwork',
            value: true,
            fix: fixOf('hostNamespaces'),
          },
          {
            policy: 'baseline',
            check: 'privileged',
            action: 'Deny',
            reason: 'privileged',
            detail: 'container "app" must not set securityContext.privileged=true',
            path: 'spec.containers[0].securityContext.privileged',
            container: 'app',
            value: true,
            fix: fixOf('privileged'),
          },
        ],
        warnings: [],
        patch: [],
      },
      {
        source: { file: 'pod.yaml', document: 2, line: 13 },
        object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web' },
        verdict: 'denied',
        deniedAt: 'pod',
        findings: [
          {
            policy: 'baseline',
            check: 'privileged',
            action: 'Deny',
            reason: 'privileged',
            detail: 'container "app" must not set securityContext.privileged=true',
            path: 'spec.template.spec.containers[0].securityContext.privileged',
            container: 'app',
            value: true,
            fix: fixOf('privileged'),
          },
        ],
        warnings: [],
        patch: [],
      },
      {
        source: { file: 'pod.yaml', document: 3, line: 26 },
        object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: '', name: 'settings' },
        verdict: 'skipped',
        skipReason: 'kind-not-handled',
        findings: [],
        warnings: [],
        patch: [],
      },
      {
        source: { file: 'pod.yaml', document: 4, line: 30 },
        object: { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'bare' },
        verdict: 'allowed',
        findings: [],
        warnings: [],
        patch: [],
      },
    ],
    summary: { allowed: 1, denied: 2, skipped: 1 },
  });
});

test('what is filled in is judged, and shown as a patch; --no-inject judges what is written', async () => {
  const folder = folderWith({ 'pod.yaml': BARE_POD, 'web.yaml': DEPLOYMENT.replace(/ *securityContext.*\n/, '') });
  const additions: unknown = expect.arrayContaining([expect.objectContaining({ op: 'add' })]);
  const filled = await sandgate(folder, 'check -p agents -f pod.yaml -f web.yaml -o json');
  expect(filled.code).toBe(0);
  expect(filled.json()).toMatchObject({
    results: [{ verdict: 'allowed', patch: additions }, { patch: [] }],
    summary: { allowed: 2 },
  });
  const written = await sandgate(folder, 'check -p agents -f pod.yaml web.yaml -o json --no-inject');
  expect(written.code).toBe(1);
  expect(written.json()).toMatchObject({ results: [{ patch: [] }, { patch: [] }], summary: { denied: 2 } });
});

test('text says what is wrong, where with the line, why, and how to fix it', async () => {
  const printed = await sandgate(folderWith({ 'pod.yaml': MANY }), 'check -p baseline -f pod.yaml');
  expect(printed.code).toBe(1);
  expect(printed.stdout).toBe(`Pod agents/bad  denied  pod.yaml:2
  deny   hostNamespaces: host namespaces (hostNetwork=true)
         where spec.hostNetwork  pod.yaml:6
         why   PodSecurity "baseline:latest", by policy "baseline"
         fix   ${fixOf('hostNamespaces')}
  deny   privileged: privileged (container "app" must not set securityContext.privileged=true)
         where spec.containers[0].securityContext.privileged  pod.yaml:11
         why   PodSecurity "baseline:latest", by policy "baseline"
         fix   ${fixOf('privileged')}

Deployment default/web  denied (its pods would be refused)  pod.yaml:13
  deny   privileged: privileged (container "app" must not set securityContext.privileged=true)
         where spec.template.spec.containers[0].securityContext.privileged  pod.yaml:24
         why   PodSecurity "baseline:latest", by policy "baseline"
         fix   ${fixOf('privileged')}

ConfigMap settings  skipped (no pod template is known in this kind)  pod.yaml:26
Pod default/bare  allowed  pod.yaml:30

2 denied, 1 allowed, 1 skipped
denied: privileged 2, hostNamespaces 1
To see why, and what to change: sandgate explain with the same -p and -f
`);
});

test('colours only on a terminal, and not where NO_COLOR says so', async () => {
  const folder = folderWith({ 'pod.yaml': BARE_POD });
  const coloured = await sandgate(folder, 'check -p baseline -f pod.yaml', { tty: true });
  expect(coloured.stdout).toContain('\u001b[32mallowed\u001b[39m');
  const plain = await sandgate(folder, 'check -p baseline -f pod.yaml', { tty: true, env: { NO_COLOR: '1' } });
  expect(plain.stdout).not.toContain('\u001b');
  expect((await sandgate(folder, 'check -p baseline -f pod.yaml')).stdout).toBe(plain.stdout);
});

test('names cannot act upon the terminal', async () => {
  const folder = folderWith({ 'pod.yaml': BARE_POD.replace('name: bare', 'name: "a\\e[2Jb\\nc"') });
  const printed = await sandgate(folder, 'check -p baseline -f pod.yaml');
  expect(printed.stdout).toContain('Pod default/a\\u{1b}[2Jb\\u{a}c  allowed');
});

function namespace(name: string, tier: string): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: { tier: ${tier} } }\n`;
}

test('Namespaces among the manifests or in --context give labels, and are not judged', async () => {
  const folder = folderWith({
    'policy.yaml': LABEL_POLICY,
    'pod.yaml': PRIVILEGED_POD,
    'ns.yaml': namespace('agents', 'agents'),
    'other.yaml': namespace('agents', 'other'),
  });
  const denied = await sandgate(folder, 'check -p policy.yaml -f ns.yaml pod.yaml -o json');
  expect([denied.code, denied.stderr]).toEqual([1, '']);
  expect(denied.json()).toMatchObject({ results: [{ object: { kind: 'Pod' } }], summary: { denied: 1, skipped: 0 } });
  const other = await sandgate(folder, 'check -p policy.yaml -f pod.yaml --context other.yaml -o json');
  expect(other.json()).toMatchObject({ results: [{ verdict: 'skipped', skipReason: 'no-policy' }] });
  const given = await sandgate(folder, 'check -p policy.yaml -f pod.yaml --namespace-labels x=y,tier=agents -o json');
  expect([given.code, given.stderr]).toEqual([1, '']);
});

test('Namespaces among the manifests, --context and --namespace-annotations give annotations', async () => {
  const key = 'openshift.io/sa.scc.uid-range';
  const folder = folderWith({
    'policy.yaml': policyYaml('p', `identity: { users: { fromNamespaceAnnotation: ${key} } }`),
    'pod.yaml': `apiVersion: v1
kind: Pod
metadata: { name: p, namespace: agents }
spec: { containers: [{ name: a, securityContext: { runAsUser: 5000 } }] }
`,
    'ns.yaml': `apiVersion: v1
kind: Namespace
metadata: { name: agents, annotations: { ${key}: 5000/10 } }
`,
    'bare.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: agents }\n',
  });
  const check = (rest: string) => sandgate(folder, `check -p policy.yaml -f pod.yaml ${rest}`);
  expect((await check('ns.yaml')).code).toBe(0);
  expect((await check('--context ns.yaml')).code).toBe(0);
  expect((await check(`--namespace-annotations ${key}=5000-5009,x=y`)).code).toBe(0);
  expect((await check(`--namespace-annotations ${key}=6000/10`)).code).toBe(1);
  const bare = await check(`--context bare.yaml --namespace-annotations ${key}=5000-5009`);
  expect([bare.code, bare.stdout]).toEqual([1, expect.stringContaining(`annotation "${key}" is not set`)]);
  const unknown = await check('--namespace-labels a=b');
  expect([unknown.code, unknown.stdout]).toEqual([1, expect.stringContaining(`annotation "${key}" is not known`)]);
});

test('what was not known and mattered is said once for each namespace', async () => {
  const folder = folderWith({
    'policy.yaml': LABEL_POLICY,
    'pod.yaml': `${PRIVILEGED_POD}---\n${PRIVILEGED_POD}---\n${BARE_POD}`,
  });
  const printed = await sandgate(folder, 'check -p policy.yaml -f pod.yaml --namespace ci');
  expect(printed.code).toBe(0);
  expect(printed.stderr).toBe(
    'sandgate: namespace "agents": its labels are not known, assumed to be none\nsandgate: namespace "ci": its labels are not known, assumed to be none\nsandgate: warning: nothing was judged: every object was skipped\n',
  );
  const unasked = await sandgate(folder, 'check -p baseline -f pod.yaml');
  expect(unasked.stderr).toBe('');
});

test('a namespace always has its own name as a label', async () => {
  const byName = LABEL_POLICY.replace('tier: agents', 'kubernetes.io/metadata.name: agents');
  const folder = folderWith({ 'policy.yaml': byName, 'pod.yaml': PRIVILEGED_POD });
  expect((await sandgate(folder, 'check -p policy.yaml -f pod.yaml')).code).toBe(1);
});
