// Which CAs the API server is told of: ours, and for a while those of before. Replicas see a new certificate one after the other, and
// until the last one has it, some still serve what the former CA signed.
import { X509Certificate } from 'node:crypto';

/** For so long the former CA stays: the kubelet brings a changed Secret to every pod within two minutes. */
export const OVERLAP_MS = 60 * 60_000;
/** Somebody may have written anything into a bundle. */
const MOST_FORMER = 4;

const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** A bundle, and until when former CAs stay in it. */
export interface Bundle {
  /** PEM in base64, as webhook configurations have it. */
  readonly caBundle: string;
  /** The certificates in it, by their fingerprints. */
  readonly fingerprints: ReadonlySet<string>;
  /** When the former ones are to go, in ISO 8601; undefined where there are none. */
  readonly formerUntil: string | undefined;
}

/**
 * The bundle to register.
 *
 * @param own our CAs, as PEM
 * @param live the bundles that are registered now, in base64
 * @param liveUntil when the former ones in these are to go, as registered
 * @param now milliseconds since 1970
 */
export function bundleFor(own: string, live: readonly string[], liveUntil: string | undefined, now: number): Bundle {
  const ours = certificatesIn(own);
  const until = Date.parse(liveUntil ?? '');
  const former = live
    .flatMap((bundle) => certificatesIn(Buffer.from(bundle, 'base64').toString('utf8')))
    .filter((one, index, all) => all.findIndex((other) => isSame(one, other)) === index)
    .filter((one) => one.validToDate.getTime() > now && !ours.some((other) => isSame(one, other)));
  // A replica whose files are late must not take away what its successors serve.
  const newest = Math.max(...ours.map(beginOf));
  const kept = former.filter((one) => Number.isNaN(until) || now < until || beginOf(one) > newest);
  const certificates = [...ours, ...kept.toSorted((a, b) => beginOf(b) - beginOf(a)).slice(0, MOST_FORMER)];
  const since = Number.isNaN(until) || now >= until ? now + OVERLAP_MS : until;
  return {
    caBundle: Buffer.from(certificates.map((one) => one.toString()).join('')).toString('base64'),
    fingerprints: new Set(certificates.map((one) => one.fingerprint256)),
    formerUntil: certificates.length === ours.length ? undefined : new Date(since).toISOString(),
  };
}

/** The fingerprints of the certificates in a bundle, as PEM in base64; none where it cannot be read. */
export function fingerprintsIn(caBundle: string): ReadonlySet<string> {
  const certificates = certificatesIn(Buffer.from(caBundle, 'base64').toString('utf8'));
  return new Set(certificates.map((one) => one.fingerprint256));
}

/** True where the second set is part of the first. */
export function hasAll(set: ReadonlySet<string>, needed: ReadonlySet<string>): boolean {
  return [...needed].every((one) => set.has(one));
}

/** The certificates in a PEM text, without those that cannot be read. */
function certificatesIn(text: string): readonly X509Certificate[] {
  return (text.match(CERTIFICATE) ?? []).flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

function isSame(one: X509Certificate, other: X509Certificate): boolean {
  return one.fingerprint256 === other.fingerprint256;
}

function beginOf(certificate: X509Certificate): number {
  return certificate.validFromDate.getTime();
}
