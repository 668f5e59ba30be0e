// The programs that tests start as processes, in bundles made as the shipped one is. Started from its sources, a program has
// to find and compile nine hundred files first: two thirds of the CPU time of a start.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'rolldown';

const ROOT = resolve(import.meta.dirname, '../..');

/** Two folders below the root is where a program in `src` looks for the shipped policies from. */
const CACHE = join(ROOT, '.cache');
const PREFIX = 'programs-';

const SOURCES = {
  /** The command line. */
  sandgate: 'src/main.ts',
  serve: 'test/support/serve.ts',
  'serve-with': 'test/support/serve-with.ts',
};

let built: Promise<string> | undefined;

/** The file to start with Node: the program as its sources are now. Whoever asks first after a change waits for it to be made. */
export async function program(name: keyof typeof SOURCES): Promise<string> {
  built ??= bundle();
  return join(await built, `${name}.js`);
}

async function bundle(): Promise<string> {
  const folder = join(CACHE, PREFIX + fingerprint());
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const outdated = readdirSync(CACHE).filter((name) => name.startsWith(PREFIX));
  const fresh = mkdtempSync(join(CACHE, 'making-'));
  await build({
    cwd: ROOT,
    input: SOURCES,
    platform: 'node',
    logLevel: 'silent',
    output: { dir: fresh, format: 'esm', chunkFileNames: '[name].js' },
  });
  try {
    renameSync(fresh, folder);
  } catch {
    // Another test process was faster.
    rmSync(fresh, { recursive: true });
  }
  for (const name of outdated) rmSync(join(CACHE, name), { recursive: true, force: true });
  return folder;
}

/** Changes with everything that a bundle is made of. */
function fingerprint(): string {
  const files = globSync(['src/**/*.ts', 'test/support/*.ts', 'package-lock.json'], { cwd: ROOT }).toSorted();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex').slice(0, 16);
}
