// Which user an image runs as, as policies say it.

/** The user and groups of a container's processes, from a row or from the policy's defaults. Numbers are Linux ids. */
export interface RuntimeUser {
  readonly runAsUser: number;
  readonly runAsGroup?: number;
  readonly fsGroup?: number;
  readonly fsGroupChangePolicy?: 'OnRootMismatch' | 'Always';
}

/** One row of the table: which images, and which user they run as. */
export interface ImageRow extends RuntimeUser {
  /** Registry and repository, with `*` and `?`; `docker.io/library/` is implied, as in Docker. */
  readonly image: string;
  /** An exact tag, a pattern with `*` and `?`, or a semver range that begins with a comparator. */
  readonly tags?: string;
  /** `sha256:…`, matched exactly. */
  readonly digest?: string;
  /** Where the number comes from. */
  readonly source?: string;
  /** When somebody last checked it: a date. */
  readonly verified?: string;
}

/** The `identity` section of a policy. */
export interface IdentitySpec {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly fsGroup?: number;
  readonly fsGroupChangePolicy?: 'OnRootMismatch' | 'Always';
  readonly images?: readonly ImageRow[];
  readonly unknownImage?: 'Ignore' | 'Warn' | 'Deny';
}
