// Rules in CEL on the command line: what stands in for the cluster, and what is said of an expression that is wrong.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BARE_POD, DEPLOYMENT, folderWith, sandgate } from './console.ts';

function policy(spec: string): string {
  return `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: p }
spec:
${spec}`;
}

test('an expression that is wrong is refused with its place in the file and in the expression', async () => {
  const text = policy(`  match:
    conditions:
      - { name: a, expression: "request.userInfo.name == 'x'" }
  variables:
    - name: images
      expression: object.spec.containers.map(c, c.imgae)
  validations:
    - name: node
      expression: |
        object.spec.hostNetwork ||
        object.spec.nodeName == 1
      messageExpression: "1"
    - { name: path, expression: "variables.images.all(i, i != '')", path: spec.nodeNmae }
    - { name: path, expression: "variables.image.size() > 0 && authorizer.x" }
  checks:
    validations/nope: { validationActions: [Warn] }
    validations/Nope: { validationActions: [Warn] }
`);
  const { code, stdout, stderr } = await sandgate(folderWith({ 'p.yaml': text, 'pod.yaml': BARE_POD }), [
    'check',
    '-p',
    'p.yaml',
    '-f',
    'pod.yaml',
  ]);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toEqual([
    'sandgate: p.yaml:7:32: /spec/match/conditions/0/expression: column 18 of the expression: UserInfo has no field name (expected username, uid, groups, extra)',
    'sandgate: p.yaml:10:19: /spec/variables/0/expression: column 33 of the expression: Container has no field imgae (did you mean "image"?)',
    'sandgate: p.yaml:13:19: /spec/validations/0/expression: line 2, column 22 of the expression: no such overload: string == int',
    'sandgate: p.yaml:16:26: /spec/validations/0/messageExpression: column 1 of the expression: expected string as the result, found int',
    'sandgate: p.yaml:17:75: /spec/validations/1/path: a pod has no field spec.nodeNmae (did you mean "nodeName"?)',
    'sandgate: p.yaml:18:15: /spec/validations/2/name: "path" is taken by an entry before it',
    'sandgate: p.yaml:18:33: /spec/validations/2/expression: column 11 of the expression: Variables has no field image (did you mean "images"?)',
    'sandgate: p.yaml:21:5: /spec/checks/validations~1Nope: "validations/Nope" is not valid (expected validations/ and the name of a validation of the policy)',
  ]);
});

test('a check or a variable that nothing has to do with is a warning', async () => {
  const text = policy(`  variables:
    - { name: used, expression: "1" }
    - { name: through, expression: "variables.used" }
    - { name: idle, expression: "variables.used" }
  validations: [{ name: a, expression: "variables.through == 1" }]
  checks: { validations/b: { validationActions: [Warn] }, validations/a: { validationActions: [Warn] } }
`);
  const { code, stderr } = await sandgate(
    folderWith({ 'p.yaml': text, 'pod.yaml': BARE_POD }),
    'check -p p.yaml -f pod.yaml',
  );
  expect(code).toBe(0);
  expect(stderr.trim().split('\n')).toEqual([
    'sandgate: warning: p.yaml:8:7: /spec/variables/2: no validation asks for it',
    'sandgate: warning: p.yaml:10:13: /spec/checks/validations~1b: has no effect: the policy has no validation of this name',
  ]);
});

/** The exit code of the command in a folder with these files. */
async function codeOf(files: Readonly<Record<string, string>>, args: string): Promise<number> {
  return (await sandgate(folderWith(files), args)).code;
}

describe('without a cluster', () => {
  const WHO = policy(`  validations:
    - { name: who, expression: "request.userInfo.username == 'jane' && 'sre' in request.userInfo.groups" }
`);
  const TIER = policy(`  validations:
    - { name: tier, expression: "namespaceObject.metadata.labels[?'tier'].orValue('') == 'a'" }
`);
  const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: default, labels: { tier: a } }\n';

  test('--as and --as-group say who asks', async () => {
    const files = { 'p.yaml': WHO, 'pod.yaml': BARE_POD };
    expect(await codeOf(files, 'check -p p.yaml -f pod.yaml')).toBe(1);
    expect(await codeOf(files, 'check -p p.yaml -f pod.yaml --as jane --as-group sre')).toBe(0);
  });

  test('the labels of a namespace come from the Namespace among the files, or from --namespace-labels', async () => {
    expect(
      await codeOf({ 'p.yaml': TIER, 'pod.yaml': `${BARE_POD}---\n${NAMESPACE}` }, 'check -p p.yaml -f pod.yaml'),
    ).toBe(0);
    const files = { 'p.yaml': TIER, 'pod.yaml': BARE_POD };
    expect(await codeOf(files, 'check -p p.yaml -f pod.yaml --namespace-labels tier=a')).toBe(0);
    expect(await codeOf(files, 'check -p p.yaml -f pod.yaml --namespace-labels tier=b')).toBe(1);
    // Labels that are not known are no silent green.
    expect(await codeOf(files, 'check -p p.yaml -f pod.yaml --strict')).not.toBe(0);
  });
});

test('the policy of the page about ValidatingAdmissionPolicies judges pods and controllers as it says', async () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/from-validating-admission-policy.md'), 'utf8');
  const [, example = ''] = /```yaml\n(apiVersion[\s\S]*?)```/.exec(page) ?? [];
  const files = { 'p.yaml': example, 'objects.yaml': `${BARE_POD}  nodeName: node-1\n---\n${DEPLOYMENT}` };
  const printed = await sandgate(folderWith(files), 'check -p p.yaml -f objects.yaml -o json');
  expect(printed.code, printed.stdout).toBe(1);
  const finding = {
    policy: 'internal-images',
    check: 'validations/internal-images',
    action: 'Deny',
    reason: 'images from elsewhere: nginx:1',
    detail: 'validation "internal-images"',
  };
  expect(printed.json()).toMatchObject({
    results: [
      {
        object: { kind: 'Pod' },
        findings: [
          { ...finding, path: 'spec' },
          {
            check: 'validations/no-node',
            action: 'Warn',
            reason: 'pods choose no node',
            path: 'spec.nodeName',
            value: 'node-1',
          },
        ],
      },
      { object: { kind: 'Deployment' }, deniedAt: 'pod', findings: [{ ...finding, path: 'spec.template.spec' }] },
    ],
  });
});
