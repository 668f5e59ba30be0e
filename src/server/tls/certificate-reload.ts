// Replaces certificates without a restart. Files are checked before they are used; until they are valid, the previous
// certificate stays in use. Connections that are open are not affected.
import type { Server } from 'node:tls';
import type { Log } from '../../observe/log.ts';
import { namesOf } from './client-authentication.ts';
import { watchFiles } from './file-watch.ts';
import { certificatesIn, reasonOf } from './pem.ts';
import { readTlsFiles, type TlsFiles } from './tls-files.ts';
import { secureContextOptions, type TlsMaterial } from './tls-options.ts';

/** What is logged and measured of the certificate in use. */
export interface ServedCertificate {
  /** The common name and the alternative names. */
  readonly names: readonly string[];
  readonly serialNumber: string;
  readonly notAfter: Date;
}

/** A part of the TLS material that can change. */
export type Changed = 'certificate' | 'CA' | 'client CA';

/** For metrics. Called once per change and per distinct problem, however often the files are read. */
export interface CertificateEvents {
  /** A certificate comes into use: when the server has started, and after each change of a file. */
  onServe?(served: ServedCertificate): void;
  /** The files cannot be used, for the reason in the message; the previous certificate stays in use. */
  onFault?(message: string): void;
}

/** When files are read, in milliseconds. */
export interface ReloadTiming {
  /** How often the files are read even without a sign of a change. */
  readonly pollMs: number;
  /** How long files must stay unchanged to count as completely written. */
  readonly settleMs: number;
  /** How long files that cannot be used are assumed to be half written, and not reported. */
  readonly graceMs: number;
}

const TIMING: ReloadTiming = { pollMs: 10_000, settleMs: 100, graceMs: 2000 };

/** What a reload watches and replaces. */
export interface ReloadOptions {
  readonly files: TlsFiles;
  /** The material that the server was started with. */
  readonly material: TlsMaterial;
  readonly log: Pick<Log, 'info' | 'error'>;
  readonly events?: CertificateEvents | undefined;
  readonly timing?: Partial<ReloadTiming> | undefined;
  /** Resolves once new material may be used, and rejects with the reason where it may not be. */
  readonly prepare?: ((found: TlsMaterial) => Promise<void>) | undefined;
  /** Called with what is in use from then on. */
  readonly onUse?: ((material: TlsMaterial) => void) | undefined;
}

/** A reload that is running. */
export interface CertificateReload {
  current(): ServedCertificate;
  stop(): void;
}

/** Watches the files and gives a listening server what they hold. */
export function reloadCertificates(
  server: Pick<Server, 'setSecureContext'>,
  options: ReloadOptions,
): CertificateReload {
  const { files, log, events } = options;
  const { pollMs, settleMs, graceMs } = { ...TIMING, ...options.timing };
  let material = options.material;
  let served = describeCertificate(material.cert);
  let seen = material;
  let reported: string | undefined;
  let faultySince: number | undefined;
  let stopped = false;

  /** Returns after how many milliseconds the files should be looked at again. */
  async function check(): Promise<number> {
    try {
      const found = await readTlsFiles(files);
      if (stopped) return pollMs;
      const changed = changesBetween(material, found);
      // A chain or a bundle that is still being written can look complete.
      const settled = changesBetween(seen, found).length === 0;
      seen = found;
      if (changed.length > 0) {
        if (!settled) return settleMs;
        await prepare(found);
        if (stopped) return pollMs;
        use(found, changed);
      } else if (reported !== undefined) {
        log.info(lineOf(served), 'certificate files can be used again');
      }
      reported = undefined;
      faultySince = undefined;
      return pollMs;
    } catch (error) {
      return stopped ? pollMs : doWithout(reasonOf(error));
    }
  }

  /** What has expired is of no use to anybody: whatever comes instead is not worse. */
  async function prepare(found: TlsMaterial): Promise<void> {
    try {
      await options.prepare?.(found);
    } catch (error) {
      if (served.notAfter > new Date()) throw error;
    }
  }

  function use(found: TlsMaterial, changed: readonly Changed[]): void {
    server.setSecureContext(secureContextOptions(found));
    material = found;
    served = describeCertificate(found.cert);
    log.info({ changed, ...lineOf(served) }, 'certificate reloaded');
    events?.onServe?.(served);
    options.onUse?.(found);
  }

  function doWithout(problem: string): number {
    const now = performance.now();
    seen = material;
    if (problem === reported) {
      faultySince = undefined;
      return pollMs;
    }
    faultySince ??= now;
    if (now - faultySince < graceMs) return settleMs;
    reported = problem;
    faultySince = undefined;
    log.error({ problem, serving: lineOf(served) }, 'certificate not reloaded');
    events?.onFault?.(problem);
    return pollMs;
  }

  const paths = [files.certFile, files.keyFile, files.clientCaFile, files.caFile].filter((file) => file !== undefined);
  const watching = watchFiles(paths, settleMs, pollMs, check);
  return {
    current: () => served,
    stop() {
      stopped = true;
      watching.stop();
    },
  };
}

/** Describes the first certificate of a valid chain. */
export function describeCertificate(cert: string): ServedCertificate {
  const [leaf] = certificatesIn(cert);
  return { names: namesOf(leaf), serialNumber: leaf.serialNumber, notAfter: leaf.validToDate };
}

function changesBetween(before: TlsMaterial, after: TlsMaterial): Changed[] {
  const changed: Changed[] = [];
  if (before.cert !== after.cert || before.key !== after.key) changed.push('certificate');
  if (before.ca !== after.ca) changed.push('CA');
  if (before.clientCa !== after.clientCa) changed.push('client CA');
  return changed;
}

/** The fields of a log line. Names are bounded so that the line stays short. */
function lineOf({ names, serialNumber, notAfter }: ServedCertificate): object {
  return { names: names.slice(0, 5).map((name) => name.slice(0, 256)), serialNumber, notAfter };
}
