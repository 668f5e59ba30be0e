// How strictly objects of a kind are held to policies: as the row says, as a WorkloadKind says, and as each policy says for itself.
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { enforcementOffline } from '../../src/library/offline/judge.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const SPEC = { containers: [{ name: 'a', image: 'b', securityContext: { privileged: true } }] };
const POD = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: 'agents' }, spec: SPEC };
const DEPLOYMENT = object('apps/v1', 'Deployment', { template: { spec: SPEC } });
const SANDBOX = object('agents.x-k8s.io/v1beta1', 'Sandbox', { podTemplate: { spec: SPEC } });
const RUNNERS = object('actions-gateway.github.com/v1alpha1', 'RunnerGroup', { podTemplate: { spec: SPEC } });

function object(apiVersion: string, called: string, spec: unknown): JsonObject {
  return { apiVersion, kind: called, metadata: { name: 'x', namespace: 'agents' }, spec };
}

function policy(name: string, enforcement?: string, more = 'podSecurity: { level: baseline }'): string {
  return policyYaml(name, `${enforcement === undefined ? '' : `enforcement: ${enforcement}\n`}${more}`);
}

function kind(name: string, spec: string): string {
  return `apiVersion: sandgate.dev/v1alpha1\nkind: WorkloadKind\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
}

/** The verdict, and by policy what is done about what it finds. */
function judged(of: JsonObject, gate: Gate): readonly string[] {
  const { verdict, findings, skip } = validate(subjectOf(of), gate);
  return [skip ?? verdict, ...findings.map((finding) => `${finding.policy} ${finding.action}`)];
}

function offline(enforcement?: string): Gate {
  return { ...gateOf(policy('p', enforcement)), enforcement: enforcementOffline };
}

describe('a policy says for itself', () => {
  test.each<[enforcement: string | undefined, of: JsonObject, expected: readonly string[]]>([
    [undefined, DEPLOYMENT, ['allowed', 'p Warn']],
    ['{ Deployment.apps: Enforce }', DEPLOYMENT, ['denied', 'p Deny']],
    ['{ Deployment: Enforce }', DEPLOYMENT, ['denied', 'p Deny']],
    ['{ Deployment: Ignore }', DEPLOYMENT, ['no-policy']],
    [undefined, SANDBOX, ['denied', 'p Deny']],
    ['{ Sandbox: Warn }', SANDBOX, ['allowed', 'p Warn']],
    ['{ Sandbox: Ignore }', SANDBOX, ['no-policy']],
    [undefined, RUNNERS, ['allowed', 'p Warn']],
    ['{ RunnerGroup.actions-gateway.github.com: Enforce }', RUNNERS, ['denied', 'p Deny']],
    ['{ Deployment: Enforce }', RUNNERS, ['allowed', 'p Warn']],
    ['{ Deployment: Ignore, Sandbox: Ignore }', POD, ['denied', 'p Deny']],
  ])('how strictly it holds objects of a kind: enforcement %s', (enforcement, of, expected) => {
    expect(judged(of, gateOf(policy('p', enforcement)))).toEqual(expected);
  });

  test('what one policy says does not hold for others beside it', () => {
    const gate = gateOf([
      policy('lenient'),
      policy('strict', '{ Deployment: Enforce }'),
      policy('without', '{ Deployment: Ignore }'),
    ]);
    expect(judged(DEPLOYMENT, gate)).toEqual(['denied', 'lenient Warn', 'strict Deny']);
    expect(judged(POD, gate)).toEqual(['denied', 'lenient Deny', 'strict Deny', 'without Deny']);
  });

  test('also where the row of the kind says that it is not looked at', () => {
    const row = kind('deployment.apps', '{ group: apps, kind: Deployment, enforcement: Ignore }');
    expect(judged(DEPLOYMENT, gateOf([policy('p'), row]))).toEqual(['enforcement-ignore']);
    const gate = gateOf([policy('p'), policy('strict', '{ Deployment: Enforce }'), row]);
    expect(judged(DEPLOYMENT, gate)).toEqual(['denied', 'strict Deny']);
  });

  test('a policy that is about pods alone says it of the kinds that make them', () => {
    const about = 'match: { kinds: [Pod] }\npodSecurity: { level: baseline }';
    expect(judged(DEPLOYMENT, gateOf(policy('p', '{ Deployment: Enforce }', about)))).toEqual(['denied', 'p Deny']);
    expect(judged(DEPLOYMENT, gateOf(policy('p', '{ Deployment: Ignore }', about)))).toEqual(['no-policy']);
  });

  test('what it only warns about stays a warning', () => {
    const more = 'podSecurity: { level: baseline }\nvalidationActions: [Warn]';
    expect(judged(DEPLOYMENT, gateOf(policy('p', '{ Deployment: Enforce }', more)))).toEqual(['allowed', 'p Warn']);
  });

  test('where the level follows the labels of the namespace, enforce holds for what it enforces on', () => {
    const labels = { agents: { 'pod-security.kubernetes.io/enforce': 'baseline' } };
    const more = 'podSecurity: { fromNamespaceLabels: true }';
    expect(judged(DEPLOYMENT, gateOf(policy('p', undefined, more), labels))[0]).toBe('allowed');
    expect(judged(DEPLOYMENT, gateOf(policy('p', '{ Deployment: Enforce }', more), labels))).toContain('denied');
  });

  test('what it does not look at it does not fill in either, and its pods it does', () => {
    const gate = gateOf(policy('p', '{ Sandbox: Ignore }', 'harden: restricted'));
    expect(mutate(subjectOf(SANDBOX), gate)).toMatchObject({ verdict: 'skipped', skip: 'no-policy' });
    expect(mutate(subjectOf({ ...POD, spec: { containers: [{ name: 'a', image: 'b' }] } }), gate).injected).not.toEqual(
      [],
    );
  });

  test('offline, what the pods are refused for is denied however the object is treated, unless it is not looked at', () => {
    expect(judged(DEPLOYMENT, offline())).toEqual(['denied', 'p Deny']);
    expect(judged(SANDBOX, offline('{ Sandbox: Warn }'))).toEqual(['denied', 'p Deny']);
    expect(judged(DEPLOYMENT, offline('{ Deployment: Ignore }'))).toEqual(['no-policy']);
  });

  test('an old violation is let through on an update, whichever policy refuses it', () => {
    const gate = gateOf([policy('lenient'), policy('strict', '{ Deployment: Enforce }')]);
    const changed = { ...DEPLOYMENT, metadata: { name: 'x', namespace: 'agents', labels: { a: 'b' } } };
    expect(validate(subjectOf(changed, { operation: 'UPDATE', oldObject: DEPLOYMENT }), gate).verdict).toBe('allowed');
  });
});

describe('a WorkloadKind says for its kind', () => {
  test.each<[row: string, name: string, of: JsonObject, expected: readonly string[]]>([
    ['{ group: apps, kind: Deployment, enforcement: Enforce }', 'deployment.apps', DEPLOYMENT, ['denied', 'p Deny']],
    [
      '{ group: agents.x-k8s.io, kind: Sandbox, enforcement: Warn }',
      'sandbox.agents.x-k8s.io',
      SANDBOX,
      ['allowed', 'p Warn'],
    ],
    [
      '{ group: actions-gateway.github.com, kind: RunnerGroup, enforcement: Enforce }',
      'runnergroup.actions-gateway.github.com',
      RUNNERS,
      ['denied', 'p Deny'],
    ],
  ])('how strictly it is held to all policies: %s', (row, name, of, expected) => {
    expect(judged(of, gateOf([policy('p'), kind(name, row)]))).toEqual(expected);
  });

  test('a Deployment that is filled in is filled in, judged as it stands, and fit to be stored again', () => {
    const row = kind('deployment.apps', '{ group: apps, kind: Deployment, enforcement: Enforce, fillIn: true }');
    const gate = gateOf([
      policyYaml('p', 'podSecurity: { level: restricted }\nharden: restricted\nidentity: { runAsUser: 1000 }'),
      row,
    ]);
    const bare = object('apps/v1', 'Deployment', { template: { spec: { containers: [{ name: 'a', image: 'b' }] } } });
    const filled = mutate(subjectOf(bare), gate);
    expect(filled.injected).not.toEqual([]);
    expect(judged(filled.object ?? {}, gate)).toEqual(['allowed']);
    expect(mutate(subjectOf(filled.object ?? {}), gate).injected).toEqual([]);
    // What the mutating webhook missed is refused, as of a pod.
    expect(judged(bare, gate)[0]).toBe('denied');
  });
});
