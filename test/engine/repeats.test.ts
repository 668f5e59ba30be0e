// One cause, one finding: what the Pod Security Standards say of a field is not said once more by a rule of the same policy.
import { describe, expect, test } from 'vitest';
import { causesOnly } from '../../src/engine/causes.ts';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { POD_SECURITY_CHECKS } from '../../src/pod-security/checks/index.ts';
import { RULES } from '../../src/rules/index.ts';
import { decideUpdate } from '../support/decide.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const BARE = pod({ containers: [{ name: 'a' }] });
const REQUIRING =
  'require: [seccompProfile, allowPrivilegeEscalation, capabilities, runAsNonRoot, readOnlyRootFilesystem]';

function pod(spec: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec };
}

/** `POLICY CHECK ACTION` of every finding about an object, by policies of these specs. */
function said(object: JsonObject, ...specs: readonly string[]): string[] {
  const gate = gateOf(specs.map((spec, index) => policyYaml(`p${index}`, spec)));
  return validate(subjectOf(object), gate).findings.map(({ policy, check, action }) => `${policy} ${check} ${action}`);
}

const CHECKS = RULES.flatMap(({ key, checks }) =>
  checks.flatMap((check) => (check.repeats ? [{ key, ...check, repeats: check.repeats }] : [])),
);

describe.each(CHECKS)(
  'the check $id, which finds what checks of the Standards find',
  ({ key, id, repeats, examples }) => {
    test('names checks that there are', () => {
      expect(POD_SECURITY_CHECKS.map((check) => check.id)).toEqual(expect.arrayContaining([...repeats]));
    });

    test.each(examples.fail)('says nothing about a field that they report, and everything else: $name', (example) => {
      const fieldsOf = (spec: object): [check: string, path: string][] => {
        const gate = gateOf(policyYaml('p', JSON.stringify(spec)));
        const object: JsonObject = { apiVersion: 'v1', kind: 'Pod', ...example.pod };
        return validate(subjectOf(object), gate).findings.flatMap(({ check, fields }) =>
          fields.map(({ path }): [string, string] => [check, path]),
        );
      };
      const rule = { [key]: example.parameters };
      const standards = fieldsOf({ podSecurity: { level: 'restricted' } });
      const reported = new Set(standards.filter(([check]) => repeats.includes(check)).map(([, path]) => path));
      const alone = fieldsOf(rule).filter(([check]) => check === id);
      const beside = fieldsOf({ podSecurity: { level: 'restricted' }, ...rule });
      expect(beside.filter(([check]) => check === id)).toEqual(alone.filter(([, path]) => !reported.has(path)));
      expect(beside.filter(([check]) => check !== id)).toEqual(expect.arrayContaining(standards));
    });
  },
);

test('a policy that requires what its level asks for says once what is missing', () => {
  expect(said(BARE, `podSecurity: { level: restricted }\n${REQUIRING}`)).toEqual([
    'p0 allowPrivilegeEscalation Deny',
    'p0 capabilities_restricted Deny',
    'p0 runAsNonRoot Deny',
    'p0 seccompProfile_restricted Deny',
    'p0 requiredReadOnlyRootFilesystem Deny',
  ]);
});

test('a level that does not ask for it leaves it to the rule', () => {
  expect(said(BARE, 'podSecurity: { level: baseline }\nrequire: [seccompProfile]')).toEqual([
    'p0 requiredSeccompProfile Deny',
  ]);
});

test('a level that only warns does not take the place of a rule that denies', () => {
  const warned = `podSecurity: { level: restricted }
require: [allowPrivilegeEscalation]
checks: { allowPrivilegeEscalation: { validationActions: [Warn] } }`;
  expect(said(BARE, warned)).toContain('p0 requiredAllowPrivilegeEscalation Deny');
  const sterner = warned.replace('allowPrivilegeEscalation: {', 'requiredAllowPrivilegeEscalation: {');
  expect(said(BARE, sterner)).not.toContain('p0 requiredAllowPrivilegeEscalation Warn');
});

test('the level of another policy does not take the place of a rule', () => {
  expect(said(BARE, 'podSecurity: { level: restricted }', 'require: [capabilities]')).toContain(
    'p1 requiredCapabilities Deny',
  );
});

test('what an exception takes out of the level is still said by the rule', () => {
  const excepting = `podSecurity: { level: restricted }
require: [allowPrivilegeEscalation]
checks: { allowPrivilegeEscalation: { except: [{ containers: [a], reason: an old runtime }] } }`;
  const two = pod({ containers: [{ name: 'a' }, { name: 'b' }] });
  const gate = gateOf(policyYaml('p', excepting));
  const { findings } = validate(subjectOf(two), gate);
  const required = findings.find(({ check }) => check === 'requiredAllowPrivilegeEscalation');
  expect(required?.fields.map(({ path }) => path)).toEqual([
    'spec.containers[0].securityContext.allowPrivilegeEscalation',
  ]);
});

test('a level that the namespace only warns of does not take the place of a rule', () => {
  const following = policyYaml('p', 'podSecurity: { fromNamespaceLabels: true }\nrequire: [capabilities]');
  const gate = gateOf(following, { agents: { 'pod-security.kubernetes.io/warn': 'restricted' } });
  const found = validate(subjectOf(BARE), gate).findings.map(({ check, action }) => `${check} ${action}`);
  expect(found).toContain('capabilities_restricted Warn');
  expect(found).toContain('requiredCapabilities Deny');
});

test('an update that adds what both find is refused once, for what is new', () => {
  const gate = gateOf(policyYaml('p', 'podSecurity: { level: restricted }\nrequire: [capabilities]'));
  const spec = { containers: [{ name: 'a' }] };
  const after = pod({ ...spec, ephemeralContainers: [{ name: 'e' }] });
  const { verdict, paths } = decideUpdate(gate, pod(spec), after);
  expect(verdict).toBe('denied');
  const ofCapabilities = paths.filter((path) => path.includes('capabilities.drop'));
  expect(ofCapabilities).toEqual([
    'capabilities_restricted spec.containers[0].securityContext.capabilities.drop',
    'capabilities_restricted spec.ephemeralContainers[0].securityContext.capabilities.drop',
  ]);
});

test('what is said of a field by a finding that is left out itself is said by the rule', () => {
  const cause = { check: 'filledIn', rule: 'IsolationPolicy "p"' };
  const base = {
    policy: 'p',
    action: 'Deny' as const,
    audited: false,
    fix: '',
    describe: () => ({ reason: '', detail: '' }),
  };
  const missed = { ...base, rule: cause.rule, check: 'filledIn', violations: [{ path: 'x' }] };
  const standard = { ...base, rule: 'PodSecurity "restricted:latest"', check: 's', violations: [{ path: 'y', cause }] };
  const rule = { ...base, rule: cause.rule, check: 'r', repeats: ['s'], violations: [{ path: 'y' }] };
  expect(causesOnly([missed, standard, rule]).map(({ check }) => check)).toEqual(['filledIn', 'r']);
});
