// A registry with a few images, as the distribution API has them. The real one is asked in test/cluster/users.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { onTestFinished } from 'vitest';

/** Bytes under their digest. */
export interface Blob {
  readonly digest: string;
  readonly bytes: Buffer;
}

export function blobOf(bytes: Buffer | object): Blob {
  const own = Buffer.isBuffer(bytes) ? bytes : Buffer.from(JSON.stringify(bytes));
  return { digest: `sha256:${createHash('sha256').update(own).digest('hex')}`, bytes: own };
}

/** A layer with these files; `.wh.` marks are names like any other. */
export async function layerOf(
  files: Readonly<Record<string, string>>,
  how: 'gzip' | 'zstd' | '' = 'gzip',
): Promise<Layer> {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) {
    if (text.startsWith('->')) tar.entry({ name, type: 'symlink', linkname: text.slice(2) });
    else tar.entry({ name }, text);
  }
  tar.finalize();
  const bytes = await buffer(tar);
  const packed = how === 'gzip' ? gzipSync(bytes) : how === 'zstd' ? zstdCompressSync(bytes) : bytes;
  return { ...blobOf(packed), mediaType: `application/vnd.oci.image.layer.v1.tar${how === '' ? '' : `+${how}`}` };
}

export interface Layer extends Blob {
  readonly mediaType: string;
}

/** An image: its manifest, and the blobs that this is made of. */
export interface Image {
  readonly manifest: Blob;
  readonly blobs: readonly Blob[];
  readonly mediaType: string;
}

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX = 'application/vnd.oci.image.index.v1+json';

/** An image with this user. */
export function imageOf(user: string | undefined, layers: readonly Layer[] = [], config: object = {}): Image {
  const configuration = blobOf({
    architecture: 'amd64',
    os: 'linux',
    config: user === undefined ? {} : { User: user },
    rootfs: { type: 'layers', diff_ids: [] },
    ...config,
  });
  const manifest = blobOf({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: configuration.digest,
      size: configuration.bytes.length,
    },
    layers: layers.map(({ digest, bytes, mediaType }) => ({ mediaType, digest, size: bytes.length })),
  });
  return { manifest, blobs: [configuration, ...layers], mediaType: MANIFEST };
}

/** One image for several platforms. */
export function indexOf(images: Readonly<Record<string, Image>>): Image {
  const manifests = Object.entries(images).map(([platform, { manifest }]) => {
    const [os = '', architecture = ''] = platform.split('/');
    return {
      mediaType: MANIFEST,
      digest: manifest.digest,
      size: manifest.bytes.length,
      platform: { os, architecture },
    };
  });
  const manifest = blobOf({ schemaVersion: 2, mediaType: INDEX, manifests });
  return {
    manifest,
    blobs: Object.values(images).flatMap((image) => [image.manifest, ...image.blobs]),
    mediaType: INDEX,
  };
}

export interface FakeRegistry {
  /** `127.0.0.1:34567`. */
  readonly host: string;
  readonly requests: string[];
}

export interface FakeOptions {
  /** Answers first: true where it has. */
  readonly before?: (request: IncomingMessage, response: ServerResponse, host: string) => boolean;
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Serves images by `NAME:TAG` until the test is over. */
export async function fakeRegistry(
  images: Readonly<Record<string, Image>>,
  options: FakeOptions = {},
): Promise<FakeRegistry> {
  const requests: string[] = [];
  const blobs = new Map<string, Buffer>();
  for (const image of Object.values(images)) {
    for (const { digest, bytes } of [image.manifest, ...image.blobs]) blobs.set(digest, bytes);
  }
  let host = '';
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(`${request.method} ${request.url}`);
    if (options.before?.(request, response, host)) return;
    const [, name = '', kind = '', reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? [];
    const tagged = images[`${name}:${reference}`]?.manifest.bytes;
    const bytes = kind === 'manifests' ? (tagged ?? blobs.get(reference)) : blobs.get(reference);
    response.writeHead(bytes ? 200 : 404).end(bytes ?? '{"errors":[]}');
  };
  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', () => resolve());
  await promise;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  host = `127.0.0.1:${addressOf(server.address()).port}`;
  return { host, requests };
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address;
}
