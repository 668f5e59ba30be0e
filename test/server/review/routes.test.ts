import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownField } from '../../../src/model/json.ts';
import { VERSION } from '../../../src/model/version.ts';
import { BARE_POD, UNSAFE_POD } from '../../../src/server/development/examples.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import { startTestServer, type TestServer } from '../../support/tls-client.ts';

const RESTRICTED = gateOf(policyYaml('restricted', 'podSecurity: { level: restricted }\nharden: restricted'));
const LAX = gateOf(policyYaml('lax', 'podSecurity: { level: privileged }'));

let gate = RESTRICTED;
let draining = false;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(() => gate, { isDraining: () => draining });
});
afterAll(() => server.close());

describe('reviews', () => {
  test('/mutate fills in', async () => {
    const { status, headers, body } = await server.client.post('/mutate?timeout=10s', BARE_POD);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(body).toMatchObject({ kind: 'AdmissionReview', response: { allowed: true, patchType: 'JSONPatch' } });
  });

  test('/validate judges a review', async () => {
    const { status, body } = await server.client.post('/validate', UNSAFE_POD);
    expect(status).toBe(200);
    expect(body).toMatchObject({ response: { allowed: false, status: { code: 403, reason: 'Forbidden' } } });
  });

  test('come over one connection', async () => {
    const ports = new Set<number | undefined>();
    for (let i = 0; i < 5; i++) ports.add((await server.client.post('/mutate', BARE_POD)).localPort);
    expect(ports.size).toBe(1);
  });

  test('are judged by the gate of the moment', async () => {
    gate = LAX;
    const { body } = await server.client.post('/validate', UNSAFE_POD);
    gate = RESTRICTED;
    expect(body).toMatchObject({ response: { allowed: true } });
  });
});

describe('probes', () => {
  test.each(['/livez', '/readyz'])('%s is ok', async (path) => {
    expect(await server.client.send(path)).toMatchObject({ status: 200, body: { message: 'ok' } });
    expect(await server.client.send(path, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  test("/version tells the version, Node's and the policies", async () => {
    const { status, body } = await server.client.send('/version');
    expect(status).toBe(200);
    expect(body).toEqual({ version: VERSION, node: process.version, policies: ['restricted'] });
  });

  test('while draining it is alive, not ready, and answers reviews on connections that then end', async () => {
    draining = true;
    const readyz = await server.client.send('/readyz');
    const livez = await server.client.send('/livez');
    const reviewed = await server.client.post('/mutate', BARE_POD);
    draining = false;
    expect(readyz).toMatchObject({ status: 503, body: { message: 'shutting down' } });
    expect(livez.status).toBe(200);
    expect(reviewed).toMatchObject({ status: 200, headers: { connection: 'close' } });
  });
});

describe('paths that are not there', () => {
  test.each([
    ['GET', '/', 404],
    ['GET', '/mutate', 404],
    ['PUT', '/validate', 404],
    ['GET', '/%zz', 400],
  ])('%s %s is not there, and the answer says so', async (method, path, status) => {
    const answer = await server.client.send(path, { method });
    expect(answer.status).toBe(status);
    expect(ownField(answer.body, 'message')).toMatch(/ /);
  });
  test('a long one is not repeated', async () => {
    const answer = await server.client.send(`/${'x'.repeat(9000)}`);
    expect(answer.status).toBe(404);
    expect(answer.text.length).toBeLessThan(500);
  });
});
