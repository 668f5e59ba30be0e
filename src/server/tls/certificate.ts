// Reads the serving certificate and checks it before it is used. Node accepts an empty or mismatched one and then fails every
// handshake.
import { createPrivateKey } from 'node:crypto';
import { StartError } from '../start-error.ts';
import { certificatesIn, parse, readText } from './pem.ts';

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Reads a certificate (with its chain) and its key. Rejects with a {@link StartError} that names the file at fault. */
export async function readCertificate(certFile: string, keyFile: string, now = new Date()): Promise<Certificate> {
  // One after the other, so that the error always names the first file that cannot be read.
  const cert = await readText(certFile);
  const key = await readText(keyFile);
  const [leaf] = parse(certFile, cert, 'a PEM certificate', certificatesIn);
  const privateKey = parse(keyFile, key, 'a PEM private key', (text) => createPrivateKey(text));
  if (!leaf.checkPrivateKey(privateKey)) {
    throw new StartError(`${keyFile}: the key does not belong to the certificate in ${certFile}`);
  }
  if (leaf.validToDate < now) throw new StartError(`${certFile}: the certificate expired on ${leaf.validTo}`);
  if (leaf.validFromDate > now) {
    throw new StartError(`${certFile}: the certificate is not valid before ${leaf.validFrom}`);
  }
  return { cert, key };
}
