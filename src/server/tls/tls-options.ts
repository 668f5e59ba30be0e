// The TLS options. In one place because replacing a certificate replaces every option: one that is left out falls back to
// Node's default.
import { constants } from 'node:crypto';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { Certificate } from './certificate.ts';

/** Everything that TLS uses from files. */
export interface TlsMaterial extends Certificate {
  /** The CA of client certificates, as PEM. Without it none is requested. */
  readonly clientCa?: string;
  /** Who signed our certificate, as PEM. TLS does not need it. */
  readonly ca?: string;
}

/** The suites of TLS 1.3, and those of TLS 1.2 with forward secrecy and authenticated encryption. */
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

/** The options to replace a certificate with. */
export function secureContextOptions({ cert, key, clientCa }: TlsMaterial): SecureContextOptions {
  return {
    cert,
    key,
    ...(clientCa !== undefined && { ca: clientCa }),
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    honorCipherOrder: true,
    // Renegotiation costs a server more than a client, and no API server needs it.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}

/** The options to create a server with. Clients without a certificate may connect, since probes have none. */
export function serverTlsOptions(material: TlsMaterial): TlsOptions {
  return {
    ...secureContextOptions(material),
    ...(material.clientCa !== undefined && { requestCert: true, rejectUnauthorized: false }),
  };
}
