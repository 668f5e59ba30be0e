// Role bindings in files: judged where a policy judges them, and otherwise what they always were, which is part of the cluster that
// workloads are judged in.
import { describe, expect, test } from 'vitest';
import { BARE_POD, folderWith, sandgate } from './console.ts';

const POLICY = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: rights }
spec:
  match: { namespaceSelector: { matchLabels: { tier: agents } } }
  roleBindings: { forbiddenRoles: [ClusterRole/cluster-admin] }
`;
const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: team-a, labels: { tier: agents } }\n';

function bindingYaml(kind: string, metadata: string, subject: string, version = 'v1'): string {
  return `apiVersion: rbac.authorization.k8s.io/${version}
kind: ${kind}
metadata: { ${metadata} }
roleRef: { kind: ClusterRole, name: cluster-admin }
subjects: [${subject}]
`;
}

async function checked(text: string, args = ''): Promise<{ code: number; stdout: string; stderr: string }> {
  const cwd = folderWith({ 'policy.yaml': POLICY, 'objects.yaml': text });
  return await sandgate(cwd, `check -p policy.yaml -f objects.yaml${args}`);
}

describe('a binding beside other objects', () => {
  test('is judged, with the labels of the namespace beside it', async () => {
    const binding = bindingYaml('RoleBinding', 'name: x, namespace: team-a', '{ kind: ServiceAccount, name: agent }');
    const { code, stdout } = await checked([NAMESPACE, BARE_POD, binding].join('---\n'));
    expect(code).toBe(1);
    expect(stdout).toContain('RoleBinding team-a/x  denied  objects.yaml:');
    expect(stdout).toContain('where subjects[0]');
  });

  test('without a namespace is in the one that is given', async () => {
    const binding = bindingYaml('RoleBinding', 'name: x', '{ kind: ServiceAccount, name: agent }');
    const { stdout } = await checked([NAMESPACE, binding].join('---\n'), ' --namespace team-a');
    expect(stdout).toContain('RoleBinding team-a/x  denied');
  });

  test.each(['v1', 'v1beta1', 'v1alpha1'])('in a List and of version %s is judged as well', async (version) => {
    const item = bindingYaml(
      'ClusterRoleBinding',
      'name: x',
      '{ kind: Group, name: "system:serviceaccounts" }',
      version,
    );
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${item.trimEnd().replaceAll('\n', '\n  ')}\n`;
    const { code, stdout } = await checked(list);
    expect([code, stdout]).toEqual([1, expect.stringContaining('ClusterRoleBinding x  denied')]);
  });

  test('of people is skipped, since no policy is about them', async () => {
    const { code, stdout } = await checked(bindingYaml('ClusterRoleBinding', 'name: x', '{ kind: User, name: jane }'));
    expect([code, stdout]).toEqual([0, expect.stringContaining('skipped (no policy matches)')]);
  });

  test('is not judged where no policy has the rule', async () => {
    const cwd = folderWith({
      'objects.yaml': [BARE_POD, bindingYaml('ClusterRoleBinding', 'name: x', '{ kind: User, name: jane }')].join(
        '---\n',
      ),
    });
    const { stdout } = await sandgate(cwd, 'check -p baseline -f objects.yaml');
    expect(stdout).not.toContain('ClusterRoleBinding');
  });
});

test('a policy that says nothing of roles, or that is narrowed by what no binding has, is told so', async () => {
  const cwd = folderWith({
    'nothing.yaml': POLICY.replace('forbiddenRoles: [ClusterRole/cluster-admin]', 'serviceAccounts: [a]'),
    'narrowed.yaml': POLICY.replace('match: {', 'match: { objectSelector: { matchLabels: { a: b } },'),
    'odd.yaml': POLICY.replace('ClusterRole/cluster-admin', 'cluster-admin'),
    'pod.yaml': BARE_POD,
  });
  const said = async (policy: string): Promise<string> =>
    (await sandgate(cwd, `check -p ${policy} -f pod.yaml --namespace-labels tier=agents`)).stderr;
  expect(await said('nothing.yaml')).toContain('says nothing of roles (expected allowedRoles or forbiddenRoles)');
  expect(await said('narrowed.yaml')).toContain(
    'is about all service accounts of the namespaces: match.objectSelector cannot be asked of role bindings',
  );
  expect(await said('odd.yaml')).toMatch(/spec\/roleBindings\/forbiddenRoles\/0/);
});

test('a suite tests them, and counts the check as reached', async () => {
  const suite = `apiVersion: sandgate.dev/v1alpha1
kind: PolicyTest
metadata: { name: rights }
spec:
  policies: [policy.yaml]
  cases:
    - name: cluster-admin
      object: { apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: x, namespace: team-a }, roleRef: { kind: ClusterRole, name: cluster-admin }, subjects: [{ kind: ServiceAccount, name: agent }] }
      namespaceLabels: { tier: agents }
      expect: { verdict: denied, findings: [{ check: boundRoles }] }
`;
  const cwd = folderWith({ 'policy.yaml': POLICY, 'suite.yaml': suite });
  const { code, stdout, stderr } = await sandgate(cwd, 'test suite.yaml --coverage');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).not.toMatch(/boundRoles.*not|not.*boundRoles/);
});
