// The users and groups of an image, by /etc/passwd and /etc/group in its layers.
import { PassThrough, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { extract } from 'tar-stream';
import { type JsonObject, stringField } from '../../model/json.ts';
import { descriptorDigest, layersOf, type Repository } from './client.ts';
import { RegistryError } from './http.ts';

/** Of a layer as it is stored, and as it is unpacked: what is larger is not looked through. */
const MOST_LAYER_BYTES = 512 * 1024 * 1024;
const MOST_UNPACKED_BYTES = 4 * 1024 * 1024 * 1024;
const MOST_FILE_BYTES = 1024 * 1024;

/** Numbers by name. */
export interface Accounts {
  readonly users: ReadonlyMap<string, number>;
  readonly groups: ReadonlyMap<string, number>;
  /** Why not all layers could be looked through. */
  readonly why: string | undefined;
}

const FILES = ['etc/passwd', 'etc/group'] as const;
type FileName = (typeof FILES)[number];

/** What a layer says of the files: their text, or that they are gone. */
type Found = Map<FileName, string | undefined>;

/**
 * Reads the files from the layers, from the highest down: what is in it counts.
 * @throws RegistryError where a layer cannot be had
 */
export async function accountsIn(manifest: JsonObject, repository: Repository): Promise<Accounts> {
  const found: Found = new Map();
  let why: string | undefined;
  for (const layer of layersOf(manifest).toReversed()) {
    if (FILES.every((file) => found.has(file))) break;
    const digest = descriptorDigest(layer);
    const size = typeof layer.size === 'number' ? layer.size : Infinity;
    const unpack = unpackerOf(stringField(layer, 'mediaType') ?? '');
    if (digest === undefined || unpack === 'unknown' || size > MOST_LAYER_BYTES) {
      // A lower layer may be out of date by what this one says.
      why = 'one of its layers is too large, or of a kind that is not known here';
      break;
    }
    const inLayer = await readLayer(repository, digest, unpack);
    for (const [file, text] of inLayer) if (!found.has(file)) found.set(file, text);
  }
  return { users: numbersIn(found.get('etc/passwd')), groups: numbersIn(found.get('etc/group')), why };
}

/** `name:x:1000:…`, as both files have it. */
function numbersIn(text: string | undefined): ReadonlyMap<string, number> {
  const lines = (text ?? '').split('\n').map((line) => line.split(':'));
  const valid = lines.flatMap(([name = '', , id = '']): [string, number][] =>
    /^\d+$/.test(id) ? [[name, Number(id)]] : [],
  );
  // The first line of a name counts.
  return new Map(valid.toReversed());
}

function unpackerOf(mediaType: string): (() => Transform) | undefined | 'unknown' {
  if (/[+.]gzip$/.test(mediaType)) return createGunzip;
  if (/[+.]zstd$/.test(mediaType)) return createZstdDecompress;
  return /[.]tar$|^application\/vnd\.oci\.image\.layer\.v1\.tar$/.test(mediaType) ? undefined : 'unknown';
}

async function readLayer(
  repository: Repository,
  digest: string,
  unpack: (() => Transform) | undefined,
): Promise<Found> {
  const found: Found = new Map();
  const tar = extract();
  tar.on('entry', (header, stream, next) => {
    const path = header.name.replace(/^(?:\.?\/)+/, '');
    const file = FILES.find((name) => name === path);
    for (const name of FILES) {
      const [folder = '', base = ''] = name.split('/');
      if (path === `${folder}/.wh.${base}` || path === `${folder}/.wh..wh..opq` || path === `.wh.${folder}`)
        found.set(name, found.get(name));
    }
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk) => {
      if (file === undefined || !(chunk instanceof Uint8Array)) return;
      size += chunk.length;
      if (size <= MOST_FILE_BYTES) chunks.push(Buffer.from(chunk));
    });
    stream.on('end', () => {
      // A link could lead anywhere: what it leads to is not known.
      if (file !== undefined) found.set(file, header.type === 'file' ? Buffer.concat(chunks).toString() : undefined);
      next();
    });
    stream.on('error', next);
  });
  const blob = await repository.stream(digest);
  try {
    await pipeline(blob, unpack?.() ?? new PassThrough(), bounded, tar);
  } catch (error) {
    if (error instanceof RegistryError) throw error;
    throw new RegistryError(
      `${repository.name}@${digest}: not a layer (${error instanceof Error ? error.message : String(error)})`,
    );
  }
  return found;
}

/** A small layer can be enormous when it is unpacked. */
async function* bounded(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > MOST_UNPACKED_BYTES) throw new RegistryError('a layer is too large when it is unpacked');
    yield chunk;
  }
}
