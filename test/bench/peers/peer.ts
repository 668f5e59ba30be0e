// What a controller of the comparison is to the bench: something that is installed into a cluster of its own and then started.
import type { ControlPlane } from '../../cluster/control-plane/control-plane.ts';

/** Where one controller is tried. */
export interface Site {
  readonly plane: ControlPlane;
  /** For its files; gone when the bench ends. */
  readonly folder: string;
  /** A certificate for 127.0.0.1, as the files `tls.crt`, `tls.key` and `ca.crt` of a folder and as PEM. */
  readonly certificates: string;
  readonly certificate: { readonly cert: string; readonly key: string; readonly ca: string };
}

/** How its process is started, and where it is asked then. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly port: number;
  /** Of its validating webhook for pods. */
  readonly path: string;
  /** Its readiness probe: a path of that port, or the whole URL of another. */
  readonly readiness: string;
  /** What its installation does once it runs, the first time. */
  readonly configure?: () => Promise<void>;
}

export interface Peer {
  readonly name: string;
  readonly version: string;
  /** What it was told to check, in a few words. */
  readonly asked: string;
  /**
   * Builds it where that must be, and puts into the cluster what its installation would.
   *
   * @throws Error with the reason where it cannot be built or installed here
   */
  install(site: Site): Promise<Launch>;
}
