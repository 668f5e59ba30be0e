// What a decision says for upstream's metrics. test/conformance asks upstream itself about generated reviews; here are the
// cases it does not know: other kinds, several policies, overridden actions, exemptions.
import { describe, expect, test } from 'vitest';
import { validate } from '../../src/engine/validate.ts';
import type { PodSecurityRecord } from '../../src/model/decision.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const FOLLOWING = policyYaml('following', 'podSecurity: { fromNamespaceLabels: true }');
const UNSAFE = { containers: [{ name: 'a', image: 'i' }], hostPID: true };

interface Case {
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly policies?: readonly string[];
  readonly object?: JsonObject;
  readonly subject?: Partial<Subject>;
}

function recordOf({
  labels = {},
  policies = [FOLLOWING],
  object = pod(),
  subject,
}: Case): PodSecurityRecord | undefined {
  const prefixed: Record<string, string> = {};
  for (const [key, value] of Object.entries(labels ?? {})) prefixed[`pod-security.kubernetes.io/${key}`] = value;
  const namespaces = labels ? { agents: prefixed } : {};
  return validate(subjectOf(object, subject), gateOf(policies, namespaces)).podSecurity;
}

/** The evaluations in short: `enforce restricted:latest deny`. */
function evaluations(one: Case): readonly string[] | undefined {
  return recordOf(one)?.evaluations.map(
    ({ mode, level, version, decision }) => `${mode} ${level}:${version} ${decision}`,
  );
}

function update(oldObject: JsonObject): Partial<Subject> {
  return { operation: 'UPDATE', oldObject };
}

function pod(spec: JsonObject = UNSAFE, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', ...metadata }, spec };
}

describe('which policies count', () => {
  test('none that states its level', () => {
    const stated = policyYaml('stated', 'podSecurity: { level: restricted }');
    expect(recordOf({ policies: [stated], labels: { enforce: 'restricted' } })).toBeUndefined();
  });

  test('none that does not match', () => {
    const spec = 'match: { objectSelector: { matchLabels: { a: b } } }\npodSecurity: { fromNamespaceLabels: true }';
    expect(recordOf({ policies: [policyYaml('other', spec)], labels: { enforce: 'restricted' } })).toBeUndefined();
  });

  test('two are one evaluation, of the stricter outcome', () => {
    const lenient = policyYaml(
      'lenient',
      'podSecurity: { fromNamespaceLabels: true }\nchecks: { hostNamespaces: { validationActions: [Warn] } }',
    );
    const labels = { enforce: 'baseline' };
    expect(evaluations({ policies: [lenient, FOLLOWING], labels })).toEqual(['enforce baseline:latest deny']);
    // What it makes of the finding is a warning, and the level it asks for is violated as a warning, too.
    expect(evaluations({ policies: [lenient], labels })).toEqual([
      'enforce baseline:latest allow',
      'warn baseline:latest deny',
    ]);
  });

  test('a refusal by another policy is not a refusal by the level', () => {
    const stated = policyYaml('stated', 'podSecurity: { level: baseline }');
    expect(evaluations({ policies: [stated, FOLLOWING], labels: { warn: 'restricted' } })).toEqual([
      'enforce privileged:latest allow',
      'warn restricted:latest deny',
    ]);
  });

  test('a policy for Pods counts for the controller that makes them', () => {
    const pods = policyYaml('pods', 'match: { kinds: [Pod] }\npodSecurity: { fromNamespaceLabels: true }');
    const object = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: { template: { spec: UNSAFE } },
    };
    expect(evaluations({ policies: [pods], object, labels: { enforce: 'baseline' } })).toEqual([
      'warn baseline:latest deny',
    ]);
  });
});

describe('what is said of a version', () => {
  test.each([
    [{ enforce: 'baseline', 'enforce-version': 'v1.30' }, 'enforce baseline:v1.30 deny'],
    [{ enforce: 'baseline', 'enforce-version': 'v1.37' }, 'enforce baseline:v1.37 deny'],
    [{ enforce: 'baseline', 'enforce-version': 'v1.38' }, 'enforce baseline:future deny'],
    [{ enforce: 'privileged', 'enforce-version': 'v1.30' }, 'enforce privileged:latest allow'],
    [{ enforce: 'baseline', 'enforce-version': 'latest' }, 'enforce baseline:latest deny'],
  ])('the labels %o are recorded as: %s', (labels, expected) => {
    expect(evaluations({ labels })).toEqual([expected]);
  });
});

