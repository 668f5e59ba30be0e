// Rows of `identity.images`, made of what registries say of images.
import type { ImageRow } from '../../images/identity.ts';
import type { ImageFacts } from './image-user.ts';

/** How rows name images. */
export interface RowOptions {
  /** By the digest that the registry has now, where an image was named by a tag. */
  readonly byDigest: boolean;
  /** `2026-12-01`. */
  readonly today: string;
}

/** The row of an image; undefined where it has none. */
export function rowOf(
  { repository, tag, digest, user }: ImageFacts,
  { byDigest, today }: RowOptions,
): ImageRow | undefined {
  if (!user) return undefined;
  const { runAsUser, runAsGroup, source } = user;
  const named = tag === undefined || byDigest ? { digest } : { tags: tag };
  return {
    image: repository,
    ...named,
    runAsUser,
    ...(runAsGroup !== undefined && { runAsGroup }),
    source: tag === undefined || byDigest ? source : `${source} of ${digest}`,
    verified: today,
  };
}

/** What an image is called in messages. */
export function imageName({ repository, tag, digest }: ImageFacts): string {
  return tag === undefined ? `${repository}@${digest}` : `${repository}:${tag}`;
}
