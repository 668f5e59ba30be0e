// The distribution registry, built from source, on a free port of loopback; and the images that are put into it.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Image } from '../../cli/users/registry.ts';
import { freePorts } from '../control-plane/free-ports.ts';
import { buildGo } from '../control-plane/go-build.ts';
import { startGuard } from '../control-plane/guard.ts';
import { startPart, untilReady } from '../control-plane/part.ts';

/** The password is `secret`. The registry takes bcrypt and nothing else. */
const HTPASSWD = 'ana:$2a$04$qCELT3k5Se/xzj9CAe6kVem//dX7yCK59REr1xCuPxFGVHGUvudPS\n';
export const LOGIN = 'ana:secret';
const READY_WITHIN_MS = 30_000;

export interface RealRegistry {
  /** `127.0.0.1:34567`. */
  readonly host: string;
  /** Puts an image into a repository under a tag. */
  push(name: string, tag: string, image: Image): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one that wants a password. */
export async function startRegistry(): Promise<RealRegistry> {
  const built = await buildGo({
    folder: resolve(import.meta.dirname, '../binaries/registry'),
    packages: ['./'],
    names: { './': 'registry' },
    ldflags: '-s -w',
    coldSeconds: { registry: 60 },
  });
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-registry-'));
  const guard = startGuard(folder);
  try {
    const [port = 0] = await freePorts(1);
    const host = `127.0.0.1:${port}`;
    writeFileSync(join(folder, 'htpasswd'), HTPASSWD);
    writeFileSync(join(folder, 'config.json'), JSON.stringify(configOf(host, folder)));
    const file = built.registry ?? '';
    const part = await startPart({ name: 'registry', file, args: ['serve', 'config.json'], folder, guard });
    await untilReady(part, () => answers(host), READY_WITHIN_MS);
    return {
      host,
      push: (name, tag, image) => push(host, name, tag, image),
      async stop() {
        await part.kill();
        await guard.close();
      },
    };
  } catch (error) {
    await guard.close();
    throw error;
  }
}

function configOf(addr: string, folder: string): object {
  return {
    version: 0.1,
    log: { level: 'error' },
    storage: { inmemory: {} },
    http: { addr },
    auth: { htpasswd: { realm: 'tests', path: join(folder, 'htpasswd') } },
  };
}

async function answers(host: string): Promise<boolean> {
  try {
    return (await fetch(`http://${host}/v2/`)).status === 401;
  } catch {
    return false;
  }
}

const AUTHORIZATION = { authorization: `Basic ${Buffer.from(LOGIN).toString('base64')}` };

async function push(host: string, name: string, tag: string, image: Image): Promise<void> {
  const base = `http://${host}/v2/${name}`;
  const manifests = image.blobs.filter(({ bytes }) => isManifest(bytes));
  for (const { digest, bytes } of image.blobs.filter((blob) => !manifests.includes(blob))) {
    const begun = await fetch(`${base}/blobs/uploads/`, { method: 'POST', headers: AUTHORIZATION });
    const upload = new URL(begun.headers.get('location') ?? '', base);
    upload.searchParams.set('digest', digest);
    await put(upload.href, bytes, 'application/octet-stream');
  }
  for (const { digest, bytes } of manifests) await put(`${base}/manifests/${digest}`, bytes, typeOf(bytes));
  await put(`${base}/manifests/${tag}`, image.manifest.bytes, image.mediaType);
}

async function put(url: string, bytes: Buffer, type: string): Promise<void> {
  const answer = await fetch(url, {
    method: 'PUT',
    headers: { ...AUTHORIZATION, 'content-type': type },
    body: new Uint8Array(bytes),
  });
  if (answer.status !== 201) throw new Error(`PUT ${url}: ${answer.status} ${await answer.text()}`);
}

function isManifest(bytes: Buffer): boolean {
  return bytes.subarray(0, 17).toString() === '{"schemaVersion":';
}

function typeOf(bytes: Buffer): string {
  return /"mediaType":"([^"]+)"/.exec(bytes.toString())?.[1] ?? '';
}
