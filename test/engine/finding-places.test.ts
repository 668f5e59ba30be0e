// Where a finding says that something is: at the index it has in the object that was sent, also where grants take entries
// out of lists before a policy judges the pod, and where classes put containers in front of the workload's own.
import { describe, expect, test } from 'vitest';
import { handleReview } from '../../src/admission/handle.ts';
import type { Gate } from '../../src/engine/gate.ts';
import { validate } from '../../src/engine/validate.ts';
import { valueAt } from '../../src/kubernetes/path-keys.ts';
import type { FieldRef } from '../../src/model/finding.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { folderWith, sandgate } from '../cli/console.ts';
import { DOCKER_CLASS, grantingPolicy, NSJAIL_CLASS } from '../support/docker-class.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

/** Several Linux capabilities at once. */
const TRACING_CLASS = `
apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: tracing }
spec:
  authorization: Policy
  implementations:
    - name: one
      grant:
        containers: all
        securityContext: { capabilities: { add: [SYS_PTRACE, BPF] } }
`;
const CLASSES = [DOCKER_CLASS, NSJAIL_CLASS, TRACING_CLASS];
const RESTRICTED = policyYaml(
  'grants',
  `podSecurity: { level: restricted }
capabilities: [{ name: tracing }, { name: nsjail }]`,
);
const GRANTING = gateOf([...CLASSES, RESTRICTED], { agents: {} });
const BARE = gateOf([policyYaml('bare', 'podSecurity: { level: restricted }')], { agents: {} });

const SAFE = { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } };

function adding(name: string, add: readonly string[]): JsonObject {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { add, drop: ['ALL'] } };
  return { name, image: 'x', securityContext };
}

function podOf(spec: JsonObject, capabilities?: string, more: JsonObject = {}): JsonObject {
  const annotations = capabilities === undefined ? more : { 'sandgate.dev/capabilities': capabilities, ...more };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', annotations },
    spec: { securityContext: SAFE, ...spec },
  };
}

/** The fields of what is wrong with capabilities, each held against the object itself. */
function added(object: JsonObject, gate: Gate): FieldRef[] {
  const { findings } = validate(subjectOf(object), gate);
  const fields = findings
    .filter(({ check }) => check === 'capabilities_restricted')
    .flatMap((finding) => finding.fields);
  for (const { path, value } of fields) expect(valueAt(object, path), path).toEqual(value);
  return fields;
}

const CONTAINER = 'spec.containers[0].securityContext.capabilities.add';

