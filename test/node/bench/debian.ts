// Packages of Debian, downloaded and unpacked by the machine's own apt and dpkg. Nothing is installed, and nothing of the machine's
// own package database is read or written: apt gets folders of its own.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cached, type Missing } from './cache.ts';
import { onPath, run } from './commands.ts';
import { CannotHaveNode } from './skip.ts';

const SUITE = 'trixie';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const MIRROR = process.env.SANDGATE_DEBIAN_MIRROR || 'http://deb.debian.org/debian';

/** Packages by a word for what they are for. */
export type PackageSets = Readonly<Record<string, readonly string[]>>;

/** Package files by that word. */
export type PackageFiles = Readonly<Record<string, readonly string[]>>;

/**
 * Downloads packages and all that they depend on, once: as they are in Debian's suite on the day that it is done.
 *
 * @throws CannotHaveNode where there is no apt, or it reaches no Debian
 */
export async function debianPackages(sets: PackageSets, missing: Missing): Promise<PackageFiles> {
  const key = createHash('sha256')
    .update(JSON.stringify([SUITE, sets]))
    .digest('hex')
    .slice(0, 16);
  const folder = await cached(`packages-${key}`, missing, (making) => download(making, sets));
  const files: Record<string, readonly string[]> = {};
  for (const name of Object.keys(sets)) {
    const own = await readdir(join(folder, name));
    files[name] = own
      .filter((file) => file.endsWith('.deb'))
      .toSorted()
      .map((file) => join(folder, name, file));
  }
  return files;
}

async function download(folder: string, sets: PackageSets): Promise<void> {
  for (const program of ['apt-get', 'dpkg-deb', 'apt-cache']) {
    if (onPath(program) === undefined) {
      throw new CannotHaveNode(`${program} is not on PATH: QEMU, a kernel and images are made of Debian's packages`);
    }
  }
  if (!existsSync(KEYRING)) throw new CannotHaveNode(`${KEYRING} is missing: install debian-archive-keyring`);
  console.error(`downloading Debian's packages for the node (once; about 150 MB)`);
  const options = await ownApt(join(folder, 'apt'));
  try {
    await run('apt-get', [...options, 'update', '--error-on=any']);
  } catch (error) {
    throw new CannotHaveNode(`apt-get could not read Debian's suite ${SUITE} from ${MIRROR}: ${lastLine(error)}`);
  }
  for (const [name, packages] of Object.entries(sets)) {
    const target = join(folder, name);
    await mkdir(target);
    const wanted = await newest(options, packages);
    try {
      await run('apt-get', [...options, '--yes', '--download-only', 'install', ...wanted]);
    } catch (error) {
      throw new CannotHaveNode(`apt-get could not download ${wanted.join(', ')}: ${lastLine(error)}`);
    }
    const archives = join(folder, 'apt/cache/archives');
    const debs = (await readdir(archives)).filter((file) => file.endsWith('.deb'));
    for (const deb of debs) await rename(join(archives, deb), join(target, basename(deb)));
  }
  await run('rm', ['-r', join(folder, 'apt')]);
}

/** `linux-image-cloud` packages are named by version: their metapackage says which is the newest. */
async function newest(options: readonly string[], packages: readonly string[]): Promise<readonly string[]> {
  const wanted: string[] = [];
  for (const name of packages) {
    if (!name.startsWith('linux-image-')) {
      wanted.push(name);
      continue;
    }
    const said = await run('apt-cache', [...options, 'depends', name]);
    const real = /Depends: (linux-image-\S+)/.exec(said)?.[1];
    if (real === undefined) throw new CannotHaveNode(`Debian's suite ${SUITE} has no ${name}`);
    wanted.push(real);
  }
  return wanted;
}

async function ownApt(folder: string): Promise<readonly string[]> {
  for (const name of ['lists/partial', 'cache/archives/partial', 'state'])
    await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'status'), '');
  await writeFile(join(folder, 'sources.list'), `deb [signed-by=${KEYRING}] ${MIRROR} ${SUITE} main\n`);
  const settings = {
    'Dir::Etc::SourceList': join(folder, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State': join(folder, 'state'),
    'Dir::State::Lists': join(folder, 'lists'),
    // As if nothing were installed: every dependency is wanted.
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Install-Recommends': '0',
    // The user that apt would download as may not write into our folders.
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '20',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

function lastLine(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return said.trimEnd().split('\n').at(-1) ?? '';
}

/** Unpacks package files below a folder. */
export async function unpack(files: readonly string[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of files) await run('dpkg-deb', ['-x', file, folder]);
}
