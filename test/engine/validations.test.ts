// Demands in CEL: every kind and list of containers, updates, grants, exceptions, and the tenant who wants out.
import { describe, expect, test } from 'vitest';
import { handleReview } from '../../src/admission/handle.ts';
import { validate } from '../../src/engine/validate.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { decide, decideUpdate, gateOfSpec, inEveryKind, offline } from '../support/decide.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const INTERNAL = `variables:
  - name: containers
    expression: object.spec.?initContainers.orValue([]) + object.spec.?containers.orValue([]) + object.spec.?ephemeralContainers.orValue([])
validations:
  - name: internal
    expression: variables.containers.all(c, c.image.startsWith('internal/'))
    message: images come from internal/`;

const REFUSED = 'Deny validations/internal: images come from internal/ (validation "internal")';

function pod(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', ...metadata }, spec };
}

function container(name: string, image: string): JsonObject {
  return { name, image };
}

function sandbox(nodeSelector: JsonObject): JsonObject {
  return {
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 's' },
    spec: { podTemplate: { spec: { containers: [], nodeSelector } } },
  };
}

/** The spec of a policy that is about what an expression is true of, and refuses it. */
function conditional(expression: string): string {
  return `match: { conditions: [{ name: c, expression: "${expression}" }] }\nvalidations: [{ name: never, expression: 'false' }]`;
}

const TWO = `validations:
  - { name: no-node, expression: "!has(object.spec.nodeName)", path: spec.nodeName }
  - { name: team, expression: "'team' in object.metadata.?labels.orValue({})", message: pods have a team }
`;
const broken = pod({ nodeName: 'n', containers: [container('cni', 'quay.io/cni/x')] });

/** `ACTION CHECK` of every finding in a pod that breaks both. */
function actionsOf(checks: string): readonly string[] {
  return decide(gateOfSpec(`${TWO}checks: ${checks}`), broken).said.map((text) => text.split(':')[0] ?? '');
}

describe('a demand about the containers of a pod', () => {
  test.each(['initContainers', 'containers', 'ephemeralContainers'])(
    'is broken by one of %s, in every kind',
    (list) => {
      const spec = { containers: [container('a', 'internal/a')], [list]: [container('x', 'docker.io/x')] };
      for (const [kind, object] of inEveryKind(pod(spec))) {
        const { verdict, said } = decide(offline(gateOfSpec(INTERNAL)), object);
        expect(verdict, kind).toBe('denied');
        expect(said, kind).toEqual([REFUSED]);
      }
    },
  );

  test('holds in every kind whose pods keep to it', () => {
    for (const [kind, object] of inEveryKind(pod({ containers: [container('a', 'internal/a')] }))) {
      expect(decide(offline(gateOfSpec(INTERNAL)), object).verdict, kind).toBe('allowed');
    }
  });

  test.each([null, undefined])('is refused where its field is %s, since it cannot be evaluated', (image) => {
    const { said } = decide(gateOfSpec(INTERNAL), pod({ containers: [{ name: 'a', image }] }));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      /^Deny validations\/internal: validation "internal" cannot be evaluated \(.*no such key: image.*the expression is variables\.containers/,
    );
  });
});

test('a kind that is left as written is judged as the pod that comes of it, whose kind is Pod', () => {
  const gate = gateOfSpec(`harden: [readOnlyRootFilesystem]
validations:
  - name: pod
    expression: object.kind == 'Pod' && object.apiVersion == 'v1' && request.kind.kind == 'Deployment'
  - name: filled
    expression: object.spec.containers.all(c, c.securityContext.readOnlyRootFilesystem)`);
  const [, deployment = {}] =
    inEveryKind(pod({ containers: [container('a', 'a')] })).find(([kind]) => kind === 'Deployment') ?? [];
  expect(decide(offline(gate), deployment).said).toEqual([]);
});

