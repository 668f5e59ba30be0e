// Policies that take their levels from the namespace's labels, with every rule of upstream's PodSecurity admission.
import { describe, expect, test } from 'vitest';
import { mutate } from '../../src/engine/mutate.ts';
import { namespaceLevels } from '../../src/engine/namespace-levels.ts';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const P = 'pod-security.kubernetes.io/';

function summary(labels: Record<string, string>): string {
  const { Deny, Warn, Audit, errors } = namespaceLevels(labels);
  const text = [Deny, Warn, Audit].map(({ level, version }) => `${level}:${version}`).join(' ');
  return errors.length === 0 ? text : `${text} (${errors.length} errors)`;
}

describe('enforce, warn and audit', () => {
  test.each([
    ['nothing set', {}, 'privileged:latest privileged:latest privileged:latest'],
    ['warn follows enforce', { enforce: 'restricted' }, 'restricted:latest restricted:latest privileged:latest'],
    [
      'and its version',
      { enforce: 'baseline', 'enforce-version': 'v1.20' },
      'baseline:v1.20 baseline:v1.20 privileged:latest',
    ],
    [
      'but not where warn has a version of its own',
      { enforce: 'baseline', 'enforce-version': 'v1.20', 'warn-version': 'v1.30' },
      'baseline:v1.20 baseline:v1.30 privileged:latest',
    ],
    [
      'nor where warn is set',
      { enforce: 'restricted', warn: 'baseline' },
      'restricted:latest baseline:latest privileged:latest',
    ],
    [
      'a bad enforce level fails closed, and warns of nothing',
      { enforce: 'Restricted' },
      'restricted:latest privileged:latest privileged:latest (1 errors)',
    ],
    [
      'bad warn and audit levels fail open',
      { enforce: 'baseline', warn: 'x', audit: 'y' },
      'baseline:latest privileged:latest privileged:latest (2 errors)',
    ],
    [
      'a bad version is latest',
      { enforce: 'baseline', 'enforce-version': '1.20' },
      'baseline:latest baseline:latest privileged:latest (1 errors)',
    ],
    [
      'v1.00 is no version',
      { audit: 'baseline', 'audit-version': 'v1.00' },
      'privileged:latest privileged:latest baseline:latest (1 errors)',
    ],
  ])('levels by namespace labels: %s', (_, labels, expected) => {
    expect(summary(Object.fromEntries(Object.entries(labels).map(([key, value]) => [P + key, value])))).toBe(expected);
  });
});

function pod(namespace: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace },
    spec: { hostNetwork: true, containers: [{ name: 'a' }] },
  };
}

function deployment(namespace: string): JsonObject {
  const spec = { hostNetwork: true, containers: [{ name: 'a' }] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace },
    spec: { template: { spec } },
  };
}

describe('judging by them', () => {
  const policy = policyYaml('labels', 'podSecurity: { fromNamespaceLabels: true }');
  const gate = gateOf(policy, {
    strict: { [`${P}enforce`]: 'restricted' },
    quiet: { [`${P}enforce`]: 'restricted', [`${P}warn`]: 'privileged' },
    audited: { [`${P}audit`]: 'baseline' },
    broken: { [`${P}enforce`]: 'nonsense' },
    open: {},
  });
  test.each([
    ['strict', 'denied', 'Deny,Warn'],
    ['quiet', 'denied', 'Deny'],
    ['audited', 'allowed', 'Audit'],
    ['broken', 'denied', 'Deny'],
    ['open', 'allowed', ''],
  ])('a pod in %s is %s', (namespace, verdict, actions) => {
    const decision = validate(subjectOf(pod(namespace)), gate);
    expect(decision.verdict).toBe(verdict);
    expect([...new Set(decision.findings.map((finding) => finding.action))].join(',')).toBe(actions);
    expect(decision.errors.length).toBe(namespace === 'broken' ? 1 : 0);
  });

  test.each([
    ['strict', 'Warn'],
    ['quiet', ''],
    ['audited', 'Audit'],
  ])('a Deployment in %s is let in; enforce does not apply to it', (namespace, actions) => {
    const decision = validate(subjectOf(deployment(namespace)), gate);
    expect(decision.verdict).toBe('allowed');
    expect([...new Set(decision.findings.map((finding) => finding.action))].join(',')).toBe(actions);
  });

  test('a namespace nobody knows is refused, not assumed to be open', () => {
    const decision = validate(subjectOf(pod('elsewhere')), gate);
    expect(decision.verdict).toBe('denied');
    expect(decision.findings[0]?.reason).toBe('namespace labels unknown');
  });

  test('an object is not filled in by a policy that might not be meant for it', () => {
    const notIn = 'match: { namespaceSelector: { matchExpressions: [{ key: tier, operator: NotIn, values: [x] }] } }';
    const filling = gateOf(policyYaml('elsewhere', `${notIn}\nharden: restricted`), { here: { tier: 'y' } });
    expect(mutate(subjectOf(pod('here')), filling).injected).not.toEqual([]);
    expect(mutate(subjectOf(pod('nowhere')), filling)).toMatchObject({ verdict: 'skipped', object: pod('nowhere') });
    expect(validate(subjectOf(pod('nowhere')), filling).verdict).toBe('denied');
  });
});
