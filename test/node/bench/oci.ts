// Images written by us, as a registry serves them.
import { createHash } from 'node:crypto';
import { END_OF_ARCHIVE } from './tar.ts';

/** An image: what it is called, with registry and tag, and how it runs. */
export interface Named {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** The blocks of an archive without an end. */
export type Layer = readonly Buffer[];

/** Images that share their layers. */
export interface ImageSet {
  /** Manifests by the names of the images. */
  readonly manifests: ReadonlyMap<string, Buffer>;
  /** Layers and configurations by their digests. */
  readonly blobs: ReadonlyMap<string, Buffer>;
}

const TYPE = 'application/vnd.oci.image';

/** What a manifest is served as. */
export const MANIFEST_TYPE = `${TYPE}.manifest.v1+json`;

/** Puts images together that have the same layers, the lowest first. */
export function imageSet(layers: readonly Layer[], images: readonly Named[]): ImageSet {
  const whole = layers.map((layer) => Buffer.concat([...layer, END_OF_ARCHIVE]));
  const digests = whole.map(sha256);
  const blobs = new Map<string, Buffer>(whole.map((blob, index) => [digests[index] ?? '', blob]));
  const manifests = new Map<string, Buffer>();
  for (const { name, config } of images) {
    const image = json({ architecture: 'amd64', os: 'linux', config, rootfs: { type: 'layers', diff_ids: digests } });
    blobs.set(sha256(image), image);
    const manifest = json({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: { mediaType: `${TYPE}.config.v1+json`, digest: sha256(image), size: image.length },
      layers: whole.map((blob, index) => ({
        mediaType: `${TYPE}.layer.v1.tar`,
        digest: digests[index],
        size: blob.length,
      })),
    });
    manifests.set(name, manifest);
  }
  return { manifests, blobs };
}

/** The digest of a blob, as registries write it. */
export function sha256(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