describe('an added capability', () => {
  const seven = ['SYS_PTRACE', 'BPF', 'BPF', 'SYS_PTRACE', 'BPF', 'NET_BIND_SERVICE', 'BPF', 'SYS_MODULE'];

  test('is found where it stands, with and without a grant', () => {
    const field = { path: `${CONTAINER}[7]`, container: 'app', value: 'SYS_MODULE' };
    expect(added(podOf({ containers: [adding('app', seven)] }, 'tracing'), GRANTING)).toEqual([field]);
    expect(added(podOf({ containers: [adding('app', seven)] }), BARE)).toHaveLength(7);
    expect(added(podOf({ containers: [adding('app', seven)] }), BARE)).toContainEqual(field);
  });

  test('is found each time it is there, before and after what is granted', () => {
    const add = ['SYS_MODULE', 'BPF', 'SYS_MODULE', 'SYS_PTRACE', 'SYS_TIME', 'SYS_MODULE'];
    const found = added(podOf({ containers: [adding('app', add)] }, 'tracing'), GRANTING);
    expect(found.map(({ path, value }) => [path, value])).toEqual([
      [`${CONTAINER}[0]`, 'SYS_MODULE'],
      [`${CONTAINER}[2]`, 'SYS_MODULE'],
      [`${CONTAINER}[4]`, 'SYS_TIME'],
      [`${CONTAINER}[5]`, 'SYS_MODULE'],
    ]);
  });

  test('is found in init containers, those that are granted something and those that are not', () => {
    const granted = ['SYS_PTRACE', 'BPF'];
    const pod = podOf(
      {
        initContainers: [
          adding('first', granted),
          adding('second', [...granted, 'SYS_MODULE', ...granted, 'SYS_TIME']),
        ],
        containers: [adding('app', ['BPF', 'SYS_TIME', 'SYS_PTRACE'])],
        ephemeralContainers: [adding('debug', ['SYS_TIME', 'BPF'])],
      },
      'tracing',
      { 'sandgate.dev/tracing-containers': 'second,app' },
    );
    expect(added(pod, GRANTING).map(({ path, value }) => [path, value])).toEqual([
      ['spec.initContainers[0].securityContext.capabilities.add[0]', 'SYS_PTRACE'],
      ['spec.initContainers[0].securityContext.capabilities.add[1]', 'BPF'],
      ['spec.initContainers[1].securityContext.capabilities.add[2]', 'SYS_MODULE'],
      ['spec.initContainers[1].securityContext.capabilities.add[5]', 'SYS_TIME'],
      [`${CONTAINER}[1]`, 'SYS_TIME'],
      ['spec.ephemeralContainers[0].securityContext.capabilities.add[0]', 'SYS_TIME'],
      ['spec.ephemeralContainers[0].securityContext.capabilities.add[1]', 'BPF'],
    ]);
  });

  test('is found where two classes take entries out of one list', () => {
    const add = ['BPF', 'NET_ADMIN', 'SYS_TIME', 'SYS_PTRACE', 'NET_ADMIN', 'SYS_MODULE'];
    const container = adding('app', add);
    const securityContext = { allowPrivilegeEscalation: true, capabilities: { add, drop: ['ALL'] } };
    const pod = podOf({ containers: [{ ...container, securityContext }] }, 'tracing,nsjail');
    expect(added(pod, GRANTING).map(({ path, value }) => [path, value])).toEqual([
      [`${CONTAINER}[2]`, 'SYS_TIME'],
      [`${CONTAINER}[5]`, 'SYS_MODULE'],
    ]);
  });

  test('is named by its place in the causes of a refusal', () => {
    const object = podOf({ containers: [adding('app', seven)] }, 'tracing');
    const request = {
      uid: 'u',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      operation: 'CREATE',
      namespace: 'agents',
      object,
    };
    const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
    const handled = handleReview(review, 'validate', GRANTING);
    if (handled.status !== 200) throw new Error(handled.reply.message);
    expect(handled.reply.response.status?.details?.causes).toEqual([
      {
        reason: 'FieldValueForbidden',
        message:
          'unrestricted capabilities (container "app" must not include "SYS_MODULE" in securityContext.capabilities.add)',
        field: `${CONTAINER}[7]`,
      },
    ]);
  });
});

describe('an init container of the workload, behind those of a class', () => {
  const policies = [...CLASSES, grantingPolicy('agents', '[{ name: docker, implementation: rootless }]')];
  const template = {
    metadata: { annotations: { 'sandgate.dev/capabilities': 'docker' } },
    spec: {
      initContainers: [
        { name: 'fine', image: 'x' },
        { name: 'setup', image: 'x', securityContext: { privileged: true } },
      ],
      containers: [{ name: 'app', image: 'x' }],
    },
  };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace: 'agents' },
    spec: { selector: {}, template },
  };

  test('is found where it stands in a Deployment, which is judged as its pods will be', () => {
    const gate = gateOf(policies, { agents: {} });
    const { findings } = validate(subjectOf(deployment), gate);
    expect(findings.find(({ check }) => check === 'privileged')?.fields).toEqual([
      { path: 'spec.template.spec.initContainers[1].securityContext.privileged', container: 'setup', value: true },
    ]);
    // What is absent has a place, too; the other init container and those of the class are as they should be.
    expect(new Set(findings.flatMap(({ fields }) => fields.map(({ container }) => container)))).toEqual(
      new Set(['setup']),
    );
    for (const { path, value } of findings.flatMap(({ fields }) => fields)) {
      expect(path).toContain('spec.template.spec.initContainers[1].');
      expect(value).toBe(valueAt(deployment, path));
    }
  });

  test.each([
    ['Deployment', deployment, 'spec.template.spec.'],
    [
      'Pod',
      { apiVersion: 'v1', kind: 'Pod', metadata: { ...template.metadata, name: 'p' }, spec: template.spec },
      'spec.',
    ],
  ])('is found by the command line where it stands in the file of a %s', async (_, object, prefix) => {
    const files = { 'policy.yaml': policies.join('\n---\n'), 'input.json': JSON.stringify(object, null, 1) };
    const line = files['input.json'].split('\n').findIndex((text) => text.includes('"privileged"')) + 1;
    const path = `${prefix}initContainers[1].securityContext.privileged`;
    const folder = folderWith(files);
    const text = await sandgate(folder, 'check -p policy.yaml -f input.json');
    expect(text.stdout).toContain(`where ${path}  input.json:${line}\n`);
    const json = await sandgate(folder, 'check -p policy.yaml -f input.json -o json');
    expect(valueAt(json.json(), 'results[0].findings[0]')).toMatchObject({ check: 'privileged', path, value: true });
  });
});
