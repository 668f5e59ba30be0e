// Certificates for tests: an authority of our own, and whatever it is asked to sign.
import { generate } from 'selfsigned';
import type { Certificate } from '../../src/server/tls/certificate.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface Wanted {
  readonly name: string;
  /** As Node's subjectAltName: `127.0.0.1` is an address, `spiffe://…` a URI, all else a host. */
  readonly alternatives?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly usage?: 'serverAuth' | 'clientAuth';
}

/** A self-signed certificate that may sign others. */
export async function makeAuthority(name: string, notAfter = new Date(Date.now() + DAY_MS)): Promise<Certificate> {
  return pem(
    await generate([{ name: 'commonName', value: name }], {
      keyType: 'ec',
      algorithm: 'sha256',
      notBeforeDate: new Date(Math.min(Date.now(), notAfter.getTime()) - DAY_MS),
      notAfterDate: notAfter,
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, critical: true },
      ],
    }),
  );
}

/** A certificate signed by an authority: for a server on loopback unless it says otherwise. */
export async function issue(authority: Certificate, wanted: Wanted): Promise<Certificate> {
  const { name, alternatives = ['127.0.0.1', 'localhost'], usage = 'serverAuth' } = wanted;
  const notAfter = wanted.notAfter ?? new Date(Date.now() + DAY_MS);
  return pem(
    await generate([{ name: 'commonName', value: name }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ca: { cert: authority.cert, key: authority.key },
      notBeforeDate: wanted.notBefore ?? new Date(Math.min(Date.now(), notAfter.getTime()) - DAY_MS),
      notAfterDate: notAfter,
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        usage === 'serverAuth' ? { name: 'extKeyUsage', serverAuth: true } : { name: 'extKeyUsage', clientAuth: true },
        { name: 'subjectAltName', altNames: alternatives.map(alternative) },
      ],
    }),
  );
}

function alternative(value: string): { type: 2 | 6; value: string } | { type: 7; ip: string } {
  if (/^[\d.]+$/.test(value)) return { type: 7, ip: value };
  return { type: value.includes('://') ? 6 : 2, value };
}

function pem(made: { readonly cert: string; readonly private: string }): Certificate {
  return { cert: `${made.cert.trimEnd()}\n`, key: made.private };
}
