// Labels and annotations through the whole engine: held on updates, reserved for controllers, on objects and in templates.
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { enforcementOffline } from '../../src/library/offline/judge.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';
import { accepted } from './bound.ts';

const CONTROLLER = 'system:serviceaccount:agent-sandbox-system:agent-sandbox-controller';
const HASH = 'agents.x-k8s.io/sandbox-name-hash';

const GATE = gateOf(
  policyYaml(
    'agents',
    `
metadata:
  labels:
    add: { egress: restricted }
    reserved:
      - { keys: ["agents.x-k8s.io/*"], serviceAccounts: [agent-sandbox-system/agent-sandbox-controller] }
  annotations:
    forbidden: ["io.katacontainers.config.*"]
`,
  ),
);

const SPEC = { containers: [{ name: 'a', image: 'app' }] };

function pod(labels?: JsonObject | null, annotations?: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', labels, annotations }, spec: SPEC };
}

function sandbox(labels: JsonObject, own: JsonObject = {}, spec: JsonObject = SPEC): JsonObject {
  const podTemplate = { metadata: { labels }, spec };
  return {
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 's', ...own },
    spec: { podTemplate },
  };
}

function deployment(template: JsonObject, own: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', ...own },
    spec: { template: { metadata: template, spec: SPEC } },
  };
}

/** What comes of a request that both webhooks see. */
function decide(object: JsonObject, overrides: Partial<Subject> = {}, gate: Gate = GATE) {
  const subject = subjectOf(object, overrides);
  const filled = mutate(subject, gate).object ?? object;
  const { verdict, findings } = validate({ ...subject, object: filled }, gate);
  return {
    filled,
    verdict,
    said: findings.map(({ check, action, reason, detail }) => `${action} ${check}: ${reason} (${detail})`),
  };
}

function update(oldObject: JsonObject, object: JsonObject, username = 'tenant', gate: Gate = GATE) {
  return decide(object, { operation: 'UPDATE', oldObject, user: { username, groups: [] } }, gate);
}

describe('a label that the policy adds', () => {
  test('is on every new pod, and in the template of a Sandbox', () => {
    expect(decide(pod()).filled).toMatchObject({ metadata: { labels: { egress: 'restricted' } } });
    expect(decide(sandbox({})).filled).toMatchObject({
      spec: { podTemplate: { metadata: { labels: { egress: 'restricted' } } } },
    });
  });

  test.each(['open', '', 'Restricted', 'restricted '])('cannot be created as "%s"', (egress) => {
    expect(decide(pod({ egress })).verdict).toBe('denied');
    expect(decide(sandbox({ egress })).verdict).toBe('denied');
  });

  test.each([[{}], [null], [{ egress: 'open' }], [{ egress: '' }], [{ Egress: 'restricted' }]])(
    'is not taken off a pod by an update to %j',
    (labels) => {
      const { verdict, said } = update(pod({ egress: 'restricted' }), pod(labels));
      expect(verdict).toBe('denied');
      expect(said).toEqual([
        'Deny addedMetadata: changed metadata (label "egress" must be "restricted" and cannot be taken off)',
      ]);
    },
  );

  test('is not taken off the template of a Sandbox, whose controller would take it off the pod', () => {
    expect(update(sandbox({ egress: 'restricted' }), sandbox({})).verdict).toBe('denied');
    expect(update(sandbox({ egress: 'restricted' }), sandbox({ egress: 'open' })).verdict).toBe('denied');
  });

  test('comes back where the spec of the Sandbox changes as well', () => {
    const spec = { containers: [{ name: 'a', image: 'app:2' }] };
    const { verdict, filled } = update(sandbox({ egress: 'restricted' }), sandbox({}, {}, spec));
    expect(verdict).toBe('allowed');
    expect(filled).toMatchObject({ spec: { podTemplate: { metadata: { labels: { egress: 'restricted' } } } } });
  });

  test('is not asked of a pod that never had it', () => {
    expect(update(pod(), pod({ team: 'a' })).verdict).toBe('allowed');
    expect(update(pod({ egress: 'open' }), pod({ egress: 'open', team: 'a' })).verdict).toBe('allowed');
    expect(update(pod({ egress: 'open' }), pod({ egress: 'wide-open' })).verdict).toBe('denied');
  });

  test('is not asked of a Deployment, whose pods get it', () => {
    expect(decide(deployment({})).said).toEqual([]);
    expect(decide(deployment({ labels: { egress: 'open' } })).said).toEqual([
      'Warn addedMetadata: changed metadata (label "egress" must be "restricted")',
    ]);
  });

  test('brings a pod under the policies that select it, which fill it in as well', () => {
    const gate = gateOf([
      policyYaml('adds', 'metadata: { labels: { add: { tier: strict } } }'),
      policyYaml(
        'strict',
        'match: { objectSelector: { matchLabels: { tier: strict } } }\nharden: restricted\nmetadata: { labels: { add: { more: "1" } } }',
      ),
      policyYaml('stricter', 'match: { objectSelector: { matchLabels: { more: "1" } } }\nruntime: { default: gvisor }'),
    ]);
    const { verdict, said, filled } = decide(pod(), {}, gate);
    expect(said).toEqual([]);
    expect(verdict).toBe('allowed');
    expect(filled).toMatchObject({
      metadata: { labels: { tier: 'strict', more: '1' } },
      spec: { runtimeClassName: 'gvisor' },
    });
    expect(validate(subjectOf(pod()), gate).policies).toEqual(['adds', 'strict', 'stricter']);
    expect(validate(subjectOf(deployment({})), gate).policies).toEqual(['adds', 'strict', 'stricter']);
  });
});

