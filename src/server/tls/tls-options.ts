// The TLS we speak. Said in one place, because replacing a certificate makes every option anew: what is left out then
// falls back to Node's own choice.
import { constants } from 'node:crypto';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { Certificate } from './certificate.ts';

/** All that TLS is given from files. */
export interface TlsMaterial extends Certificate {
  /** Whom client certificates must come from, as PEM. Without it none is asked for. */
  readonly clientCa?: string;
}

/** Those of TLS 1.3, and of 1.2 the ones with forward secrecy that also authenticate what they encrypt. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** What a certificate is swapped with. */
export function secureContextOptions({ cert, key, clientCa }: TlsMaterial): SecureContextOptions {
  return {
    cert,
    key,
    ...(clientCa !== undefined && { ca: clientCa }),
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    honorCipherOrder: true,
    // Costs us more than the client, and nobody who calls us needs it.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}

/** What a server is made with. A client without a certificate connects all the same: probes have none. */
export function serverTlsOptions(material: TlsMaterial): TlsOptions {
  return {
    ...secureContextOptions(material),
    ...(material.clientCa !== undefined && { requestCert: true, rejectUnauthorized: false }),
  };
}
