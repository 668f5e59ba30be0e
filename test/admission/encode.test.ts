import { describe, expect, test } from 'vitest';
import { encodeDecision, encodeFault } from '../../src/admission/encode.ts';
import { replyText, type Webhook } from '../../src/admission/review.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { Subject } from '../../src/model/subject.ts';
import { applyReply, type Outcome } from '../support/api-server.ts';
import { atBaseline, decision, HOST_NETWORK, NO_RUNTIME, POD, PRIVILEGED } from './findings.ts';

function outcomeOf(parts: Partial<Decision>, webhook: Webhook = 'validate', subject: Subject = POD): Outcome {
  const { text } = encodeDecision(subject, decision(parts), webhook);
  const request = { request: { uid: 'u', object: subject.object ?? null } };
  return applyReply({ name: `${webhook}.sandgate.dev`, type: webhook }, request, JSON.parse(replyText('u', text)));
}

const FILLED = {
  ...POD.object,
  spec: { containers: [{ name: 'app', image: 'a' }], securityContext: { runAsUser: 1000 } },
};

describe('allowed', () => {
  test('without anything to say', () => {
    const answer = { allowed: true, auditAnnotations: { policy: 'restricted', decision: 'allowed' } };
    expect(encodeDecision(POD, decision(), 'mutate')).toEqual({ answer, text: JSON.stringify(answer), patchBytes: 0 });
  });

  test('the mutating webhook answers with the patch that was decided', () => {
    const outcome = outcomeOf({ object: FILLED }, 'mutate');
    expect(outcome).toMatchObject({ result: 'allowed', object: FILLED, operations: 2 });
    expect(outcome.audit['mutate.sandgate.dev/injected']).toBe(
      'spec.containers[0].image=a, spec.securityContext.runAsUser=1000',
    );
  });

  test('its length is known', () => {
    const { answer, patchBytes } = encodeDecision(POD, decision({ object: FILLED }), 'mutate');
    expect(Buffer.from(answer.patch ?? '', 'base64')).toHaveLength(patchBytes);
  });

  test('the validating one never does', () => {
    expect(outcomeOf({ object: FILLED })).toMatchObject({ result: 'allowed', operations: 0 });
  });

  test('a deletion is never answered with a patch, whatever was decided', () => {
    const deleted = { ...POD, operation: 'DELETE', object: undefined };
    expect(outcomeOf({ object: FILLED }, 'mutate', deleted)).toMatchObject({ result: 'allowed', operations: 0 });
  });

  test('skipped, with the reason in the audit log', () => {
    expect(outcomeOf({ verdict: 'skipped', skip: 'mirror-pod', policies: [] }).audit).toEqual({
      'validate.sandgate.dev/decision': 'skipped:mirror-pod',
      'validate.sandgate.dev/exempt': 'mirror-pod',
    });
  });
});

describe('warnings', () => {
  const warn = [PRIVILEGED, HOST_NETWORK, NO_RUNTIME].map((finding) => ({ ...finding, action: 'Warn' as const }));
  test('one for each rule, and then those of the decision', () => {
    expect(outcomeOf({ findings: warn, warnings: ['by the way'] }).warnings).toEqual([
      'would violate PodSecurity "restricted:latest": privileged (container "app" must not set ' +
        'securityContext.privileged=true), host namespaces (hostNetwork=true)',
      'would violate IsolationPolicy "agents": runtime (runtimeClassName must be set)',
      'by the way',
    ]);
  });
  test('one for both levels where the stricter says it all', () => {
    expect(outcomeOf({ findings: [...warn.map(atBaseline), ...warn.slice(0, 2)] }).warnings).toHaveLength(2);
  });
  test('none for what is only audited', () => {
    expect(outcomeOf({ findings: [{ ...PRIVILEGED, action: 'Audit' }] }).warnings).toEqual([]);
  });
  test('who is refused reads the refusal, not what would also have been warned of', () => {
    const findings = [PRIVILEGED, ...warn.slice(1)];
    expect(outcomeOf({ verdict: 'denied', findings, warnings: ['by the way'] }).warnings).toEqual(['by the way']);
  });
});