test('the request says who asks and what for, and what is empty in it is absent', () => {
  const gate = gateOfSpec(`validations:
  - name: request
    expression: >-
      request.userInfo.username == 'tenant' && 'system:authenticated' in request.userInfo.groups
      && request.operation == 'CREATE' && request.namespace == 'agents' && request.name == 'p'
      && request.resource.resource == 'pods' && !has(request.subResource) && !request.dryRun`);
  expect(decide(gate, pod({ containers: [] })).said).toEqual([]);
});

describe('the labels of the namespace', () => {
  const gate = gateOf(
    policyYaml(
      'p',
      "validations: [{ name: tier, expression: \"namespaceObject.metadata.labels[?'tier'].orValue('') == 'a'\" }]",
    ),
    { agents: { tier: 'a' }, others: {} },
  );

  test('the labels of the namespace decide', () => {
    expect(decide(gate, pod({ containers: [] })).verdict).toBe('allowed');
    expect(decide(gate, pod({ containers: [] }, { namespace: 'others' })).verdict).toBe('denied');
  });

  test('are waited for: without them nothing is let in', () => {
    const { verdict, said } = decide(gate, pod({ containers: [] }, { namespace: 'new' }));
    expect(verdict).toBe('denied');
    expect(said[0]).toContain('namespace labels unknown');
  });
});

describe('an update', () => {
  const gate = gateOfSpec(INTERNAL);
  const spec = { containers: [container('a', 'docker.io/a'), container('b', 'internal/b')] };
  const old = pod(spec);

  test('that leaves alone what the expression reads passes with a warning', () => {
    const { verdict, said } = decideUpdate(gate, old, pod({ ...spec, tolerations: [{ key: 'x' }] }));
    expect(verdict).toBe('allowed');
    expect(said).toEqual([REFUSED.replace('Deny', 'Warn')]);
  });

  test('that changes it is refused, also where it breaks the same demand in the same way', () => {
    const other = pod({ containers: [container('a', 'docker.io/a'), container('b', 'docker.io/b')] });
    expect(decideUpdate(gate, old, other).verdict).toBe('denied');
  });

  test('that adds an ephemeral container is refused, whatever the pod was', () => {
    const more = { ...spec, ephemeralContainers: [container('e', 'docker.io/e')] };
    const subresource = { operation: 'UPDATE', oldObject: old, subresource: 'ephemeralcontainers' } as const;
    expect(decide(gate, pod(more), subresource).verdict).toBe('denied');
  });

  test('that breaks a demand which the old object kept to is refused', () => {
    const kept = pod({ containers: [container('a', 'internal/a')] });
    expect(decideUpdate(gate, kept, pod({ containers: [container('a', 'docker.io/a')] })).verdict).toBe('denied');
  });

  test('is compared with the old object, which is null for what is new', () => {
    const fixed = gateOfSpec(`validations:
  - name: fixed
    expression: oldObject == null || object.spec.?nodeSelector == oldObject.spec.?nodeSelector`);
    expect(decide(fixed, sandbox({ a: 'b' })).verdict).toBe('allowed');
    expect(decideUpdate(fixed, sandbox({ a: 'b' }), sandbox({ a: 'b' })).verdict).toBe('allowed');
    // Nothing that is compared with the old object is excused by it.
    expect(decideUpdate(fixed, sandbox({ a: 'b' }), sandbox({ a: 'c' })).verdict).toBe('denied');
  });

  test('a deletion passes', () => {
    expect(validate(subjectOf(old, { operation: 'DELETE' }), gate).verdict).toBe('skipped');
  });
});

