// Whether an API server would accept a certificate, told before it is asked.
import { beforeAll, expect, test } from 'vitest';
import type { Certificate } from '../../../src/server/tls/certificate.ts';
import { certificateProblem } from '../../../src/server/tls/certificate-problem.ts';
import { issue, makeAuthority } from '../../support/certificates.ts';

const HOST = 'sandgate.sandgate.svc';

let authority: Certificate;
let stranger: Certificate;

beforeAll(async () => {
  [authority, stranger] = await Promise.all([makeAuthority('ca'), makeAuthority('stranger')]);
});

test('one that names the Service, and that the CA signed, is accepted', async () => {
  const certificate = await issue(authority, { name: 'sandgate', alternatives: [HOST] });
  expect(await certificateProblem(certificate, HOST, authority.cert)).toBeUndefined();
  // With others beside it, as while a CA is replaced.
  expect(await certificateProblem(certificate, HOST, stranger.cert + authority.cert)).toBeUndefined();
});

test('the common name does not count', async () => {
  const certificate = await issue(authority, { name: HOST, alternatives: ['other.sandgate.svc'] });
  expect(await certificateProblem(certificate, HOST, authority.cert)).toBe(
    `the certificate does not name ${HOST}, which the API server asks for (it names ${HOST}, other.sandgate.svc)`,
  );
});

test('one of another CA is not accepted', async () => {
  const certificate = await issue(stranger, { name: 'sandgate', alternatives: [HOST] });
  expect(await certificateProblem(certificate, HOST, authority.cert)).toMatch(
    /^the CA that the API server is told of does not vouch for the certificate \(.+\)$/,
  );
});

test('one that has expired is not accepted', async () => {
  const notAfter = new Date(Date.now() - 60_000);
  const certificate = await issue(authority, { name: 'sandgate', alternatives: [HOST], notAfter });
  expect(await certificateProblem(certificate, HOST, authority.cert)).toContain('expired');
});

test('a certificate that is its own CA is accepted by who trusts that one', async () => {
  const own = await issue(authority, { name: 'sandgate', alternatives: [HOST] });
  expect(await certificateProblem(own, HOST, own.cert)).toBeUndefined();
});

test('what is not a CA at all vouches for nothing', async () => {
  const certificate = await issue(authority, { name: 'sandgate', alternatives: [HOST] });
  expect(await certificateProblem(certificate, HOST, 'hello')).toMatch(/^the CA that the API server is told of/);
});
