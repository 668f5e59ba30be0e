// The server says what time it is: to each review, and only where some exception ends.
import { expect, onTestFinished, test, vi } from 'vitest';
import { createLog } from '../../../src/observe/log.ts';
import { buildApp } from '../../../src/server/app.ts';
import { exceptionYaml } from '../../support/exceptions.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';

const REVIEW = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'u',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    operation: 'CREATE',
    namespace: 'agents',
    userInfo: { username: 'tenant' },
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'a', image: 'a', securityContext: { privileged: true } }] },
    },
  },
};

test.each([
  ['9999-12-31', true],
  ['2020-01-01', false],
])('a pod under an exception that ends on %s is let in: %s', async (expires, allowed) => {
  const gate = gateOf(
    policyYaml(
      'p',
      `podSecurity: { level: baseline }
checks: { privileged: { except: [{ values: ["true"], reason: r, expires: ${expires} }] } }`,
    ),
  );
  const app = buildApp({ getGate: () => gate, log: createLog('silent') });
  const reply = await app.inject({ method: 'POST', url: '/validate', payload: REVIEW });
  await app.close();
  expect(reply.json()).toMatchObject({ response: { allowed } });
});

test('an exception of a namespace ends at its second, in a server that runs', async () => {
  const gate = gateOf([
    policyYaml('p', 'podSecurity: { level: baseline }\nexceptions: { allow: true }'),
    exceptionYaml('e', 'checks: [privileged], values: ["true"], expires: "2027-06-30T12:00:00Z"'),
  ]);
  const app = buildApp({ getGate: () => gate, log: createLog('silent') });
  const clock = vi.spyOn(Date, 'now');
  onTestFinished(() => clock.mockRestore());
  const answers: unknown[] = [];
  for (const moment of ['2027-06-30T11:59:59Z', '2027-06-30T12:00:00Z', '2027-06-30T11:59:59Z']) {
    clock.mockReturnValue(Date.parse(moment));
    const reply = await app.inject({ method: 'POST', url: '/validate', payload: REVIEW });
    answers.push(reply.json());
  }
  await app.close();
  expect(answers).toMatchObject([
    {
      response: {
        allowed: true,
        auditAnnotations: { exceptions: 'agents/e' },
        warnings: ['exception agents/e for privileged ends on 2027-06-30T12:00:00Z, less than a day from now'],
      },
    },
    { response: { allowed: false } },
    { response: { allowed: true } },
  ]);
});