describe('a reserved key', () => {
  test('is refused on the pod of a tenant, and written by the controller', () => {
    expect(decide(pod({ [HASH]: '1' })).verdict).toBe('denied');
    expect(decide(pod({ [HASH]: '1' }), { user: { username: CONTROLLER, groups: [] } }).verdict).toBe('allowed');
  });

  test.each([
    'system:serviceaccount:agent-sandbox-system:other',
    'agent-sandbox-controller',
    `${CONTROLLER} `,
    'system:serviceaccount:agent-sandbox-system:agent-sandbox-controller:x',
  ])('is refused to user "%s"', (username) => {
    expect(decide(pod({ [HASH]: '1' }), { user: { username, groups: [] } }).verdict).toBe('denied');
  });

  test('does not keep a tenant from editing the pod that has it', () => {
    const stored = pod({ egress: 'restricted', [HASH]: '1' });
    expect(update(stored, pod({ egress: 'restricted', [HASH]: '1', team: 'a' })).said).toEqual([]);
    expect(update(stored, pod({ egress: 'restricted', [HASH]: '2' })).verdict).toBe('denied');
    expect(update(stored, pod({ egress: 'restricted' })).verdict).toBe('denied');
    expect(update(stored, pod({ egress: 'restricted' }), CONTROLLER).verdict).toBe('allowed');
  });

  test('is refused on a Sandbox itself, at creation and in an update of nothing else', () => {
    const own = { labels: { 'agents.x-k8s.io/claim-uid': '1' } };
    expect(decide(sandbox({}, own)).verdict).toBe('denied');
    const stored = sandbox({ egress: 'restricted' });
    const { verdict, said } = update(stored, sandbox({ egress: 'restricted' }, own));
    expect(verdict).toBe('denied');
    expect(said).toEqual([
      'Deny reservedMetadata: reserved metadata (label "agents.x-k8s.io/claim-uid" of the object itself may be written by ' +
        'service account "agent-sandbox-system/agent-sandbox-controller", not by user "tenant")',
    ]);
    expect(update(stored, sandbox({ egress: 'restricted' }, own), CONTROLLER).verdict).toBe('allowed');
    expect(update(sandbox({ egress: 'restricted' }, own), stored).verdict).toBe('denied');
  });

  test('can be taken off a template by its author', () => {
    const forged = sandbox({ egress: 'restricted', [HASH]: '1' });
    expect(update(forged, sandbox({ egress: 'restricted' })).verdict).toBe('allowed');
  });

  test('is refused on a Deployment itself, which is stored where only its pods are refused', () => {
    const { verdict, said } = decide(deployment({ labels: { [HASH]: '1' } }, { labels: { [HASH]: '1' } }));
    expect(verdict).toBe('denied');
    expect(said.map((one) => one.slice(0, 21))).toEqual(['Warn reservedMetadata', 'Deny reservedMetadata']);
    expect(decide(deployment({ labels: { [HASH]: '1' } })).verdict).toBe('allowed');
    const stored = deployment({}, { labels: { [HASH]: '1' } });
    expect(update(stored, deployment({ labels: { team: 'a' } }, { labels: { [HASH]: '1' } })).said).toEqual([]);
  });
});