test('a Sandbox, which is enforced like a pod, is counted as a controller that is', () => {
  const object = {
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 's' },
    spec: { podTemplate: { spec: UNSAFE } },
  };
  expect(evaluations({ object, labels: { enforce: 'baseline' } })).toEqual(['enforce baseline:latest deny']);
  expect(evaluations({ object })).toEqual(['enforce privileged:latest allow']);
});

describe('errors', () => {
  test('a namespace that is not known', () => {
    const record = { evaluations: [], error: 'fatal', exempt: false };
    expect(recordOf({ labels: null })).toEqual(record);
    expect(recordOf({ labels: null, policies: [policyYaml('p', 'podSecurity: { level: baseline }')] })).toBeUndefined();
    // One that asks for another label does not follow it.
    const selecting = policyYaml(
      'p',
      'match: { namespaceSelector: { matchLabels: { a: b } } }\npodSecurity: { level: baseline }',
    );
    expect(recordOf({ labels: null, policies: [selecting] })).toBeUndefined();
  });

  test('an object that cannot be read', () => {
    const object = pod({ containers: 'none' });
    const record = { evaluations: [], error: 'fatal', exempt: false };
    expect(recordOf({ object, labels: { enforce: 'baseline' } })).toEqual(record);
  });

  test('a label that cannot be understood, even where the level it stands for is kept', () => {
    expect(recordOf({ labels: { audit: 'sometimes' } })).toEqual({
      evaluations: [{ mode: 'enforce', level: 'privileged', version: 'latest', decision: 'allow' }],
      error: 'nonfatal',
      exempt: false,
    });
  });
});

describe('an update of a pod', () => {
  const labels = { enforce: 'baseline' };
  const annotated = pod(
    { containers: [{ name: 'a', image: 'i' }] },
    { annotations: { 'container.apparmor.security.beta.kubernetes.io/a': 'unconfined' } },
  );

  test('that changes a label is not counted, though it is judged', () => {
    expect(recordOf({ labels, subject: update(pod(UNSAFE, { labels: { a: 'b' } })) })).toBeUndefined();
  });

  test('that changes a label is counted as allowed where nothing is asked of pods', () => {
    expect(evaluations({ subject: update(pod(UNSAFE, { labels: { a: 'b' } })) })).toEqual([
      'enforce privileged:latest allow',
    ]);
  });

  test('that we refuse and upstream does not look at is counted', () => {
    const old = pod({ containers: [{ name: 'a', image: 'i' }] });
    expect(evaluations({ labels, object: annotated, subject: update(old) })).toEqual(['enforce baseline:latest deny']);
  });

  test('that changes an image is counted', () => {
    const old = pod({ ...UNSAFE, containers: [{ name: 'a', image: 'before' }] });
    expect(evaluations({ labels, subject: update(old) })).toEqual(['enforce baseline:latest deny']);
  });
});

describe('exemptions', () => {
  const object = pod(UNSAFE, { annotations: { 'kubernetes.io/config.mirror': 'x' } });
  const subject = { user: { username: 'system:node:a', groups: ['system:nodes'] } };
  const labels = { enforce: 'restricted' };

  test("a node's mirror pod is exempt where a policy would have followed its namespace", () => {
    expect(recordOf({ object, subject, labels })).toEqual({ evaluations: [], error: undefined, exempt: true });
    const stated = policyYaml('stated', 'podSecurity: { level: restricted }');
    expect(recordOf({ object, subject, labels, policies: [stated] })).toBeUndefined();
  });

  test('what somebody else calls a mirror pod is not', () => {
    expect(evaluations({ object, labels })).toEqual(['enforce restricted:latest deny']);
  });

  test('what is not ours to look at is not, either', () => {
    for (const overrides of [{ operation: 'DELETE' }, { subresource: 'exec' }, { operation: 'CONNECT' }]) {
      expect(recordOf({ labels, subject: overrides })).toBeUndefined();
    }
  });
});
