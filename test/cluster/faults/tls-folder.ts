// A mounted Secret with a certificate and its key, as the kubelet writes it: files that are links into `..data`, which is a
// link to a folder with the version of the moment.
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import type { Certificate } from '../../../src/server/tls/certificate.ts';

export interface TlsFolder {
  readonly certFile: string;
  readonly keyFile: string;
  /** A new version of both files, in one step. */
  swap(pair: Certificate): void;
}

/** Makes one inside of a folder. */
export function makeTlsFolder(parent: string, first: Certificate): TlsFolder {
  const folder = mkdtempSync(join(parent, 'tls-'));
  const [certFile, keyFile, data] = [join(folder, 'tls.crt'), join(folder, 'tls.key'), join(folder, '..data')];
  let version = 0;
  let current = '';
  function swap({ cert, key }: Certificate): void {
    const next = join(folder, `..version-${++version}`);
    mkdirSync(next);
    writeFileSync(join(next, 'tls.crt'), cert);
    writeFileSync(join(next, 'tls.key'), key, { mode: 0o600 });
    symlinkSync(next, `${data}_tmp`);
    renameSync(`${data}_tmp`, data);
    if (current !== '') rmSync(current, { recursive: true });
    current = next;
  }
  swap(first);
  symlinkSync('..data/tls.crt', certFile);
  symlinkSync('..data/tls.key', keyFile);
  return { certFile, keyFile, swap };
}

/** The common name of the certificate that a new connection is shown; rejects where the CA did not sign it. */
export async function nameShown(url: string, ca: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<DetailedPeerCertificate>();
  const socket = connect({ host: hostname, port: Number(port), ca }, () => resolve(socket.getPeerCertificate(true)));
  socket.on('error', reject);
  try {
    return String((await promise).subject.CN);
  } finally {
    socket.destroy();
  }
}
