// The certificates of the chart and of certs/: the same, and renewed without a gap.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { connect, createServer } from 'node:tls';
import { generate } from 'selfsigned';
import { expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { Certificate } from '../../src/server/tls/certificate.ts';
import { issue } from '../support/certificates.ts';
import { at, find, objectsIn, template, titleOf } from './rendered.ts';

const PLAIN = objectsIn(readFileSync(resolve(import.meta.dirname, '../../certs/certificates.yaml'), 'utf8'));

test('certs/ has what the chart makes', async () => {
  const made = (await template()).filter((object) => object.apiVersion === 'cert-manager.io/v1');
  expect(made.length).toBe(4);
  expect(made.map(withoutLabels).toSorted(byTitle)).toEqual([...PLAIN].toSorted(byTitle));
});

function withoutLabels(object: JsonObject): JsonObject {
  const { name, namespace } = { name: at(object, 'metadata', 'name'), namespace: at(object, 'metadata', 'namespace') };
  return { ...object, metadata: { name, namespace } };
}

function byTitle(a: JsonObject, b: JsonObject): number {
  return titleOf(a) < titleOf(b) ? -1 : 1;
}

test('keys are small, and that of the server is new each time', () => {
  expect(at(find(PLAIN, 'Certificate', 'sandgate'), 'spec', 'privateKey')).toEqual({
    algorithm: 'ECDSA',
    size: 256,
    rotationPolicy: 'Always',
  });
});

test('each is signed by what is there to sign it', () => {
  for (const certificate of PLAIN.filter((object) => object.kind === 'Certificate')) {
    const issuer = find(PLAIN, 'Issuer', String(at(certificate, 'spec', 'issuerRef', 'name')));
    const secret = at(issuer, 'spec', 'ca', 'secretName');
    if (secret === undefined) expect(at(issuer, 'spec', 'selfSigned')).toEqual({});
    else expect(at(find(PLAIN, 'Certificate', 'sandgate-ca'), 'spec', 'secretName')).toBe(secret);
  }
});

// The reason for rotationPolicy: Never of the CA. The API server has either CA while pods have either certificate.
test('a CA renewed with its own key vouches for what the old one signed, and the old one for what it signs', async () => {
  const key = newKey();
  const [before, after] = await Promise.all([makeCa(key), makeCa(key)]);
  expect(after.cert).not.toBe(before.cert);
  const [old, renewed] = await Promise.all(
    [before, after].map((ca) => issue(ca, { name: 'sandgate', alternatives: ['localhost'] })),
  );
  if (!old || !renewed) throw new Error('two were issued');
  await expect(handshake(old, after.cert)).resolves.toBe('trusted');
  await expect(handshake(renewed, before.cert)).resolves.toBe('trusted');
});

test('one with a new key does not', async () => {
  const [before, after] = await Promise.all([makeCa(newKey()), makeCa(newKey())]);
  const old = await issue(before, { name: 'sandgate', alternatives: ['localhost'] });
  await expect(handshake(old, after.cert)).rejects.toThrow(/signature|verify/i);
});

function newKey(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

async function makeCa(keyPair: { publicKey: string; privateKey: string }): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'sandgate-ca' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    keyPair,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** What a client that knows this CA makes of a server with that certificate. */
async function handshake(served: Certificate, ca: string): Promise<'trusted'> {
  const server = createServer({ cert: served.cert, key: served.key });
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const socket = connect({ host: '127.0.0.1', port: address.port, ca, servername: 'localhost' });
  try {
    await once(socket, 'secureConnect');
    return 'trusted';
  } finally {
    socket.destroy();
  }
}
