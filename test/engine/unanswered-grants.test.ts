// A class that is asked for where nobody answers, and keys under sandgate.dev/ that nobody reads: never silently.
import { describe, expect, test } from 'vitest';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import { DOCKER_CLASS, grantingPolicy } from '../support/docker-class.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const ASKS = { 'sandgate.dev/capabilities': 'docker' };
const SPEC = { containers: [{ name: 'app', image: 'x' }] };
const GATE = gateOf([DOCKER_CLASS, grantingPolicy('agents', '[{ name: docker, implementation: rootless }]')], {
  agents: {},
});
const ELSEWHERE = gateOf(
  [
    DOCKER_CLASS,
    policyYaml('other', 'match: { namespaceSelector: { matchLabels: { team: other } } }\nharden: restricted'),
  ],
  { agents: {} },
);

function pod(metadata: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', ...metadata }, spec: SPEC };
}

function warnings(object: JsonObject, gate = GATE, more: Partial<Subject> = {}): string {
  return validate(subjectOf(object, more), gate).warnings.join('\n');
}

describe('a class is asked for', () => {
  test('where no policy matches', () => {
    const decision = validate(subjectOf(pod({ annotations: ASKS })), ELSEWHERE);
    expect(decision).toMatchObject({ verdict: 'skipped', skip: 'no-policy' });
    expect(decision.warnings).toEqual([
      'metadata.annotations[sandgate.dev/capabilities] asks for class "docker", and no policy matches this Pod in namespace "agents": nothing is granted (ask an administrator for a policy that lists the class)',
    ]);
    expect(warnings(pod({}), ELSEWHERE)).toBe('');
    expect(warnings(pod({ annotations: { 'sandgate.dev/capabilities': ' ' } }), ELSEWHERE)).toBe('');
    const podTemplate = { metadata: { annotations: ASKS }, spec: SPEC };
    const sandbox = {
      apiVersion: 'agents.x-k8s.io/v1beta1',
      kind: 'Sandbox',
      metadata: { name: 's' },
      spec: { podTemplate },
    };
    expect(warnings(sandbox, ELSEWHERE)).toContain(
      'spec.podTemplate.metadata.annotations[sandgate.dev/capabilities] asks',
    );
    expect(
      warnings(
        { ...sandbox, metadata: { name: 's', annotations: ASKS }, spec: { podTemplate: { spec: SPEC } } },
        ELSEWHERE,
      ),
    ).toContain('no policy matches this Sandbox');
  });

  test.each(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'])("in a %s's own metadata only", (kind) => {
    const object = {
      apiVersion: 'apps/v1',
      kind,
      metadata: { name: 'd', annotations: ASKS },
      spec: { template: { spec: SPEC } },
    };
    expect(warnings(object)).toContain(
      `does not pass annotations of a ${kind} on to its pods: nothing is granted (write it in spec.template.metadata.annotations)`,
    );
    const both = { ...object, spec: { template: { metadata: { annotations: ASKS }, spec: SPEC } } };
    expect(warnings(both)).toBe('');
  });

  test('of a pod that runs', () => {
    const more = { operation: 'UPDATE', oldObject: pod({}) } as const;
    expect(warnings(pod({ annotations: ASKS }), GATE, more)).toContain(
      'asks for class "docker" of a pod that exists already',
    );
    expect(warnings(pod({ annotations: ASKS }), GATE, { ...more, oldObject: pod({ annotations: ASKS }) })).toBe('');
    expect(warnings(pod({ annotations: ASKS }))).toBe('');
  });
});

describe('keys under sandgate.dev/', () => {
  test.each<[string, JsonObject, string]>([
    [
      'a typing mistake',
      { annotations: { 'sandgate.dev/capability': 'docker' } },
      'annotation "sandgate.dev/capability" is not known, so it does nothing (did you mean "sandgate.dev/capabilities"?)',
    ],
    [
      'capital letters',
      { annotations: { 'Sandgate.dev/Capabilities': 'docker' } },
      '(did you mean "sandgate.dev/capabilities"?)',
    ],
    [
      'the containers of a class that is not there',
      { annotations: { 'sandgate.dev/dcoker-containers': 'app' } },
      '(did you mean "sandgate.dev/docker-containers"?)',
    ],
    [
      'a label',
      { labels: { 'sandgate.dev/capabilities': 'docker' } },
      'label "sandgate.dev/capabilities" is not known, so it does nothing (did you mean annotation "sandgate.dev/capabilities"?)',
    ],
    [
      'look-alike letters',
      { annotations: { 'sandgate.dev/c\u0430pabilities': 'docker' } },
      'sandgate.dev/c\\u0430pabilities',
    ],
  ])('a warning names %s', (_, metadata, words) => {
    expect(warnings(pod(metadata))).toContain(words);
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: { template: { metadata, spec: SPEC } },
    };
    expect(warnings(deployment)).toContain('spec.template.metadata.');
    expect(warnings(pod(metadata), ELSEWHERE)).toContain(words);
  });

  test.each<[string, JsonObject]>([
    ['known ones', { annotations: { 'sandgate.dev/docker-containers': 'app', ...ASKS } }],
    ["others' keys", { annotations: { 'example.com/capability': 'docker', sandgate: 'x' } }],
    ['nothing', { annotations: null, labels: {} }],
    ['a label that a selector may be about', { labels: { 'sandgate.dev/isolated': 'true' } }],
  ])('no word about %s', (_, metadata) => {
    expect(warnings(pod(metadata))).toBe('');
  });

  test('only the first few are named', () => {
    const annotations = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`sandgate.dev/x${index}`, '']));
    expect(warnings(pod({ annotations })).split('\n')).toHaveLength(4);
  });
});

test('a seccomp annotation that keeps a profile from being filled in is said', () => {
  const old = { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' };
  expect(warnings(pod({ annotations: old }))).toContain(
    'seccompProfile is not filled in, since the pod has annotation seccomp.security.alpha.kubernetes.io/pod "unconfined"',
  );
  expect(warnings(pod({ annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default' } }))).toBe('');
});
