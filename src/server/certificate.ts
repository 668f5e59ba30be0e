// The serving certificate, checked before it is used: Node takes an empty or mismatched one without complaint and then
// fails every handshake.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { StartError } from './start-error.ts';

/** PEM, as TLS wants it. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Reads a certificate (with its chain) and its key. Rejects with a {@link StartError} that names the file at fault. */
export async function readCertificate(certFile: string, keyFile: string, now = new Date()): Promise<Certificate> {
  const [cert, key] = await Promise.all([readText(certFile), readText(keyFile)]);
  const leaf = parse(certFile, 'a PEM certificate', () => new X509Certificate(cert));
  const privateKey = parse(keyFile, 'a PEM private key', () => createPrivateKey(key));
  if (!leaf.checkPrivateKey(privateKey)) {
    throw new StartError(`${keyFile}: the key does not belong to the certificate in ${certFile}`);
  }
  if (leaf.validToDate < now) throw new StartError(`${certFile}: the certificate expired on ${leaf.validTo}`);
  return { cert, key };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new StartError(`${file}: cannot be read (${reasonOf(error)})`);
  }
}

function parse<T>(file: string, expected: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new StartError(`${file}: expected ${expected} (${reasonOf(error)})`);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
