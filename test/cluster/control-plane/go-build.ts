// Builds Go programs from their sources into a cache outside the checkout, once for each version of those sources.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const PROGRESS_EVERY_MS = 30_000;

/** A folder with a go.mod, and what to build of it. */
export interface GoModule {
  readonly folder: string;
  /** Import paths, or `./` for the module's own. */
  readonly packages: readonly string[];
  /** What a package's program is called, where that is not the last word of its path. */
  readonly names?: Readonly<Record<string, string>>;
  readonly ldflags?: string;
  /** Build tags. */
  readonly tags?: readonly string[];
  /** For the build, beside this process's own; there is no C compiler in it unless it says `CGO_ENABLED: '1'`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Builds the packages' tests (`go test -c`) instead of the packages. */
  readonly test?: boolean;
  /** The folder of the cache; `cluster` by default. */
  readonly cache?: string;
  /** By name, how many seconds a cold build may take on two cores; printed so that nobody thinks it hangs. */
  readonly coldSeconds?: Readonly<Record<string, number>>;
}

interface Plan {
  readonly name: string;
  readonly target: string;
  readonly args: readonly string[];
}

/**
 * Builds the module's packages where the cache does not have them, and says so on stderr.
 *
 * @returns the path of each program by its name
 * @throws Error where there is no Go, with what to install; where the build fails, with the compiler's words
 */
export async function buildGo(module: GoModule): Promise<Readonly<Record<string, string>>> {
  const go = findGo();
  const sources = await sourcesOf(go, module);
  const built: Record<string, string> = {};
  for (const path of module.packages) {
    const plan = planOf(module, path, sources);
    if (!existsSync(plan.target)) await build(go, module, plan);
    built[plan.name] = plan.target;
  }
  return built;
}

/** Whether the cache has all of the module's programs. Builds nothing; needs the go command, whose version counts. */
export async function isBuilt(module: GoModule): Promise<boolean> {
  const sources = await sourcesOf(findGo(), module);
  return module.packages.every((path) => existsSync(planOf(module, path, sources).target));
}

/** Where built programs are kept: outside the checkout, so that a clean clone finds them again. */
export function cacheFolder(name = 'cluster'): string {
  const { SANDGATE_CACHE, XDG_CACHE_HOME } = process.env;
  const root = SANDGATE_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'sandgate');
  return join(root, name);
}

/**
 * The go command in the first of these folders that has it: those of PATH, and where Go's own archive is unpacked.
 *
 * @throws Error where none does, with what to install or set
 */
export function findGo(folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/go/bin']): string {
  const found = folders.map((folder) => join(folder, 'go')).find((path) => existsSync(path));
  if (found) return found;
  throw new Error(
    'the cluster tests need etcd and kube-apiserver: install Go 1.26 or newer (https://go.dev/dl) and they are built once, ' +
      'or set KUBEBUILDER_ASSETS to a folder that has them (setup-envtest use 1.37 -p path prints one)',
  );
}

/** What a program is built from, beside its own path and flags: another one has another place in the cache. */
async function sourcesOf(go: string, { folder }: GoModule): Promise<string> {
  const [sources, environment] = await Promise.all([hashSources(folder), goEnvironment(go, folder)]);
  return `${sources}\n${environment}`;
}

function planOf(module: GoModule, path: string, sources: string): Plan {
  const name = module.names?.[path] ?? lastWord(path);
  const verb = module.test === true ? ['test', '-c'] : ['build'];
  const flags = ['-trimpath', '-buildvcs=false', ...(module.ldflags ? ['-ldflags', module.ldflags] : [])];
  if (module.tags !== undefined) flags.push('-tags', module.tags.join(','));
  const args = [...verb, ...flags];
  const key = createHash('sha256')
    .update([sources, path, name, ...args].join('\n'))
    .digest('hex')
    .slice(0, 16);
  return { name, target: join(cacheFolder(module.cache), key, name), args: [...args, '-o', name, path] };
}

/** `go.etcd.io/etcd/server/v3` is "server": a major version names nothing. */
function lastWord(path: string): string {
  const words = path.split('/').filter((word) => word !== '.' && word !== '' && !/^v\d+$/.test(word));
  return words.at(-1) ?? 'main';
}

async function hashSources(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true });
  const sources = entries.filter((name) => /(?:\.go|(?:^|[/\\])go\.(?:mod|sum))$/.test(name)).toSorted();
  const hash = createHash('sha256');
  for (const name of sources)
    hash
      .update(`${name}\0`)
      .update(await readFile(join(folder, name)))
      .update('\0');
  return hash.digest('hex');
}

async function goEnvironment(go: string, cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(go, ['env', 'GOVERSION', 'GOOS', 'GOARCH', 'GOFLAGS'], { cwd });
  return stdout;
}

/** Into a folder of its own, then renamed: nobody ever sees half a program, and of two builders the second loses nothing. */
async function build(go: string, module: GoModule, plan: Plan): Promise<void> {
  const final = dirname(plan.target);
  await mkdir(dirname(final), { recursive: true });
  const folder = await mkdtemp(`${final}.building-`);
  const args = plan.args.map((arg) => (arg === plan.name ? join(folder, plan.name) : arg));
  try {
    await run(go, args, module, plan.name);
    await rename(folder, final).catch((error: unknown) => {
      if (!existsSync(plan.target)) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(go: string, args: readonly string[], module: GoModule, name: string): Promise<void> {
  const started = Date.now();
  const seconds = (): number => Math.round((Date.now() - started) / 1000);
  const cold = module.coldSeconds?.[name];
  const expected = cold === undefined ? '' : `; up to ${cold} s on two cores when nothing is compiled yet`;
  console.error(`building ${name} from source (once${expected})`);
  const progress = setInterval(() => console.error(`building ${name}: ${seconds()} s so far`), PROGRESS_EVERY_MS);
  const env = { ...process.env, CGO_ENABLED: '0', ...module.environment };
  const child = spawn(go, args, { cwd: module.folder, env, stdio: ['ignore', 'inherit', 'pipe'] });
  // Ctrl-C in a terminal reaches the compiler too; whatever else ends this process must not leave it to itself.
  const end = (): void => void child.kill();
  process.once('exit', end);
  try {
    const { code, said } = await ended(child);
    if (code !== 0) throw new Error(`go ${args.join(' ')} (in ${module.folder}) failed:\n${said.trim()}`);
  } finally {
    clearInterval(progress);
    process.off('exit', end);
  }
  console.error(`built ${name} in ${seconds()} s`);
}

async function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly said: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  const said: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
  child.on('error', reject);
  child.on('close', resolve);
  const code = await promise;
  return { code, said: Buffer.concat(said).toString('utf8') };
}