describe('what a capability class grants', () => {
  const only =
    "validations: [{ name: one, expression: 'object.spec.containers.size() == 1 && !has(object.spec.initContainers)' }]";
  const empty = only.replace(
    '!has(object.spec.initContainers)',
    'object.spec.?initContainers.orValue([]).size() == 0 && object.spec.?volumes.orValue([]).size() == 0',
  );
  const asking = pod(
    { containers: [container('app', 'x')] },
    { annotations: { 'sandgate.dev/capabilities': 'docker' } },
  );
  const listing = 'capabilities: [{ name: docker, implementation: rootless }]\n';

  test('is not in the object of a policy that lists the class', () => {
    const gate = gateOfSpec(listing + empty, DOCKER_CLASS);
    const { filled, verdict, said } = decide(gate, asking);
    expect(JSON.stringify(filled)).toContain('docker-daemon');
    expect(said).toEqual([]);
    expect(verdict).toBe('allowed');
  });

  test('is in that of a policy beside it that does not', () => {
    const gate = gateOf([policyYaml('p', listing.trim()), policyYaml('floor', empty), DOCKER_CLASS]);
    expect(decide(gate, asking).said.join()).toContain('validations/one');
  });

  test('is not in the old object either', () => {
    const fixed =
      "validations: [{ name: fixed, expression: 'oldObject == null || object.spec.?initContainers.orValue([]).size() == oldObject.spec.?initContainers.orValue([]).size()' }]";
    const gate = gateOfSpec(listing + fixed, DOCKER_CLASS);
    const { filled } = decide(gate, asking);
    const labelled = {
      ...filled,
      metadata: { ...(isJsonObject(filled.metadata) ? filled.metadata : {}), labels: { a: 'b' } },
    };
    expect(decideUpdate(gate, filled, labelled).said).toEqual([]);
  });

  test('a container that only has the name of a granted one is judged', () => {
    const gate = gateOfSpec(listing + empty, DOCKER_CLASS);
    const own = pod({ containers: [container('app', 'x')], initContainers: [container('docker-daemon', 'evil')] });
    expect(decide(gate, own).verdict).toBe('denied');
  });
});

describe('one validation by its name', () => {
  test('has actions of its own, before those of all validations and of the policy', () => {
    expect(actionsOf('{ validations/no-node: { validationActions: [Warn] } }')).toEqual([
      'Warn validations/no-node',
      'Deny validations/team',
    ]);
    expect(
      actionsOf('{ validations: { validationActions: [Warn] }, validations/team: { validationActions: [Deny] } }'),
    ).toEqual(['Warn validations/no-node', 'Deny validations/team']);
    expect(actionsOf('{ validations: { validationActions: [Audit] } }')).toEqual([
      'Audit validations/no-node',
      'Audit validations/team',
    ]);
  });

  test('has exceptions of its own, and those of all validations', () => {
    const except = 'except: [{ images: ["quay.io/cni/**"], reason: networking }]';
    expect(actionsOf(`{ validations/no-node: { ${except} } }`)).toEqual([
      'Deny validations/team',
      'Audit validations/no-node',
    ]);
    expect(actionsOf(`{ validations: { ${except} } }`)).toEqual([
      'Audit validations/no-node',
      'Audit validations/team',
    ]);
    expect(actionsOf('{ validations/no-node: { except: [{ values: [other], reason: x }] } }')).toContain(
      'Deny validations/no-node',
    );
  });

  test('an exception holds where every container is one of those it is for', () => {
    const gate = gateOfSpec(`${TWO}checks: { validations: { except: [{ images: ["quay.io/cni/**"], reason: x }] } }`);
    const beside = pod({ nodeName: 'n', containers: [container('cni', 'quay.io/cni/x'), container('evil', 'evil')] });
    expect(decide(gate, beside).verdict).toBe('denied');
  });

  test('is named in the refusal, in the causes and in how to fix it', () => {
    const request = {
      uid: 'u',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      operation: 'CREATE',
      namespace: 'agents',
      userInfo: { username: 'tenant' },
      object: broken,
    };
    const handled = handleReview(
      { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request },
      'validate',
      gateOfSpec(TWO),
    );
    expect(handled).toMatchObject({
      reply: {
        response: {
          allowed: false,
          status: {
            message:
              'pods "p" is forbidden: violates IsolationPolicy "p": validation "no-node" does not hold (the expression is !has(object.spec.nodeName)), pods have a team (validation "team"). To fix: validations/no-node, validations/team: change what the message names; the expression of the validation in the policy says exactly what must hold (policy "p"). See: sandgate explain validations/no-node',
            details: { causes: [{ field: 'spec.nodeName' }, { field: 'spec' }] },
          },
        },
      },
    });
  });
});

