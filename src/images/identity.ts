// The runtime user an image needs, as policies state it.

/** What a row, or the policy for images without a row, gives a container. Numbers are Linux ids. */
export interface RuntimeUser {
  readonly runAsUser: number;
  readonly runAsGroup?: number;
  readonly fsGroup?: number;
  readonly fsGroupChangePolicy?: 'OnRootMismatch' | 'Always';
}

/** One row of the table: which images, and who they run as. */
export interface ImageRow extends RuntimeUser {
  /** Registry and repository, with `*` and `?`; `docker.io/library/` is implied as docker does. */
  readonly image: string;
  /** An exact tag, a pattern with `*` and `?`, or a semver range that begins with a comparator. */
  readonly tags?: string;
  /** `sha256:…`, exact. */
  readonly digest?: string;
  /** Where the number comes from, and when somebody looked. */
  readonly source?: string;
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
