// A client CA: reviews only from those it knows, probes from anybody.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../../src/observe/log.ts';
import { type App, buildApp } from '../../../src/server/app.ts';
import { BARE_POD } from '../../../src/server/development/examples.ts';
import { startServer } from '../../../src/server/listen.ts';
import type { Certificate } from '../../../src/server/tls/certificate.ts';
import { clientAuthentication } from '../../../src/server/tls/client-authentication.ts';
import { secureContextOptions } from '../../../src/server/tls/tls-options.ts';
import { issue, makeAuthority } from '../../support/certificates.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import { makeFolder, writePair } from '../../support/reloading-server.ts';
import { TlsClient } from '../../support/tls-client.ts';

const gate = gateOf(policyYaml('p', 'podSecurity: { level: restricted }'));
const NO_CERTIFICATE = 'a client certificate is needed for this, and the connection came without one';

let authority: Certificate;
let clientAuthority: Certificate;
let serving: Certificate;
let apiServer: Certificate;
beforeAll(async () => {
  authority = await makeAuthority('serving');
  clientAuthority = await makeAuthority('clients');
  serving = await issue(authority, { name: 'sandgate' });
  apiServer = await issue(clientAuthority, {
    name: 'kube-apiserver',
    alternatives: ['api.internal', 'spiffe://cluster/api, DNS:root', '10.0.0.1'],
    usage: 'clientAuth',
  });
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Guarded {
  readonly app: App;
  readonly url: string;
  readonly lines: readonly unknown[];
  client(own?: Certificate): TlsClient;
}

async function startGuarded(names: readonly string[] = []): Promise<Guarded> {
  const lines: unknown[] = [];
  const log = createLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
  const certificate = { ...serving, clientCa: clientAuthority.cert };
  const app = buildApp({ getGate: () => gate, log, certificate, authenticate: clientAuthentication(names) });
  closers.push(() => app.close());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    app,
    url,
    lines,
    client(own) {
      const client = new TlsClient(url, authority.cert, own);
      closers.push(() => client.close());
      return client;
    },
  };
}

/** What `/mutate` says to whoever shows this certificate. */
async function outcome(server: Guarded, own?: Certificate): Promise<string> {
  const { status, body } = await server.client(own).post('/mutate', BARE_POD);
  return status === 200 ? 'reviewed' : `${status} ${JSON.stringify(body)}`;
}

function refused(message: string): string {
  return `403 ${JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code: 403 })}`;
}

describe('with a client CA', () => {
  test('a certificate that it signed is let in, and its connection kept', async () => {
    const client = (await startGuarded()).client(apiServer);
    const answers = [await client.post('/mutate', BARE_POD), await client.post('/validate', BARE_POD)];
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    expect(answers[0]?.localPort).toBe(answers[1]?.localPort);
  });

  test('without one, reviews are refused and logged, and everything else is answered', async () => {
    const server = await startGuarded();
    const client = server.client();
    for (const path of ['/mutate', '/validate']) {
      expect(await client.post(path, BARE_POD)).toMatchObject({ status: 403, body: { message: NO_CERTIFICATE } });
    }
    for (const path of ['/livez', '/readyz', '/version']) expect((await client.send(path)).status).toBe(200);
    expect((await client.send('/mutate')).status).toBe(404);
    expect(server.lines).toMatchObject([
      { msg: 'not authenticated', problem: NO_CERTIFICATE },
      { msg: 'not authenticated', problem: NO_CERTIFICATE },
    ]);
  });

  test('whoever is refused is not listened to', async () => {
    const client = (await startGuarded()).client();
    expect(await client.post('/mutate', 'x'.repeat(9_000_000))).toMatchObject({ status: 403 });
    expect(await client.send('/mutate', { method: 'POST', body: 'no JSON' })).toMatchObject({ status: 403 });
  });

  test('what another CA signed is refused', async () => {
    const other = await makeAuthority('others');
    const forged = await issue(other, { name: 'kube-apiserver', usage: 'clientAuth' });
    expect(await outcome(await startGuarded(), forged)).toBe(
      refused('the client certificate is not accepted: UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    );
  });

  test('a certificate that signs itself is refused', async () => {
    const self = await makeAuthority('kube-apiserver');
    expect(await outcome(await startGuarded(), self)).toMatch(/^403 .*the client certificate is not accepted: /);
  });

  test('an expired one is refused', async () => {
    const notAfter = new Date(Date.now() - 60_000);
    const expired = await issue(clientAuthority, { name: 'kube-apiserver', usage: 'clientAuth', notAfter });
    expect(await outcome(await startGuarded(), expired)).toBe(
      refused('the client certificate is not accepted: CERT_HAS_EXPIRED'),
    );
  });

  test("a server's certificate is not a client's", async () => {
    const server = await issue(clientAuthority, { name: 'kube-apiserver', usage: 'serverAuth' });
    expect(await outcome(await startGuarded(), server)).toBe(
      refused('the client certificate is not accepted: INVALID_PURPOSE'),
    );
  });
});

describe('with names', () => {
  test.each(['kube-apiserver', 'api.internal', 'spiffe://cluster/api, DNS:root', '10.0.0.1'])(
    'a client certificate is accepted by the name %s',
    async (name) => {
      expect(await outcome(await startGuarded(['nobody', name]), apiServer)).toBe('reviewed');
    },
  );

  test.each(['Kube-apiserver', 'kube', 'root', '', 'DNS:api.internal'])(
    'a client certificate is not accepted by the name %j',
    async (name) => {
      expect(await outcome(await startGuarded([name]), apiServer)).toBe(
        refused(
          'the client certificate is not accepted: it names "kube-apiserver", "api.internal", ' +
            '"spiffe://cluster/api, DNS:root", …, which may not send reviews',
        ),
      );
    },
  );

  test('a certificate that names nobody', async () => {
    const nameless = await issue(clientAuthority, { name: '', alternatives: [], usage: 'clientAuth' });
    expect(await outcome(await startGuarded(['kube-apiserver']), nameless)).toMatch(/^403 /);
  });

  test('a name does not stand in for a signature', async () => {
    const server = await startGuarded(['kube-apiserver']);
    const forged = await issue(await makeAuthority('clients'), { name: 'kube-apiserver', usage: 'clientAuth' });
    expect(await outcome(server, forged)).toBe(
      refused('the client certificate is not accepted: CERT_SIGNATURE_FAILURE'),
    );
    expect(await outcome(server)).toBe(refused(NO_CERTIFICATE));
  });
});

interface Visit {
  readonly status: string;
  /** To come again with; undefined where the session was an old one. */
  readonly session?: Buffer;
}

/** Sends a review over a connection of its own. */
async function visit(url: string, options: ConnectionOptions, session?: Buffer): Promise<Visit> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const { promise: ticket, resolve: hasTicket } = Promise.withResolvers<Buffer>();
  const own = { host: '127.0.0.1', port: Number(new URL(url).port), ca: authority.cert };
  const socket = connect({ ...own, ...options, ...(session && { session }) });
  socket.on('session', hasTicket).on('error', reject);
  socket.on('data', (data: Buffer) => resolve(/^HTTP\/1\.1 (\d+)/.exec(data.toString())?.[1] ?? ''));
  const body = JSON.stringify(BARE_POD);
  const head = `host: x\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
  socket.write(`POST /mutate HTTP/1.1\r\n${head}\r\n${body}`);
  const status = await promise;
  const visited = socket.isSessionReused() ? { status: `${status} resumed` } : { status, session: await ticket };
  socket.destroy();
  return visited;
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('sessions of %s', (maxVersion) => {
  test('an unknown client is no better known when it comes again', async () => {
    const { url } = await startGuarded();
    const first = await visit(url, { maxVersion });
    const second = await visit(url, { maxVersion }, first.session);
    expect([first.status, second.status]).toEqual(['403', '403 resumed']);
  });

  test('a known one stays known, until the CA is another', async () => {
    const { url, app } = await startGuarded(['kube-apiserver']);
    const first = await visit(url, { maxVersion, ...apiServer });
    const second = await visit(url, { maxVersion, ...apiServer }, first.session);
    const { cert: clientCa } = await makeAuthority('new');
    app.server.setSecureContext(secureContextOptions({ ...serving, clientCa }));
    const third = await visit(url, { maxVersion, ...apiServer }, first.session);
    expect([first.status, second.status, third.status]).toEqual(['200', '200 resumed', '403']);
  });
});

test('a server that was started with a client CA and names asks for both', async () => {
  const folder = await makeFolder();
  await writePair(folder, serving);
  await writeFile(join(folder, 'ca.crt'), clientAuthority.cert);
  const files = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
  const server = await startServer({
    gate: () => gate,
    host: 'localhost',
    port: 0,
    tls: { ...files, clientCaFile: join(folder, 'ca.crt') },
    clientNames: ['kube-apiserver'],
    logLevel: 'silent',
    drainMs: 0,
    print: () => {},
  });
  const other = await issue(clientAuthority, { name: 'kubelet', alternatives: ['kubelet'], usage: 'clientAuth' });
  const statuses: number[] = [];
  for (const own of [apiServer, other, undefined]) {
    const client = new TlsClient(server.url, authority.cert, own);
    statuses.push((await client.post('/mutate', BARE_POD)).status);
    client.close();
  }
  await server.close();
  expect(statuses).toEqual([200, 403, 403]);
});
