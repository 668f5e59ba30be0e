// Lists of capabilities to drop that are completed: jobs of GitLab's executor, every kind, classes, several policies, mistakes.
import { describe, expect, test } from 'vitest';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { acceptPolicy } from '../../src/resources/isolation-policy/accept.ts';
import { decide, gateOfSpec, inEveryKind, offline } from '../support/decide.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const SPEC = `podSecurity: { level: restricted }
harden: { fields: restricted, override: [capabilities.drop] }`;
const GATE = gateOfSpec(SPEC);
const STRICT = gateOfSpec(SPEC.replace(/harden.*/, 'harden: restricted'));

function dropping(drop: unknown, more: object = {}): JsonObject {
  return { name: 'build', image: 'app', securityContext: { capabilities: { drop, ...more } } };
}

function pod(container: JsonObject, spec: object = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [container], ...spec } };
}

/** What is said of a policy with these parameters. */
function problems(harden: unknown): readonly string[] {
  const document = {
    apiVersion: 'sandgate.dev/v1alpha1',
    kind: 'IsolationPolicy',
    metadata: { name: 'p' },
    spec: { harden },
  };
  const { errors, warnings } = acceptPolicy(document, 'p');
  return [...errors, ...warnings].map(({ keys, message }) => `${keys.slice(1).join('.')}: ${message}`);
}

test("a job of GitLab's executor is completed and let in, with a warning; without override it is refused", () => {
  const { verdict, warnings, filled } = decide(GATE, pod(dropping(['NET_RAW'])));
  expect(verdict).toBe('allowed');
  expect(warnings).toEqual([
    'policy "p": capabilities.drop of container "build" is ["NET_RAW", "ALL"] instead of ["NET_RAW"]',
  ]);
  expect(filled).toMatchObject({ spec: { containers: [dropping(['NET_RAW', 'ALL'])] } });
  expect(decide(GATE, filled)).toMatchObject({ verdict: 'allowed', warnings: [], filled });
  expect(decide(STRICT, pod(dropping(['NET_RAW']))).verdict).toBe('denied');
});

test('the pods of every kind come out right', () => {
  for (const [kind, object] of inEveryKind(pod(dropping(['NET_RAW'])))) {
    expect(decide(offline(GATE), object).said, kind).toEqual([]);
    expect(decide(offline(STRICT), object).verdict, kind).toBe('denied');
  }
});

test('what a container adds is kept, and judged', () => {
  const { verdict, filled } = decide(GATE, pod(dropping(['KILL'], { add: ['SYS_ADMIN'] })));
  expect(verdict).toBe('denied');
  expect(filled).toMatchObject({ spec: { containers: [dropping(['KILL', 'ALL'], { add: ['SYS_ADMIN'] })] } });
});

test('an ephemeral container is completed, and nothing of the running pod', () => {
  const stored = pod(dropping(['NET_RAW']));
  const debug = pod(dropping(['NET_RAW']), { ephemeralContainers: [{ ...dropping(['KILL']), name: 'debug' }] });
  const { filled, warnings } = decide(GATE, debug, {
    operation: 'UPDATE',
    subresource: 'ephemeralcontainers',
    oldObject: stored,
  });
  expect(filled).toMatchObject({
    spec: {
      containers: [dropping(['NET_RAW'])],
      ephemeralContainers: [{ ...dropping(['KILL', 'ALL']), name: 'debug' }],
    },
  });
  expect(warnings).toEqual([
    'policy "p": capabilities.drop of container "debug" is ["KILL", "ALL"] instead of ["KILL"]',
  ]);
});

test('the containers of a granted class stay as the class has them', () => {
  const gate = gateOfSpec(
    `${SPEC}\nidentity: { runAsUser: 1000 }\ncapabilities: [{ name: docker, assign: Always }]`,
    DOCKER_CLASS.replace('drop: [ALL]', 'drop: [NET_RAW]'),
  );
  const { said, warnings } = decide(gate, pod(dropping(['NET_RAW'])));
  expect(said).toEqual([]);
  expect(warnings.filter((text) => text.includes('capabilities.drop'))).toEqual([
    'policy "p": capabilities.drop of container "build" is ["NET_RAW", "ALL"] instead of ["NET_RAW"]',
  ]);
});

test('of two policies that complete a list one says so, and both are content', () => {
  const gate = gateOf([policyYaml('high', `priority: 9\n${SPEC}`), policyYaml('low', SPEC)]);
  const { verdict, warnings } = decide(gate, pod(dropping(['NET_RAW'])));
  expect(verdict).toBe('allowed');
  expect(warnings).toEqual([
    'policy "high": capabilities.drop of container "build" is ["NET_RAW", "ALL"] instead of ["NET_RAW"]',
  ]);
});

test('what the mutating webhook missed is refused', () => {
  const gate = gateOfSpec('harden: { fields: [capabilities], override: [capabilities.drop] }');
  const object = pod(dropping(['NET_RAW']));
  expect(validate(subjectOf(object), gate)).toMatchObject({ verdict: 'denied', findings: [{ check: 'filledIn' }] });
});

describe('a policy', () => {
  test('may name fields in every form', () => {
    for (const harden of ['restricted', ['capabilities'], { fields: 'restricted' }, { fields: ['capabilities'] }]) {
      expect(problems(harden), JSON.stringify(harden)).toEqual([]);
    }
  });

  test('that replaces what it does not fill in is not accepted', () => {
    const says = 'harden.override.0: fields do not fill in capabilities, so nothing of it is replaced';
    expect(problems({ fields: 'baseline', override: ['capabilities.drop'] })).toEqual([says]);
    expect(problems({ fields: ['hostUsers'], override: ['capabilities.drop'] })).toEqual([says]);
  });

  test('is told where its form is wrong', () => {
    expect(problems({})).toEqual(['harden.fields: required']);
    expect(problems({ fields: 'privileged' })).toEqual([
      'harden.fields: "privileged" is not one of baseline, restricted',
    ]);
    expect(problems({ fields: [] })).toEqual(['harden.fields: empty (expected at least one entry)']);
    expect(problems({ fields: 'restricted', overide: [] })).toEqual([
      'harden.overide: unknown key (did you mean "override"?)',
    ]);
    expect(problems({ fields: 'restricted', override: ['hostUsers'] })).toEqual([
      'harden.override.0: "hostUsers" is not one of capabilities.drop',
    ]);
  });
});
