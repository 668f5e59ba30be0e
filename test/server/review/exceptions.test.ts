// The server says what time it is: to each review, and only where some exception ends.
import { expect, test } from 'vitest';
import { createLog } from '../../../src/observe/log.ts';
import { buildApp } from '../../../src/server/app.ts';
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
