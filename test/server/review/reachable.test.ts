// POST /reachable: by it the API server is asked whether it reaches us.
import { expect, test } from 'vitest';
import { VERSION } from '../../../src/model/version.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import { startTestServer } from '../../support/tls-client.ts';

const GATE = gateOf(policyYaml('restricted', 'podSecurity: { level: restricted }'));

function review(labels: object | null | undefined): object {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'q-1',
      kind: { group: '', version: 'v1', kind: 'Event' },
      resource: { group: '', version: 'v1', resource: 'events' },
      operation: 'CREATE',
      namespace: 'sandgate',
      userInfo: { username: 'system:serviceaccount:sandgate:sandgate' },
      dryRun: true,
      object: { apiVersion: 'v1', kind: 'Event', metadata: { name: 'q', labels } },
    },
  };
}

test('an object that asks is refused, so that its sender knows who answered', async () => {
  const server = await startTestServer(() => GATE);
  const answer = await server.client.post('/reachable', review({ 'sandgate.dev/reachable': 'asked' }));
  expect(answer.body).toEqual({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid: 'q-1',
      allowed: false,
      status: { code: 403, reason: 'Forbidden', message: `Sandgate ${VERSION} is reachable` },
    },
  });
  await server.close();
});

test('every other object is let in, whatever is registered for this path', async () => {
  const server = await startTestServer(() => GATE);
  for (const labels of [undefined, null, {}, { app: 'web' }]) {
    const { body } = await server.client.post('/reachable', review(labels));
    expect([labels, body]).toMatchObject([labels, { response: { uid: 'q-1', allowed: true } }]);
  }
  await server.close();
});

test('what is not a review is refused as on every other path', async () => {
  const server = await startTestServer(() => GATE);
  for (const body of [{}, [], { kind: 'Pod' }]) expect((await server.client.post('/reachable', body)).status).toBe(400);
  await server.close();
});

test('while reviews cannot be answered, neither can this be: what is registered then would not be served', async () => {
  const server = await startTestServer(() => GATE, { starting: () => 'namespaces are not known yet' });
  expect((await server.client.post('/reachable', review({ 'sandgate.dev/reachable': 'asked' }))).status).toBe(503);
  await server.close();
});
