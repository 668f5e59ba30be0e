// The image of this checkout, built by the Dockerfile on stand-in bases.
import { resolve } from 'node:path';
import { makeNodeBase, makeRunBase } from './bases.ts';
import { succeed } from './commands.ts';
import type { Engine } from './engine.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Builds it and returns its name in the engine's store. */
export async function buildImage(engine: Engine, revision: string): Promise<string> {
  const tag = 'localhost/sandgate';
  const bases = [`NODE_IMAGE=${await makeNodeBase(engine)}`, `RUN_IMAGE=${await makeRunBase(engine)}`];
  const args = [...bases, `REVISION=${revision}`].flatMap((arg) => ['--build-arg', arg]);
  // What npm has fetched before, it need not fetch again.
  const cache = (await succeed('npm', ['config', 'get', 'cache'])).trim();
  await engine.buildah(['bud', '--isolation=chroot', '--volume', `${cache}:/root/.npm`, ...args, '-t', tag, ROOT]);
  return tag;
}
