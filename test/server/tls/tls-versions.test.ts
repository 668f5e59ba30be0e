// Which TLS is spoken: 1.2 with forward secrecy and 1.3, and nothing older, before a certificate was swapped and after.
import { type ConnectionOptions, connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../../src/observe/log.ts';
import { type App, buildApp } from '../../../src/server/app.ts';
import type { Certificate } from '../../../src/server/tls/certificate.ts';
import { secureContextOptions } from '../../../src/server/tls/tls-options.ts';
import { issue, makeAuthority } from '../../support/certificates.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';

const gate = gateOf(policyYaml('p', 'podSecurity: { level: restricted }'));
let authority: Certificate;
const ports: Record<string, number> = {};
const apps: App[] = [];

beforeAll(async () => {
  authority = await makeAuthority('ca');
  const [first, second] = await Promise.all([issue(authority, { name: 'a' }), issue(authority, { name: 'b' })]);
  for (const state of ['as started', 'after a swap']) {
    const app = buildApp({ getGate: () => gate, log: createLog('silent', { write: () => {} }), certificate: first });
    apps.push(app);
    ports[state] = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
    if (state === 'after a swap') app.server.setSecureContext(secureContextOptions(second));
  }
});
afterAll(() => Promise.all(apps.map((app) => app.close())));

/** The protocol and cipher that were agreed on, or why none was. */
async function shake(port: number | undefined, options: ConnectionOptions): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ host: '127.0.0.1', port: port ?? 0, ca: authority.cert, ...options });
  socket.on('secureConnect', () => resolve(`${socket.getProtocol()} ${socket.getCipher().name}`));
  socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  const outcome = await promise;
  socket.destroy();
  return outcome;
}

describe.each(['as started', 'after a swap'])('a server %s', (state) => {
  test.each(['TLSv1', 'TLSv1.1'] as const)('%s is refused', async (version) => {
    // As low as Node's own OpenSSL goes: it is the server that must refuse.
    const old: ConnectionOptions = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    expect(await shake(ports[state], old)).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  });

  test('TLS 1.2 and 1.3 are accepted', async () => {
    expect(await shake(ports[state], { maxVersion: 'TLSv1.2' })).toBe('TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256');
    expect(await shake(ports[state], {})).toBe('TLSv1.3 TLS_AES_128_GCM_SHA256');
  });

  test.each(['AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384', 'AES256-SHA'])(
    'TLS 1.2 with %s is refused',
    async (ciphers) => {
      expect(await shake(ports[state], { maxVersion: 'TLSv1.2', ciphers })).toMatch(/HANDSHAKE_FAILURE/);
    },
  );

  test('renegotiation is refused', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = connect({ host: '127.0.0.1', port: ports[state] ?? 0, ca: authority.cert, maxVersion: 'TLSv1.2' });
    socket.on('secureConnect', () =>
      socket.renegotiate({}, (error) => resolve(error ? String(error) : 'renegotiated')),
    );
    socket.on('error', (error) => resolve(String(error)));
    expect(await promise).toMatch(/no renegotiation/i);
    socket.destroy();
  });
});
