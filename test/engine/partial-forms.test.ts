// Kinds that hold less than a whole pod template: what is written there is judged, at the path where it stands; what is absent is left
// to the pods. Tenants try to hide in what is left out, and in types that nobody expects.
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { containerFields, partial, podSpec } from '../../src/workloads/form.ts';
import { withOwnRows } from '../../src/workloads/index.ts';
import { MOST_TEMPLATES } from '../../src/workloads/template.ts';
import type { Workload } from '../../src/workloads/workload.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

function row(kind: string, places: Partial<Workload>): Workload {
  return {
    group: 'example.dev',
    kind,
    versions: ['v1'],
    resource: `${kind.toLowerCase()}s`,
    templates: [],
    subresources: [],
    enforcement: 'Enforce',
    fillIn: false,
    ...places,
  };
}

const PARTS = [
  ...containerFields('agent', ['image', 'env', 'securityContext']),
  { from: '/labels', to: 'metadata.labels' },
  { from: '/annotations', to: 'metadata.annotations' },
  { from: '/sidecar', to: 'spec.containers', name: 'sidecar' },
  { from: '/more', to: 'spec.containers' },
  { from: '/volumes', to: 'spec.volumes' },
  { from: '/podSecurityContext', to: 'spec.securityContext' },
  { from: '/serviceAccount', to: 'spec.serviceAccountName' },
];
const ROWS = [
  row('Agent', { partials: [partial('/spec/agents/*', PARTS)], patches: ['/spec/patch'] }),
  row('Spec', { partials: [podSpec('/spec')] }),
  row('Completed', { partials: [partial('/spec/template')] }),
];

function gate(spec: string): Gate {
  const base = gateOf(policyYaml('p', spec));
  return { ...base, policies: { ...base.policies, workloads: withOwnRows(ROWS) } };
}

function object(kind: string, spec: unknown): JsonObject {
  return { apiVersion: 'example.dev/v1', kind, metadata: { name: 'x', namespace: 'a' }, spec };
}

function agent(...agents: readonly unknown[]): JsonObject {
  return object('Agent', { agents });
}

/** `check: path` of everything that denies. */
function denied(of: JsonObject, by: Gate): readonly string[] {
  const { findings } = validate(subjectOf(of), by);
  return findings
    .filter(({ action }) => action === 'Deny')
    .flatMap(({ check, fields }) => fields.map(({ path }) => `${check}: ${path}`));
}

const RESTRICTED = gate('podSecurity: { level: restricted }');

describe('a partial form', () => {
  test('is judged by what is written in it, and not by what is absent', () => {
    expect(denied(agent({ image: 'app' }), RESTRICTED)).toEqual([]);
    expect(denied(agent({ securityContext: { allowPrivilegeEscalation: true, runAsUser: 0 } }), RESTRICTED)).toEqual([
      'allowPrivilegeEscalation: spec.agents[0].securityContext.allowPrivilegeEscalation',
      'runAsUser: spec.agents[0].securityContext.runAsUser',
    ]);
  });

  test('has its paths in the object, whatever stands beside', () => {
    const wrong = { securityContext: { privileged: true } };
    const of = agent({ labels: {} }, { ...wrong, more: [{ name: 'a' }, { name: 'b', ...wrong }], sidecar: wrong });
    expect(denied(of, gate('podSecurity: { level: baseline }'))).toEqual([
      'privileged: spec.agents[1].securityContext.privileged',
      'privileged: spec.agents[1].sidecar.securityContext.privileged',
      'privileged: spec.agents[1].more[1].securityContext.privileged',
    ]);
  });

  test('calls its containers as the row does where the object has no names for them', () => {
    const { findings } = validate(
      subjectOf(agent({ sidecar: { securityContext: { privileged: true } }, securityContext: { privileged: true } })),
      gate('podSecurity: { level: baseline }'),
    );
    expect(findings[0]?.detail).toContain('containers "agent", "sidecar"');
  });

  test.each(['{{inputs.parameters.image}}', '$(params.image)', 'registry/{{image}}:1'])(
    'a value that is put in later, %s, is judged in the pods',
    (image) => {
      expect(denied(agent({ image }), gate('images: { allowed: ["registry/app"] }'))).toEqual([]);
      expect(denied(agent({ image: 'other' }), gate('images: { allowed: ["registry/app"] }'))).toHaveLength(1);
    },
  );

  test('is judged as its pods will be: what a policy replaces in them is not refused', () => {
    const by = gate('serviceAccount: { automountToken: false, override: true }');
    expect(denied(object('Completed', { template: { spec: { automountServiceAccountToken: true } } }), by)).toEqual([]);
  });

  test('cannot be told by classes, and expressions of policies, which need the whole pod', () => {
    const asking = { annotations: { 'sandgate.dev/capabilities': 'nothing' } };
    expect(denied(agent(asking), RESTRICTED)).toEqual([]);
    const by = gate('validations: [{ name: user, expression: "has(object.spec.securityContext)", message: no user }]');
    expect(denied(agent({ image: 'a' }), by)).toEqual([]);
  });

  test('is found by selectors of policies through the labels that it has', () => {
    const by = gate('match: { objectSelector: { matchLabels: { tier: a } } }\npodSecurity: { level: baseline }');
    const wrong = { securityContext: { privileged: true } };
    expect(denied(agent({ ...wrong, labels: { tier: 'a' } }), by)).toHaveLength(1);
    expect(denied(agent(wrong), by)).toEqual([]);
  });

  test('is never filled in', () => {
    const decision = mutate(subjectOf(agent({ image: 'app' })), gate('harden: restricted'));
    expect(decision).toMatchObject({ verdict: 'skipped', skip: 'not-filled-in' });
  });

  test('with metadata and spec of a pod that a controller completes is judged by what is written there', () => {
    const of = object('Completed', {
      template: { spec: { containers: [{ name: 'a', securityContext: { runAsUser: 0 } }] } },
    });
    expect(denied(of, RESTRICTED)).toEqual(['runAsUser: spec.template.spec.containers[0].securityContext.runAsUser']);
  });
});

