// One cause, one finding: what is left out beside it, and that nothing is let in by leaving it out.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusalMessage } from '../../src/admission/message.ts';
import { causesOnly } from '../../src/engine/causes.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { ACTIONS, type Cause, type CheckViolations } from '../../src/model/finding.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { DOCKER_CLASS, grantingPolicy } from '../support/docker-class.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';
import { randomCases } from '../support/random-cases.ts';

const ROOTLESS = '[{ name: docker, implementation: rootless }]';
const app = { name: 'app', image: 'x' };

function asking(spec: JsonObject): JsonObject {
  const annotations = { 'sandgate.dev/capabilities': 'docker' };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', annotations }, spec };
}

function pod(spec: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec };
}

function strictest(found: readonly CheckViolations[]): string | undefined {
  return ACTIONS.find((action) => found.some((one) => one.action === action));
}

function judged(object: JsonObject, policies: readonly string[]) {
  const gate = gateOf([DOCKER_CLASS, ...policies]);
  const filled = mutate(subjectOf(object), gate).object ?? object;
  return validate(subjectOf(filled), gate);
}

function checksOf(object: JsonObject, policies: readonly string[]): string[] {
  return judged(object, policies).findings.map(({ policy, check, action }) => `${policy} ${check} ${action}`);
}

describe('a class that is refused', () => {
  const sidecar = {
    name: 'docker-daemon',
    image: 'mallory',
    securityContext: { privileged: true, runAsUser: 0, runAsNonRoot: false },
  };
  const looksLike = { initContainers: [sidecar], containers: [app] };

  test('is one finding, whatever is wrong with what has the names of its parts', () => {
    expect(checksOf(asking(looksLike), [grantingPolicy('agents', ROOTLESS)])).toEqual(['agents capabilityGrants Deny']);
  });

  test('hides nothing of what the workload violates itself', () => {
    const worse = {
      initContainers: [sidecar],
      containers: [{ ...app, securityContext: { privileged: true } }],
      hostNetwork: true,
      volumes: [
        { name: 'docker-run', hostPath: { path: '/' } },
        { name: 'mine', hostPath: { path: '/' } },
      ],
    };
    const { findings } = judged(asking(worse), [grantingPolicy('agents', ROOTLESS)]);
    const said = findings.map(({ reason, detail }) => `${reason} (${detail})`);
    expect(said).toContain('host namespaces (hostNetwork=true)');
    expect(said).toContain('privileged (container "app" must not set securityContext.privileged=true)');
    expect(said.join()).toContain('volume "mine"');
    expect(said.join()).not.toContain('volumes "docker-run"');
  });

  test('hides nothing where its own refusal only warns', () => {
    const warns = grantingPolicy('agents', ROOTLESS, '  checks: { capabilityGrants: { validationActions: [Warn] } }');
    expect(checksOf(asking(looksLike), [warns])).toContain('agents privileged Deny');
  });

  test('covers its parts for every policy', () => {
    const floor = policyYaml('floor', 'podSecurity: { level: baseline }');
    expect(checksOf(asking(looksLike), [grantingPolicy('agents', ROOTLESS), floor])).toEqual([
      'agents capabilityGrants Deny',
    ]);
  });

  test('an ephemeral container of the name of one of its parts is said by itself', () => {
    const gate = gateOf([DOCKER_CLASS, grantingPolicy('agents', ROOTLESS)]);
    const subject = subjectOf(asking({ ...looksLike, ephemeralContainers: [sidecar] }));
    const paths = validate(subject, gate).findings.flatMap(({ fields }) => fields.map(({ path }) => path));
    expect(paths).toContain('spec.ephemeralContainers[0].securityContext.privileged');
    expect(paths).not.toContain('spec.initContainers[0].securityContext.privileged');
  });
});