describe('denied', () => {
  const findings = [PRIVILEGED, { ...HOST_NETWORK, action: 'Warn' as const }];
  test('with a status as the API server makes them', () => {
    const outcome = outcomeOf({ verdict: 'denied', findings });
    expect(outcome).toMatchObject({ result: 'denied', code: 403 });
    expect(outcome.message).toMatch(
      /^admission webhook "validate.sandgate.dev" denied the request: pods "web" is forbidden: /,
    );
    expect(outcome.message).not.toContain('hostNetwork');
    expect(outcome.status).toMatchObject({
      status: 'Failure',
      reason: 'Forbidden',
      details: {
        name: 'web',
        group: '',
        kind: 'pods',
        causes: [
          {
            reason: 'FieldValueForbidden',
            message: 'privileged (container "app" must not set securityContext.privileged=true)',
            field: 'spec.containers[0].securityContext.privileged',
          },
        ],
      },
    });
  });

  test('with no more than a hundred causes', () => {
    const fields = Array.from({ length: 300 }, (_, i) => ({ path: `spec.volumes[${i}]` }));
    const { answer } = encodeDecision(
      POD,
      decision({ verdict: 'denied', findings: [{ ...PRIVILEGED, fields }] }),
      'validate',
    );
    expect(answer.status?.details?.causes).toHaveLength(100);
  });

  test('with no patch, not even from the mutating webhook', () => {
    expect(outcomeOf({ verdict: 'denied', findings, object: FILLED }, 'mutate')).toMatchObject({
      result: 'denied',
      operations: 0,
    });
  });
});

describe('said again', () => {
  test('the same decision, in the same words without making them anew', () => {
    const first = encodeDecision(POD, decision({ object: FILLED }), 'mutate');
    expect(encodeDecision(POD, decision({ object: structuredClone(FILLED) }), 'mutate')).toBe(first);
  });

  test.each<[string, Partial<Decision>, Webhook]>([
    ['policies', { object: FILLED, policies: ['restricted', 'agents'] }, 'mutate'],
    ['patch', { object: { ...FILLED, spec: { ...FILLED.spec, hostUsers: false } } }, 'mutate'],
    ['verdict', { verdict: 'skipped', skip: 'no-policy', object: FILLED }, 'mutate'],
    ['webhook', { object: FILLED }, 'validate'],
    ['warnings', { object: FILLED, warnings: ['w'] }, 'mutate'],
    ['errors', { object: FILLED, errors: ['e'] }, 'mutate'],
    ['findings', { object: FILLED, findings: [{ ...PRIVILEGED, action: 'Warn' }] }, 'mutate'],
  ])('another decision by its %s, in words of its own', (_, parts, webhook) => {
    const first = encodeDecision(POD, decision({ object: FILLED }), 'mutate');
    const other = encodeDecision(POD, decision(parts), webhook);
    expect(other.text).not.toBe(first.text);
  });

  test('another reason to skip, likewise', () => {
    const [one, other] = (['no-policy', 'mirror-pod'] as const).map((skip) =>
      encodeDecision(POD, decision({ verdict: 'skipped', skip, policies: [] }), 'mutate'),
    );
    expect(other?.text).not.toBe(one?.text);
  });
});

describe('audit annotations', () => {
  test('violations are written down where the policy audits them', () => {
    const audited = [
      { ...PRIVILEGED, audited: true },
      { ...HOST_NETWORK, action: 'Audit' as const },
      { ...NO_RUNTIME, action: 'Warn' as const },
    ];
    expect(outcomeOf({ verdict: 'denied', findings: audited, policies: ['agents', 'floor'] }).audit).toEqual({
      'validate.sandgate.dev/policy': 'agents,floor',
      'validate.sandgate.dev/decision': 'denied',
      'validate.sandgate.dev/violations':
        'violates PodSecurity "restricted:latest": privileged (container "app" must not set ' +
        'securityContext.privileged=true); would violate PodSecurity "restricted:latest": host namespaces (hostNetwork=true)',
    });
  });

  test('errors that decided nothing are, too', () => {
    expect(outcomeOf({ errors: ['one', 'two'] }).audit['validate.sandgate.dev/error']).toBe('one; two');
  });
});

describe('a bug of ours', () => {
  const request = { request: { uid: 'u', object: POD.object } };
  const fault = new TypeError('nope\nnope');
  test('lets a mutation through as it came, with a warning', () => {
    const reply = encodeFault('u', POD, fault, 'mutate');
    const outcome = applyReply({ name: 'm', type: 'mutate' }, request, reply);
    expect(outcome).toMatchObject({ result: 'allowed', object: POD.object, lostWarnings: [] });
    expect(outcome.warnings).toEqual(['sandgate failed to fill in pods "web", which is a bug in it; left as it is']);
    expect(outcome.audit).toEqual({ 'm/error': 'internal error: TypeError: nope\\u000anope' });
  });
  test('refuses a validation', () => {
    const reply = encodeFault('u', POD, 'thrown', 'validate');
    const outcome = applyReply({ name: 'v', type: 'validate' }, request, reply);
    expect(outcome).toMatchObject({ result: 'denied', code: 500, status: { reason: 'InternalError' } });
    expect(outcome.audit).toEqual({ 'v/error': 'internal error: thrown' });
  });
});