describe('the spec of a pod alone', () => {
  test('is judged whole, also by what is absent', () => {
    expect(
      denied(object('Spec', { containers: [{ name: 'a', image: 'b' }] }), gate('require: [runAsNonRoot]')),
    ).toEqual([
      'requiredRunAsNonRoot: spec.securityContext.runAsNonRoot',
      'requiredRunAsNonRoot: spec.containers[0].securityContext.runAsNonRoot',
    ]);
  });

  test('says nothing of labels, which stand elsewhere', () => {
    const by = gate('metadata: { labels: { required: [team] } }');
    expect(denied(object('Spec', { containers: [{ name: 'a', image: 'b' }] }), by)).toEqual([]);
  });
});

describe('types that nobody expects are refused, where they stand', () => {
  test.each<[string, unknown, string]>([
    ['a container that is a text', { more: ['x'] }, 'spec.agents[0].more[0]'],
    ['containers that are a text', { more: 'x' }, 'spec.agents[0].more'],
    [
      'a security context that is a list',
      { securityContext: [{ privileged: true }] },
      'spec.agents[0].securityContext',
    ],
    ['labels that are a text', { labels: 'x' }, 'spec.agents[0].labels'],
    ['a label that is a number', { labels: { a: 1 } }, 'spec.agents[0].labels.a'],
    ['privileged as a text', { securityContext: { privileged: 'true' } }, 'spec.agents[0].securityContext.privileged'],
  ])('the object is refused for %s', (_, one, path) => {
    expect(denied(agent(one), RESTRICTED)).toEqual([`shape: ${path}`]);
  });

  test.each([
    ['a template that is a text', { template: 'x' }],
    ['a template that is a list', { template: [] }],
    ['a spec that is a list', { template: { spec: [] } }],
  ])('the object is refused for %s', (_, spec) => {
    expect(denied(object('Completed', spec), RESTRICTED)).toHaveLength(1);
  });

  test('null is absent', () => {
    const nothing = { securityContext: null, more: null, labels: null, volumes: null, image: null };
    expect(denied(agent(nothing), RESTRICTED)).toEqual([]);
  });

  test('keys that JavaScript gives a meaning are ordinary keys', () => {
    const hostile: unknown = JSON.parse('{"labels":{"__proto__":"x","constructor":"y"},"image":"a"}');
    expect(denied(agent(hostile), RESTRICTED)).toEqual([]);
    expect(denied(agent(JSON.parse('{"__proto__":{"securityContext":{"privileged":true}}}')), RESTRICTED)).toEqual([]);
  });
});

function many(count: number): JsonObject {
  return agent(...Array.from({ length: count }, () => ({ securityContext: { privileged: true } })));
}

describe('however much there is', () => {
  test(`an object of more than ${MOST_TEMPLATES} templates is refused, and one of as many is judged`, () => {
    expect(denied(many(MOST_TEMPLATES + 1), RESTRICTED)).toEqual(['shape: the object']);
    expect(denied(many(MOST_TEMPLATES), RESTRICTED)).toHaveLength(MOST_TEMPLATES);
  });

  test('a form of more containers than are read is refused', () => {
    const more = Array.from({ length: 50_000 }, () => ({ name: 'a' }));
    expect(denied(agent({ more }), RESTRICTED)).toHaveLength(1);
  });
});

function warningsAbout(patch: string): readonly string[] {
  return validate(subjectOf(object('Agent', { agents: [{ image: 'a' }], patch })), RESTRICTED).warnings;
}

test('a patch that is a text is told of, and an empty one is not', () => {
  expect(warningsAbout('')).toEqual([]);
  expect(warningsAbout('hostPID: true')).toEqual([
    'spec.patch: what this patch makes of the pods was not judged; the pods are, when they are created',
  ]);
});

test('on an update, what the stored object had already is let through with a warning, and what is new is refused', () => {
  const old = agent({ securityContext: { privileged: true } });
  const same = validate(
    subjectOf(
      { ...old, metadata: { name: 'x', namespace: 'a', labels: { a: 'b' } } },
      { operation: 'UPDATE', oldObject: old },
    ),
    RESTRICTED,
  );
  expect(same.verdict).toBe('allowed');
  const worse = agent({
    securityContext: { privileged: true },
    more: [{ name: 'b', securityContext: { privileged: true } }],
  });
  const found = validate(subjectOf(worse, { operation: 'UPDATE', oldObject: old }), RESTRICTED);
  expect(found.verdict).toBe('denied');
});