describe('match.conditions', () => {
  const empty = pod({ containers: [] });

  test('that are true or false decide whether the policy is about a pod', () => {
    expect(decide(gateOfSpec(conditional("request.userInfo.username == 'tenant'")), empty).verdict).toBe('denied');
    expect(decide(gateOfSpec(conditional("request.userInfo.username != 'tenant'")), empty).verdict).toBe('skipped');
  });

  test.each([
    "object.metadata.labels['skip'] != 'yes'",
    'object.spec.nodeName.size() > 0',
    '[1][object.spec.containers.size() + 1] == 1',
    'oldObject.spec.hostNetwork',
  ])('that cannot be evaluated count as true: %s', (expression) => {
    expect(decide(gateOfSpec(conditional(expression)), empty).verdict).toBe('denied');
  });

  test('that cost too much count as true', () => {
    const many = pod({ containers: Array.from({ length: 500 }, (_, index) => container(`c${index}`, 'x')) });
    const all =
      'object.spec.containers.all(a, object.spec.containers.all(b, object.spec.containers.all(c, a.image == b.image)))';
    expect(decide(gateOfSpec(conditional(`!(${all})`)), many).verdict).toBe('denied');
  });

  test('hold for an update where they hold for the old object, so that no label takes a policy away', () => {
    const gate = gateOfSpec(conditional("!('skip' in object.metadata.?labels.orValue({}))"));
    const skipping = pod({ containers: [] }, { labels: { skip: '' } });
    expect(decide(gate, skipping).verdict).toBe('skipped');
    // What the stored object breaks as well only warns.
    expect(decideUpdate(gate, empty, skipping).said).toEqual([
      'Warn validations/never: validation "never" does not hold (the expression is false)',
    ]);
  });

  test('may ask for the labels of the namespace, which are then waited for', () => {
    const spec = conditional("namespaceObject.metadata.labels[?'tier'].orValue('') == 'a'");
    const gate = gateOf(policyYaml('p', spec), { agents: { tier: 'b' } });
    expect(decide(gate, empty).verdict).toBe('skipped');
    expect(decide(gate, pod({ containers: [] }, { namespace: 'new' })).said[0]).toContain('namespace labels unknown');
  });

  test('are asked when something is filled in, too', () => {
    const gate = gateOfSpec(
      'match: { conditions: [{ name: c, expression: "request.userInfo.username != \'tenant\'" }] }\nharden: restricted',
    );
    expect(decide(gate, empty).filled).toBe(empty);
  });
});

describe('variables', () => {
  test('are evaluated when they are needed, and an error of one is an error of what asks for it', () => {
    const gate = gateOfSpec(`variables:
  - { name: broken, expression: "object.spec.nodeName" }
validations:
  - { name: one, expression: "!has(object.spec.nodeName) || variables.broken == 'n'" }
  - { name: two, expression: "variables.broken == 'n'" }`);
    expect(decide(gate, pod({ containers: [] })).said).toEqual([
      'Deny validations/two: validation "two" cannot be evaluated (variables.broken: no such key: nodeName (ask has(…) before, or .?field.orValue(…)); the expression is variables.broken == \'n\')',
    ]);
  });

  test('are evaluated once for a pod, however many ask for them', () => {
    // A million names and fields are the limit: twice this would be more.
    const costly = 'object.spec.containers.map(a, object.spec.containers.filter(b, a.image == b.image).size()).sum()';
    const asking = Array.from(
      { length: 20 },
      (_, index) => `  - { name: v${index}, expression: "variables.costly > 0" }`,
    );
    const gate = gateOfSpec(
      `variables: [{ name: costly, expression: "${costly}" }]\nvalidations:\n${asking.join('\n')}`,
    );
    const many = pod({ containers: Array.from({ length: 300 }, (_, index) => container(`c${index}`, 'x')) });
    expect(decide(gate, many).said).toEqual([]);
  });
});
