// ValidatingAdmissionPolicies with their bindings, imported.
import { expect, test } from 'vitest';
import { imported, notes, pod } from './imports.ts';

const V1 = 'apiVersion: admissionregistration.k8s.io/v1';
const POLICY = `${V1}
kind: ValidatingAdmissionPolicy
metadata: { name: nodes }
spec:
  failurePolicy: Ignore
  matchConstraints:
    resourceRules:
      - { apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }
      - { apiGroups: [apps], apiVersions: [v1], operations: ["*"], resources: [deployments] }
    objectSelector: { matchLabels: { tier: web } }
  matchConditions: [{ name: not-nodes, expression: "!request.userInfo.username.startsWith('system:node:')" }]
  variables:
    - { name: limit, expression: params.spec.limit }
    - { name: named, expression: has(object.spec.nodeName) }
    - { name: unused, expression: "1" }
  validations:
    - { expression: "!variables.named", message: "no node,\\n please", reason: Invalid }
    - { expression: "size(object.spec.containers) <= variables.limit" }
    - { expression: "object.spec.containers.all(c, c.image.startsWith('ghcr.io/'))", messageExpression: "'images: ' + string(size(object.spec.containers))" }
  paramKind: { apiVersion: v1, kind: ConfigMap }
---
`;

function binding(name: string, policy: string, spec: string): string {
  return `${V1}\nkind: ValidatingAdmissionPolicyBinding\nmetadata: { name: ${name} }\nspec: { policyName: ${policy}, ${spec} }\n---\n`;
}

const BOUND =
  POLICY +
  binding(
    'deny',
    'nodes',
    'validationActions: [Deny, Audit], matchResources: { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: team-a } } }',
  ) +
  binding('warn', 'nodes', 'validationActions: [Warn], paramRef: { name: x }');

const WEB = { labels: { tier: 'web' } };

test('a policy with two bindings is two policies, which judge pods as it does', async () => {
  const both = await imported('vap', BOUND);
  expect(both.names).toEqual(['nodes-deny', 'nodes-warn']);
  const judge = async (tested: object) => {
    const { verdict, findings } = await both.judge(tested);
    return [verdict, findings.map(({ check, action }) => `${action} ${check}`).toSorted()];
  };
  expect(await judge(pod({}, {}, WEB))).toEqual(['allowed', []]);
  expect(await judge(pod({ nodeName: 'n' }, {}, WEB))).toEqual([
    'denied',
    ['Deny validations/validation-1', 'Warn validations/validation-1'],
  ]);
  expect(await judge(pod({ nodeName: 'n' }))).toEqual(['skipped', []]);
  expect(await judge(pod({}, { image: 'nginx' }, { ...WEB, namespace: 'team-b' }))).toEqual([
    'allowed',
    ['Warn validations/validation-3'],
  ]);
  expect((await both.judge(pod({ nodeName: 'n' }, {}, WEB), '--as system:node:a')).verdict).toBe('skipped');
});

test('what depends on parameters is left out, with its place and the reason', async () => {
  expect(notes(await imported('vap', BOUND))).toEqual([
    'spec.paramKind: parameters are not carried over: write their values into the policy [none]',
    'spec.failurePolicy: an expression that cannot be evaluated refuses the pod [stricter]',
    'spec.matchConstraints.resourceRules[1]: it is about something else than pods, which its expressions see as it is [laxer]',
    expect.stringMatching(
      /^spec\.variables\[0\]\.expression: column 1 of the expression: .*params.*; the variable is left out \[laxer\]$/,
    ),
    'spec.validations[0].reason: a refusal is always Forbidden [none]',
    expect.stringMatching(
      /^spec\.validations\[1\]\.expression: column \d+ of the expression: .*limit.*; the validation is left out \[laxer\]$/,
    ),
    'spec.paramRef: parameters are not carried over: write their values into the policy [laxer]',
  ]);
});

test('a policy without a binding does nothing, and a binding without its policy neither', async () => {
  const found = await imported('vap', POLICY + binding('b', 'other', 'validationActions: [Deny]'));
  expect(found.specs).toEqual([]);
  expect(notes(found)).toEqual([
    'spec.policyName: the policy "other" is not among the files [laxer]',
    ': no binding among the files: the API server does nothing by it [none]',
  ]);
});

test('a policy whose condition cannot be evaluated is left out, since it would be about other pods', async () => {
  const asking = POLICY.replace(
    "!request.userInfo.username.startsWith('system:node:')",
    "authorizer.path('/x').check('get').allowed()",
  );
  const found = await imported('vap', asking + binding('b', 'nodes', 'validationActions: [Deny]'));
  expect(found.specs).toEqual([]);
  expect(notes(found).join('\n')).toMatch(
    /matchConditions\[0\]\.expression: .*authorizer.*the policy is left out \[laxer\]/,
  );
});

test('a policy about other objects is left out', async () => {
  const services = POLICY.replace('resources: [pods]', 'resources: [services]');
  const found = await imported('vap', services + binding('b', 'nodes', 'validationActions: [Deny]'));
  expect(found.specs).toEqual([]);
  expect(notes(found)).toContain('spec.matchConstraints.resourceRules: it is not about pods [laxer]');
});

test('rules of a request, of names and of a binding narrow what the policy is about', async () => {
  const named = POLICY.replace('resources: [pods] }', 'resources: [pods], resourceNames: [p] }');
  const found = await imported(
    'vap',
    named +
      binding(
        'b',
        'nodes',
        'validationActions: [], matchResources: { excludeResourceRules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: [UPDATE], resources: ["*"] }] }',
      ),
  );
  expect(found.specs[0]).toMatchObject({
    validationActions: ['Deny'],
    match: {
      kinds: ['Pod'],
      conditions: [
        { name: 'request', expression: '(request.operation == "CREATE" && request.?name.orValue("") == "p")' },
        { name: 'not-excluded', expression: '!(request.operation == "UPDATE")' },
        { name: 'not-nodes' },
      ],
    },
  });
  expect((await found.judge(pod({ nodeName: 'n' }, {}, WEB))).verdict).toBe('denied');
  expect((await found.judge(pod({ nodeName: 'n' }, {}, { ...WEB, name: 'q' }))).verdict).toBe('skipped');
});
