// For trying the webhook on a laptop: a certificate made at the start, and a command to paste that calls the webhook.
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAnyAddress } from '../any-address.ts';
import { StartError } from '../start-error.ts';
import type { Certificate } from '../tls/certificate.ts';
import { BARE_POD, UNSAFE_POD } from './examples.ts';
import { READER } from './reader.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What `--dev-cert` makes. The key is never written to disk. */
export interface Development {
  readonly certificate: Certificate;
  /** Readable by its owner only: the certificate, the two example reviews, and a program that prints replies. */
  readonly folder: string;
  /** One shell line that sends a bare pod to be filled in and an unsafe one to be judged, and prints the replies for people. */
  commandFor(url: string): string;
  /** Deletes the folder. */
  remove(): void;
}

/** Makes a certificate for this machine's loopback names and `host`, valid for a week, and the files to try it with. */
export async function makeDevelopment(host: string): Promise<Development> {
  const certificate = await makeCertificate(host);
  const folder = await temporaryFolder();
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const certFile = join(folder, 'cert.pem');
  const bareFile = join(folder, 'bare-pod.json');
  const unsafeFile = join(folder, 'unsafe-pod.json');
  const readerFile = join(folder, 'read-replies.mjs');
  await writeFile(certFile, certificate.cert);
  await writeFile(readerFile, READER);
  await writeFile(bareFile, `${JSON.stringify(BARE_POD, null, 2)}\n`);
  await writeFile(unsafeFile, `${JSON.stringify(UNSAFE_POD, null, 2)}\n`);
  // curl resets its options at --next, so both halves have all of them. A proxy could not reach this machine.
  const post = (file: string, url: string): string =>
    `-sS --noproxy '*' --cacert ${quote(certFile)} -H 'content-type: application/json' -w '\\n' --data-binary ${quote(`@${file}`)} ${quote(url)}`;
  return {
    certificate,
    folder,
    commandFor: (url) =>
      `curl ${post(bareFile, `${url}/mutate`)} --next ${post(unsafeFile, `${url}/validate`)} | node ${quote(readerFile)}`,
    remove() {
      process.off('exit', remove);
      remove();
    },
  };
}

async function temporaryFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'sandgate-dev-'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`${tmpdir()}: no folder can be made for the certificate of --dev-cert (${why})`);
  }
}

async function makeCertificate(host: string): Promise<Certificate> {
  // Loaded here because it is slow to load and needed nowhere else.
  const { generate } = await import('selfsigned');
  const names = new Set(['localhost', '127.0.0.1', '::1']);
  if (!isAnyAddress(host)) names.add(host);
  const now = Date.now();
  const made = await generate([{ name: 'commonName', value: 'sandgate development' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - 60_000),
    notAfterDate: new Date(now + 7 * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [...names].map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  return { cert: `${made.cert.trimEnd()}\n`, key: made.private };
}

/** For a POSIX shell; plain words stay as they are. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
