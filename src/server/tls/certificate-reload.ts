// New certificates without a restart. What is on disk is checked before it is used, and what was used before stays in use
// for as long as there is nothing better: connections that are open notice nothing of either.
import type { Server } from 'node:tls';
import type { Log } from '../../observe/log.ts';
import { namesOf } from './client-authentication.ts';
import { watchFiles } from './file-watch.ts';
import { certificatesIn, reasonOf } from './pem.ts';
import { readTlsFiles, type TlsFiles } from './tls-files.ts';
import { secureContextOptions, type TlsMaterial } from './tls-options.ts';

/** What there is to tell of a certificate that is served. */
export interface ServedCertificate {
  /** The common name and the alternative names. */
  readonly names: readonly string[];
  readonly serialNumber: string;
  readonly notAfter: Date;
}

export type Changed = 'certificate' | 'client CA';

/** For metrics. Called once per change and per distinct fault, however often the files are read. */
export interface CertificateEvents {
  /** From now on this certificate is served: when the server has started, and after each change of a file. */
  onServe?(served: ServedCertificate): void;
  /** The files cannot be used, in words; what was served before still is. */
  onFault?(message: string): void;
}

export interface ReloadTiming {
  /** How often the files are read whatever happens. */
  readonly pollMs: number;
  /** How long files must stay as they are before they count as written. */
  readonly settleMs: number;
  /** How long files that cannot be used are taken for half written, and nothing is said. */
  readonly graceMs: number;
}

const TIMING: ReloadTiming = { pollMs: 10_000, settleMs: 100, graceMs: 2000 };

export interface ReloadOptions {
  readonly files: TlsFiles;
  /** What the server was started with. */
  readonly material: TlsMaterial;
  readonly log: Pick<Log, 'info' | 'error'>;
  readonly events?: CertificateEvents | undefined;
  readonly timing?: Partial<ReloadTiming> | undefined;
}

export interface CertificateReload {
  current(): ServedCertificate;
  stop(): void;
}

/** Keeps a server that listens supplied with what the files hold. */
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
      // A chain or a bundle that is still being written can look whole.
      const settled = changesBetween(seen, found).length === 0;
      seen = found;
      if (changed.length > 0) {
        if (!settled) return settleMs;
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

  function use(found: TlsMaterial, changed: readonly Changed[]): void {
    server.setSecureContext(secureContextOptions(found));
    material = found;
    served = describeCertificate(found.cert);
    log.info({ changed, ...lineOf(served) }, 'certificate reloaded');
    events?.onServe?.(served);
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

  const paths = [files.certFile, files.keyFile, files.clientCaFile].filter((file) => file !== undefined);
  const watching = watchFiles(paths, settleMs, pollMs, check);
  return {
    current: () => served,
    stop() {
      stopped = true;
      watching.stop();
    },
  };
}

/** What there is to tell of the first certificate of a chain that was checked before. */
export function describeCertificate(cert: string): ServedCertificate {
  const [leaf] = certificatesIn(cert);
  return { names: namesOf(leaf), serialNumber: leaf.serialNumber, notAfter: leaf.validToDate };
}

function changesBetween(before: TlsMaterial, after: TlsMaterial): Changed[] {
  const changed: Changed[] = [];
  if (before.cert !== after.cert || before.key !== after.key) changed.push('certificate');
  if (before.clientCa !== after.clientCa) changed.push('client CA');
  return changed;
}

/** The names of a certificate are few and its owner's; a line of the log stays short all the same. */
function lineOf({ names, serialNumber, notAfter }: ServedCertificate): object {
  return { names: names.slice(0, 5).map((name) => name.slice(0, 256)), serialNumber, notAfter };
}
