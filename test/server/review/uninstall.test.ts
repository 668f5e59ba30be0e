// POST /uninstall: by it the server hears of an uninstall before it begins.
import { expect, test, vi } from 'vitest';
import type { Withdrawn } from '../../../src/cluster/withdrawal.ts';
import { createLog } from '../../../src/observe/log.ts';
import { buildApp } from '../../../src/server/app.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import { startTestServer } from '../../support/tls-client.ts';

const GATE = gateOf(policyYaml('restricted', 'podSecurity: { level: restricted }'));

function review(changes: object = {}): object {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'q-1',
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      operation: 'DELETE',
      namespace: 'sandgate',
      name: 'sandgate-uninstall',
      userInfo: { username: 'admin' },
      object: null,
      oldObject: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'sandgate-uninstall' } },
      ...changes,
    },
  };
}

const ALLOWED = { response: { uid: 'q-1', allowed: true } };

test('the deletion is let in once what stays behind says so, and that is done once however many ask', async () => {
  let told = 0;
  const { promise, resolve } = Promise.withResolvers<Withdrawn>();
  const withdraw = (): Promise<Withdrawn> => {
    told++;
    return promise;
  };
  const app = buildApp({ getGate: () => GATE, log: createLog('silent', { write: () => {} }), withdraw });
  const ask = async (changes?: object): Promise<unknown> =>
    (await app.inject({ method: 'POST', url: '/uninstall', payload: review(changes) })).json();
  const answers = [1, 2, 3].map(() => ask());
  // It comes after them, and is not waited for: they have arrived by the time it is answered.
  expect(await ask({ dryRun: true })).toMatchObject(ALLOWED);
  expect(told).toBe(1);
  resolve({ written: 2, failed: 0 });
  for (const answer of await Promise.all(answers)) expect(answer).toMatchObject(ALLOWED);
  expect(told).toBe(1);
  await app.close();
});

test('a deletion that is only tried, and anything but a deletion, is let in at once', async () => {
  const withdraw = vi.fn<() => Promise<undefined>>();
  const server = await startTestServer(() => GATE, { withdraw });
  for (const changes of [{ dryRun: true }, { operation: 'CREATE', object: { metadata: {} }, oldObject: null }]) {
    expect((await server.client.post('/uninstall', review(changes))).body).toMatchObject(ALLOWED);
  }
  expect(withdraw).not.toHaveBeenCalled();
  await server.close();
});

test('a server that follows no cluster lets it in', async () => {
  const server = await startTestServer(() => GATE);
  expect((await server.client.post('/uninstall', review())).body).toMatchObject(ALLOWED);
  await server.close();
});

test('what is not a review is refused there as on every other path', async () => {
  const server = await startTestServer(() => GATE);
  for (const body of [{}, [], { kind: 'Pod' }]) expect((await server.client.post('/uninstall', body)).status).toBe(400);
  await server.close();
});