describe('a policy that does not list the class', () => {
  test('acts as strictly as the checks that it replaces', () => {
    const warns = policyYaml('floor', 'podSecurity: { level: baseline }\nvalidationActions: [Warn]');
    expect(checksOf(asking({ containers: [app] }), [grantingPolicy('agents', ROOTLESS), warns])).toEqual([
      'floor capabilityGrants Warn',
    ]);
  });

  test('says by its own checks what the workload violates itself', () => {
    const floor = policyYaml('floor', 'podSecurity: { level: baseline }');
    expect(
      checksOf(asking({ containers: [{ ...app, ports: [{ hostPort: 80 }] }] }), [
        grantingPolicy('agents', ROOTLESS),
        floor,
      ]),
    ).toEqual(['agents hostPorts Deny', 'floor hostPorts Deny', 'floor capabilityGrants Deny']);
  });
});

describe('the mutating webhook was missed', () => {
  const gate = gateOf(policyYaml('agents', 'podSecurity: { level: restricted }\nharden: restricted'));

  test('an ordinary pod is told that, and not to edit its manifest', () => {
    const subject = subjectOf(pod({ containers: [app], securityContext: { runAsUser: 1 } }));
    expect(refusalMessage(subject, validate(subject, gate).findings)).toMatchInlineSnapshot(
      `"pods "a" is forbidden: violates IsolationPolicy "agents": not filled in (spec.containers[0].securityContext.allowPrivilegeEscalation=false, spec.containers[0].securityContext.capabilities.drop=["ALL"], spec.securityContext.seccompProfile.type="RuntimeDefault", spec.securityContext.runAsNonRoot=true). To fix: filledIn: try again; if that goes on, ask an administrator whether the mutating webhook runs and is registered (it fails open), and whether another webhook takes these fields away (policy "agents"). See: sandgate explain filledIn"`,
    );
  });

  test('what the pod violates itself comes after that', () => {
    const subject = subjectOf(pod({ containers: [app], securityContext: { runAsUser: 1 }, hostPID: true }));
    expect(validate(subject, gate).findings.map(({ check }) => check)).toEqual(['filledIn', 'hostNamespaces']);
  });

  test('where that only warns, the checks still refuse', () => {
    const lax = gateOf(
      policyYaml(
        'agents',
        'podSecurity: { level: restricted }\nharden: restricted\nchecks: { filledIn: { validationActions: [Warn] } }',
      ),
    );
    const { verdict, findings } = validate(subjectOf(pod({ containers: [app] })), lax);
    expect([verdict, findings.filter(({ action }) => action === 'Deny').map(({ check }) => check)]).toEqual([
      'denied',
      ['allowPrivilegeEscalation', 'capabilities_restricted', 'runAsNonRoot', 'seccompProfile_restricted'],
    ]);
  });
});

const causes: Cause[] = ['a', 'b'].flatMap((rule) =>
  ['capabilityGrants', 'filledIn'].flatMap((check) => [
    { check, rule },
    { check, rule, instead: { fields: [{ path: 'p' }], fix: 'f', describe: () => ({ reason: 'r', detail: '' }) } },
  ]),
);
const anyFound: fc.Arbitrary<CheckViolations> = fc.record({
  policy: fc.constantFrom('p', 'q'),
  rule: fc.constantFrom('a', 'b'),
  check: fc.constantFrom('capabilityGrants', 'filledIn', 'privileged'),
  action: fc.constantFrom(...ACTIONS),
  audited: fc.boolean(),
  fix: fc.constant(''),
  violations: fc.array(
    fc.constantFrom<CheckViolations['violations'][number]>(
      { path: 'x' },
      ...causes.map((cause) => ({ path: 'x', cause })),
    ),
    { minLength: 1, maxLength: 3 },
  ),
  describe: fc.constant(() => ({ reason: '', detail: '' })),
});

const anyRepeating: fc.Arbitrary<CheckViolations> = anyFound.map((one) => ({
  ...one,
  check: 'repeating',
  repeats: ['privileged'],
}));

test('the strictest action stays, whatever is left out and whatever the causes are', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(anyFound, anyRepeating), { maxLength: 5 }), (found) => {
      expect(strictest(causesOnly(found))).toBe(strictest(found));
    }),
    { numRuns: randomCases(3000) },
  );
});