describe('a forbidden annotation', () => {
  const annotations = { 'io.katacontainers.config.hypervisor.default_vcpus': '8' };

  test('is refused in every kind', () => {
    expect(decide(pod({}, annotations)).verdict).toBe('denied');
    expect(decide(sandbox({}, { annotations })).verdict).toBe('denied');
    const offline = { ...GATE, enforcement: enforcementOffline };
    expect(decide(deployment({ annotations }), {}, offline).verdict).toBe('denied');
    const template = { metadata: { annotations }, spec: SPEC };
    const cronJob = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'c' },
      spec: { jobTemplate: { spec: { template } } },
    };
    expect(decide(cronJob, {}, offline).verdict).toBe('denied');
  });

  test('that a pod has already is a warning, and another one is refused', () => {
    const stored = pod({ egress: 'restricted' }, annotations);
    expect(update(stored, pod({ egress: 'restricted', team: 'a' }, annotations)).verdict).toBe('allowed');
    const more = { ...annotations, 'io.katacontainers.config.x': '1' };
    expect(update(stored, pod({ egress: 'restricted' }, more)).verdict).toBe('denied');
  });
});

test('what a class adds to the metadata of a pod is not judged by a policy that grants the class', () => {
  const withMetadata = DOCKER_CLASS.replace(
    '      template:\n        spec:\n          hostUsers',
    '      template:\n        metadata: { labels: { docker: "yes" }, annotations: { "example.com/docker": "yes" } }\n        spec:\n          hostUsers',
  );
  const gate = gateOf([
    withMetadata,
    policyYaml(
      'agents',
      `capabilities: [{ name: docker, assign: Always }]
metadata:
  labels: { allowed: [] }
  annotations: { allowed: [], reserved: [{ keys: ["example.com/*"] }] }`,
    ),
  ]);
  expect(decide(pod(), {}, gate).said).toEqual([]);
  expect(decide(pod({ docker: 'no' }), {}, gate).verdict).toBe('denied');
});

test.each([
  [{ labels: { add: { a: 'b' }, forbidden: ['a'] } }],
  [{ labels: { required: ['x/a'], forbidden: ['x/*'] } }],
  [{ annotations: { required: ['a'], allowed: ['b'] } }],
  [{ labels: { add: { 'not a key': 'b' } } }],
  [{ labels: { add: { a: 'not a value' } } }],
  [{ labels: { reserved: [{ keys: [] }] } }],
  [{ labels: { reserved: [{ keys: ['a'], serviceAccounts: ['no-namespace'] }] } }],
])('the parameters %j are refused', (parameters) => {
  expect(accepted('metadata', parameters)).toBeUndefined();
});

test('keys of any length and pattern take time in proportion', () => {
  const gate = gateOf(policyYaml('p', `metadata: { labels: { forbidden: ["${'*a'.repeat(100)}b"] } }`));
  const labels = Object.fromEntries(Array.from({ length: 50 }, (_, index) => ['a'.repeat(200 + index), 'x']));
  expect(decide(pod(labels), {}, gate).verdict).toBe('allowed');
});
