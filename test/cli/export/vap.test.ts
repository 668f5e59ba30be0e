// What `sandgate export vap` writes of a policy, and what it says is not in it.
import { describe, expect, test } from 'vitest';
import { parseAllDocuments, type Document as YamlDocument } from 'yaml';
import { admissionEnvironment, admissionValues } from '../../../src/cel/admission.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { policyYaml } from '../../support/gate.ts';
import { folderWith, sandgate } from '../console.ts';
import { fieldAt, objectsIn, pod } from '../import/imports.ts';

async function exported(spec: string, options = '') {
  const cwd = folderWith({ 'p.yaml': policyYaml('p', spec) });
  const { code, stdout, stderr } = await sandgate(cwd, `export vap -p p.yaml ${options}`.trim());
  const documents = objectsIn(parseAllDocuments(stdout).map(valueIn));
  const said = stderr.split('\n').filter((line) => line.includes('is not in it'));
  return { code, documents, said: said.map((line) => line.replace('sandgate: policy "p": ', '')) };
}

function valueIn(parsed: YamlDocument): unknown {
  const value: unknown = parsed.toJS();
  return value;
}

function expressionsOf(document: JsonObject | undefined): readonly string[] {
  return objectsIn(fieldAt(document, 'spec', 'validations')).map(({ expression }) => String(expression));
}

test('a level is a policy with a binding, for pods and ephemeral containers', async () => {
  const { code, documents, said } = await exported('podSecurity: { level: baseline }');
  expect({ code, said }).toEqual({ code: 0, said: [] });
  expect(documents).toMatchObject([
    {
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'sandgate-p', labels: { 'sandgate.dev/policy': 'p' } },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [{ resources: ['pods'] }, { resources: ['pods/ephemeralcontainers'] }],
          namespaceSelector: {
            matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] }],
          },
        },
      },
    },
    { kind: 'ValidatingAdmissionPolicyBinding', spec: { policyName: 'sandgate-p', validationActions: ['Deny'] } },
  ]);
  expect(expressionsOf(documents[0])).toHaveLength(12);
});

test('checks with other actions are a policy of their own', async () => {
  const { documents } = await exported(
    'podSecurity: { level: baseline }\nvalidationActions: [Deny, Audit]\nchecks: { privileged: { validationActions: [Warn] } }',
  );
  expect(documents.map((one) => [fieldAt(one, 'metadata', 'name'), fieldAt(one, 'spec', 'validationActions')])).toEqual(
    [
      ['sandgate-p-deny-audit', undefined],
      ['sandgate-p-deny-audit', ['Deny', 'Audit']],
      ['sandgate-p-warn', undefined],
      ['sandgate-p-warn', ['Warn']],
    ],
  );
  expect(expressionsOf(documents[2])).toHaveLength(1);
});

describe('what the API server could refuse and the webhook lets in is not in it', () => {
  test('checks with exceptions of the policy, and those that namespaces may except', async () => {
    const { documents, said } = await exported(
      'podSecurity: { level: baseline }\nchecks: { privileged: { except: [{ images: ["x/**"], reason: why }] } }\nexceptions: { allow: true, forbiddenChecks: [hostNamespaces] }',
    );
    expect(said).toHaveLength(11);
    expect(said).toContain('checks.privileged is not in it: it has exceptions, whose images CEL cannot compare');
    expect(said).toContain(
      'checks.hostPorts is not in it: namespaces may make exceptions from it, which the API server does not know (exceptions.forbiddenChecks rules them out)',
    );
    expect(expressionsOf(documents[0])).toHaveLength(1);
  });

  test('pods that ask for a class of the policy, and policies that give every pod one', async () => {
    const { documents, said } = await exported(
      'podSecurity: { level: baseline }\ncapabilities: [{ name: docker }]',
      '-p docker',
    );
    expect(fieldAt(documents[0], 'spec', 'matchConditions')).toContainEqual({
      name: 'asks-for-no-capability',
      expression: "!(has(object.metadata.annotations) && 'sandgate.dev/capabilities' in object.metadata.annotations)",
    });
    expect(said.join()).toMatch(/capabilities is not in it: pods with the annotation .* whoever writes it gets past/);
    const always = await exported(
      'podSecurity: { level: baseline }\ncapabilities: [{ name: docker, assign: Always }]',
      '-p docker',
    );
    expect(always.said).toEqual([
      'capabilities is not in it: every pod is granted a class, and CEL cannot take out what a class adds',
    ]);
    expect(always.code).toBe(2);
  });
});

