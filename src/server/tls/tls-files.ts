// Reads and checks all files that TLS uses.
import { access } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { StartError } from '../start-error.ts';
import { readCertificate } from './certificate.ts';
import { certificatesIn, parse, readText, reasonOf } from './pem.ts';
import { secureContextOptions, type TlsMaterial } from './tls-options.ts';

/** Paths of PEM files. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Clients that send reviews need a certificate of this CA. */
  readonly clientCaFile?: string | undefined;
  /** Who signed the certificate, for those who are told of it. It need not exist: not every issuer writes one. */
  readonly caFile?: string | undefined;
}

/** Reads all files. Rejects with a {@link StartError} that names the file at fault. */
export async function readTlsFiles(files: TlsFiles, now = new Date()): Promise<TlsMaterial> {
  const { certFile, keyFile, clientCaFile, caFile } = files;
  const certificate = await readCertificate(certFile, keyFile, now);
  const ca = caFile === undefined ? undefined : await readCa(caFile);
  const material = {
    ...certificate,
    ...(clientCaFile !== undefined && { clientCa: await readClientCa(clientCaFile, now) }),
    ...(ca !== undefined && { ca }),
  };
  try {
    // Some material can be parsed but not used, such as a key that OpenSSL finds too weak.
    createSecureContext(secureContextOptions(material));
  } catch (error) {
    throw new StartError(`${certFile}: TLS cannot use it (${reasonOf(error)})`);
  }
  return material;
}

/** Undefined where there is no such file. */
async function readCa(file: string): Promise<string | undefined> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const text = await readText(file);
  parse(file, text, 'the PEM certificates of the CA', certificatesIn);
  return text;
}

async function readClientCa(file: string, now: Date): Promise<string> {
  const text = await readText(file);
  const certificates = parse(file, text, 'the PEM certificates of a client CA', certificatesIn);
  // After a CA was replaced, the old one often stays in the bundle after it has expired.
  if (certificates.every((certificate) => certificate.validToDate < now)) {
    throw new StartError(`${file}: every certificate in it has expired`);
  }
  return text;
}
