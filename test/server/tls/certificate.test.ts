import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDevelopment } from '../../../src/server/development/development.ts';
import { type Certificate, readCertificate } from '../../../src/server/tls/certificate.ts';

let folder = '';
let mine: Certificate;
let other: Certificate;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandgate-test-'));
  [mine, other] = await Promise.all([makeOne('a'), makeOne('b')]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function makeOne(host: string): Promise<Certificate> {
  const development = await makeDevelopment(host);
  development.remove();
  return development.certificate;
}

async function read(cert: string | undefined, key: string | undefined, now?: Date): Promise<string> {
  const certFile = join(folder, `${crypto.randomUUID()}.crt`);
  const keyFile = join(folder, `${crypto.randomUUID()}.key`);
  if (cert !== undefined) await writeFile(certFile, cert);
  if (key !== undefined) await writeFile(keyFile, key);
  try {
    await readCertificate(certFile, keyFile, now);
    return 'fine';
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `${error.name}: ${error.message.replace(certFile, 'CERT').replace(keyFile, 'KEY')}`;
  }
}

test('a certificate and its key', async () => {
  expect(await read(mine.cert, mine.key)).toBe('fine');
});
test('a chain of certificates is accepted', async () => {
  expect(await read(mine.cert + other.cert, mine.key)).toBe('fine');
});
test('a file that is not there', async () => {
  expect(await read(mine.cert, undefined)).toMatch(/^StartError: KEY: cannot be read \(ENOENT/);
});
test.each(['', 'no PEM', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
  'the text %j is not a certificate',
  async (cert) => {
    expect(await read(cert, mine.key)).toMatch(/^StartError: CERT: expected a PEM certificate \(/);
  },
);
test.each(['', 'no PEM'])('the text %j is not a private key', async (key) => {
  expect(await read(mine.cert, key)).toMatch(/^StartError: KEY: expected a PEM private key \(/);
});
test("another certificate's key", async () => {
  expect(await read(mine.cert, other.key)).toBe('StartError: KEY: the key does not belong to the certificate in CERT');
});
test('an expired one', async () => {
  const later = new Date(Date.now() + 8 * 24 * 60 * 60 * 1000);
  expect(await read(mine.cert, mine.key, later)).toMatch(/^StartError: CERT: the certificate expired on /);
});
test('one whose time has not come', async () => {
  const before = new Date(Date.now() - 60 * 60 * 1000);
  expect(await read(mine.cert, mine.key, before)).toMatch(/^StartError: CERT: the certificate is not valid before /);
});
test('a chain that is cut off', async () => {
  const cut = mine.cert + other.cert.slice(0, 200);
  expect(await read(cut, mine.key)).toBe(
    'StartError: CERT: expected a PEM certificate (a certificate in it is cut off)',
  );
});
