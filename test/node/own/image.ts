// Sandgate's own image for the node: what the Dockerfile copies together, on Debian's packages, served by a registry on loopback.
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { inject } from 'vitest';
import { run } from '../bench/commands.ts';
import { debianPackages } from '../bench/debian.ts';
import { PACKAGES } from '../bench/disk.ts';
import { ownBase } from '../bench/images.ts';
import { REGISTRY, REGISTRY_PORT_LABEL } from '../bench/node.ts';
import { imageSet, type Layer } from '../bench/oci.ts';
import { type Registry, startRegistry } from '../bench/registry.ts';
import { entryBlocks } from '../bench/tar.ts';
import { kubectlOk } from '../support/cluster.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const DOCKERFILE = join(ROOT, 'Dockerfile');

export interface OwnImage {
  /** `registry/repository:tag`. */
  readonly name: string;
  stop(): Promise<void>;
}

/** Builds the program and serves its image until it is stopped. */
export async function serveOwnImage(): Promise<OwnImage> {
  await run(join(ROOT, 'node_modules/.bin/rolldown'), ['-c', 'rolldown.config.js'], ROOT);
  const { own = [] } = await debianPackages(PACKAGES, 'skip');
  const layers = [await ownBase(own), await program()];
  const label = REGISTRY_PORT_LABEL.replaceAll('.', String.raw`\.`);
  const port = Number(await kubectlOk(['get', 'nodes', '-o', `jsonpath={.items[0].metadata.labels.${label}}`]));
  const registry: Registry = await startRegistry([imageSet(layers, [{ name: 'own', config: await config() }])], port);
  return { name: `${REGISTRY}/${registry.served.get('own')}`, stop: () => registry.stop() };
}

/** Readable by any user and writable by none. */
async function program(): Promise<Layer> {
  const blocks: Buffer[] = [];
  for (const folder of ['dist', 'policies']) {
    for (const file of await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!file.isFile() || file.parentPath.includes('dist/library')) continue;
      const from = join(file.parentPath, file.name);
      blocks.push(entryBlocks({ path: `app${from.slice(ROOT.length)}`, content: await readFile(from) }));
    }
  }
  const about = { path: 'app/package.json', content: await readFile(join(ROOT, 'package.json')) };
  return [...blocks, entryBlocks(about)];
}

/** What the Dockerfile says of how the image runs. */
async function config(): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(DOCKERFILE, 'utf8');
  const said = (instruction: string): string => new RegExp(`^${instruction} (.*)$`, 'm').exec(text)?.[1] ?? '';
  const environment = [...said('ENV').matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)].map(
    ([, name = '', quoted, plain]) => `${name}=${quoted ?? plain ?? ''}`,
  );
  const entrypoint: unknown = JSON.parse(said('ENTRYPOINT'));
  return { Entrypoint: entrypoint, Env: environment, User: said('USER'), WorkingDir: said('WORKDIR') };
}

/** Whether there is a node of ours. */
export function hasOwnNode(): boolean {
  const provided = inject('node');
  return provided.missing === undefined && !provided.isForeign;
}