test('what CEL cannot hold is said, with the checks that it is about', async () => {
  const { code, said } = await exported(
    `podSecurity: { fromNamespaceLabels: true }
harden: restricted
volumes: { allowedTypes: [emptyDir], secrets: [a] }
images: { allowed: ["ghcr.io/**", "nginx"], forbiddenTags: [latest] }
scheduling: { nodeName: Deny }`,
    '--strict',
  );
  expect(code).toBe(2);
  expect(said).toEqual([
    'podSecurity is not in it: Pod Security admission itself enforces the labels of namespaces',
    'volumes is not in it: no expression in CEL for forbiddenHostPaths, volumeSecrets',
    'images is not in it: no expression in CEL for imageReference, allowedImages, imageTag',
    'scheduling is not in it: no expression in CEL for nodeName',
    'harden is not in it: only the webhook fills in: a pod without is judged as it is',
  ]);
});

test('a policy about other kinds is not exported, and neither is one without checks', async () => {
  expect(await exported('podSecurity: { level: baseline }\nmatch: { kinds: [Deployment] }')).toMatchObject({
    code: 2,
    documents: [],
    said: ['match.kinds is not in it: the policy is not about pods themselves, which are all that CEL is given here'],
  });
  expect((await exported('runtime: { default: gvisor }')).code).toBe(2);
});

test('-o json has what is not in it, and --exclude-namespace other namespaces', async () => {
  const cwd = folderWith({ 'p.yaml': policyYaml('p', 'podSecurity: { level: baseline }\nharden: baseline') });
  const printed = await sandgate(cwd, 'export vap -p p.yaml -o json --exclude-namespace a b');
  expect(printed.json()).toMatchObject({
    objects: [
      { spec: { matchConstraints: { namespaceSelector: { matchExpressions: [{ values: ['a', 'b'] }] } } } },
      {},
    ],
    notExported: [{ policy: 'p', part: 'harden' }],
  });
  expect((await sandgate(cwd, 'export opa -p p.yaml')).stderr).toContain('cannot export "opa" (expected vap)');
});

const PRIVILEGED = { securityContext: { privileged: true } };

async function holds(object: object, oldObject: object | null): Promise<unknown> {
  const { documents } = await exported('podSecurity: { level: baseline }');
  const all = expressionsOf(documents[0]);
  const results = all.map((expression) => {
    const compiled = admissionEnvironment().compile(expression, 'bool');
    if (!compiled.ok) throw new Error(compiled.message);
    const request = {
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: 'pods',
      subresource: '',
      operation: 'UPDATE' as const,
      name: 'p',
      namespace: 'n',
      user: { username: '', groups: [] },
      dryRun: false,
    };
    const old = oldObject === null ? undefined : { ...oldObject };
    const facts = { object: { ...object }, oldObject: old, request, namespaceLabels: undefined };
    return compiled.expression.evaluate(admissionValues(facts));
  });
  return results.every((result) => result.ok && result.value === true);
}

const debugged = (container: object) => pod({ ephemeralContainers: [{ name: 'e', image: 'x', ...container }] });

test('an update that brings a violation is refused, and one of a pod that violated before is not', async () => {
  expect(await holds(pod(), pod())).toBe(true);
  expect(await holds(pod({}, PRIVILEGED), null)).toBe(false);
  expect(await holds(debugged(PRIVILEGED), pod())).toBe(false);
  expect(await holds(debugged({}), pod())).toBe(true);
  expect(await holds(pod({}, PRIVILEGED, { labels: { a: 'b' } }), pod({}, PRIVILEGED))).toBe(true);
});
