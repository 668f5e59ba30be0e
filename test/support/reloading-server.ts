// A server whose certificate is read again whenever its files change, in a folder of its own, at a test's pace.
import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { onTestFinished } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { createLog } from '../../src/observe/log.ts';
import { buildApp } from '../../src/server/app.ts';
import type { Certificate } from '../../src/server/tls/certificate.ts';
import {
  type ReloadOptions,
  type ReloadTiming,
  reloadCertificates,
  type ServedCertificate,
} from '../../src/server/tls/certificate-reload.ts';
import { clientAuthentication } from '../../src/server/tls/client-authentication.ts';
import { readTlsFiles } from '../../src/server/tls/tls-files.ts';
import { gateOf, policyYaml } from './gate.ts';

const gate = gateOf(policyYaml('p', 'podSecurity: { level: restricted }\nharden: restricted'));
const TIMING: ReloadTiming = { pollMs: 50, settleMs: 5, graceMs: 100 };

export interface ReloadingServer {
  readonly url: string;
  /** What was logged of certificates. */
  readonly lines: readonly JsonObject[];
  readonly served: readonly ServedCertificate[];
  readonly faults: readonly string[];
  readonly current: () => ServedCertificate;
  readonly stopReloading: () => void;
}

/** Starts one with the files of a folder: `tls.crt`, `tls.key` and, where it is asked for, `ca.crt`. */
export async function startReloading(
  folder: string,
  options: {
    readonly clientCa?: boolean;
    readonly timing?: Partial<ReloadTiming>;
    readonly prepare?: ReloadOptions['prepare'];
  } = {},
): Promise<ReloadingServer> {
  const files = {
    certFile: join(folder, 'tls.crt'),
    keyFile: join(folder, 'tls.key'),
    clientCaFile: options.clientCa ? join(folder, 'ca.crt') : undefined,
  };
  const lines: JsonObject[] = [];
  const served: ServedCertificate[] = [];
  const faults: string[] = [];
  const write = (text: string): void => {
    const line: unknown = JSON.parse(text);
    if (isJsonObject(line)) lines.push(line);
  };
  const material = await readTlsFiles(files);
  const app = buildApp({
    getGate: () => gate,
    // Reviews are logged, too, and of no interest here.
    log: createLog('silent', { write: () => {} }),
    certificate: material,
    ...(options.clientCa && { authenticate: clientAuthentication() }),
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const reload = reloadCertificates(app.server, {
    files,
    material,
    log: createLog('info', { write }),
    events: { onServe: (certificate) => served.push(certificate), onFault: (message) => faults.push(message) },
    timing: { ...TIMING, ...options.timing },
    prepare: options.prepare,
  });
  onTestFinished(async () => {
    reload.stop();
    await app.close();
  });
  return { url, lines, served, faults, current: () => reload.current(), stopReloading: () => reload.stop() };
}

/** A folder that is removed after the test. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sandgate-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes both files, one after the other, in place. */
export async function writePair(folder: string, { cert, key }: Certificate): Promise<void> {
  await writeFile(join(folder, 'tls.crt'), cert);
  await writeFile(join(folder, 'tls.key'), key);
}

/** Makes `path` a link to `target` in one step, whatever it was before. */
export async function relink(target: string, path: string): Promise<void> {
  await symlink(target, `${path}_tmp`);
  await rename(`${path}_tmp`, path);
}

/** The common name of the certificate that a new connection is shown. */
export async function nameServed(url: string): Promise<string> {
  const { hostname: host, port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ host, port: Number(port), rejectUnauthorized: false }, resolve);
  socket.on('error', reject);
  await promise;
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}
