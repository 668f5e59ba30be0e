// The disk of the node: its programs, kernel modules and images, made once by a first start and kept in the cache.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { cached, type Missing } from './cache.ts';
import { run } from './commands.ts';
import { debianPackages, type PackageFiles, unpack } from './debian.ts';
import { IMAGE_PACKAGES, makeImages, NODE, pinnedNames } from './images.ts';
import { type MachineParts, makeInitramfs, OUTSIDE, runMachine } from './machine.ts';
import { type NodePrograms, nodePrograms, unpackSeccomp } from './programs.ts';
import { type Registry, startRegistry } from './registry.ts';
import { CannotHaveNode } from './skip.ts';
import { END_OF_ARCHIVE, entryBlocks } from './tar.ts';

const HERE = import.meta.dirname;
const GUEST = resolve(HERE, 'guest');
/** To be counted up where what is put on the disk changes, here or in machine.ts. */
const LAYOUT = 1;
const DISK_BYTES = 24 * 1024 ** 3;
const PREPARE_WITHIN_MS = 900_000;

/** What is downloaded of Debian, by what it is for. */
export const PACKAGES = {
  qemu: ['qemu-system-x86'],
  filesystem: ['e2fsprogs'],
  kernel: ['linux-image-cloud-amd64'],
  busybox: ['busybox-static'],
  seccomp: ['libseccomp-dev'],
  ...IMAGE_PACKAGES,
};

/** All that a node is started from. */
export interface NodeParts extends MachineParts {
  readonly programs: NodePrograms;
  /** The folder in the cache with `disk.raw` and `initramfs`. */
  readonly disk: string;
}

/**
 * Finds or makes the parts of a node. To make them takes as long as docs/testing.md says.
 *
 * @throws CannotHaveNode with what is missing, in the cache or on this machine
 */
export async function nodeParts(missing: Missing): Promise<NodeParts> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new CannotHaveNode(
      `the node's machine is for linux on x64, and this is ${process.platform} on ${process.arch}`,
    );
  }
  const files = await debianPackages(PACKAGES, missing);
  const qemu = await unpackedPackages('qemu', files, missing);
  const filesystem = await unpackedPackages('filesystem', files, missing);
  const busybox = await unpackedPackages('busybox', files, missing);
  const kernel = await unpackedKernel(files, join(busybox, 'usr/bin/busybox'), missing);
  const seccomp = await cached(`seccomp-${keyOf(namesOf(files.seccomp))}`, missing, (folder) =>
    unpackSeccomp(files.seccomp ?? [], folder),
  );
  const programs = await nodePrograms(seccomp, missing);
  const parts = { qemu, kernel, busybox };
  return { ...parts, programs, disk: await disk({ parts, filesystem, programs, files }, missing) };
}

async function unpackedPackages(name: string, files: PackageFiles, missing: Missing): Promise<string> {
  const own = files[name] ?? [];
  return await cached(`${name}-${keyOf(namesOf(own))}`, missing, (folder) => unpack(own, folder));
}

/** The kernel alone, without what it depends on, with the list of which module needs which, which its installation would make. */
async function unpackedKernel(files: PackageFiles, busybox: string, missing: Missing): Promise<string> {
  const own = (files.kernel ?? []).filter((file) => basename(file).startsWith('linux-image-'));
  return await cached(`kernel-${keyOf(['depmod', ...namesOf(own)])}`, missing, async (folder) => {
    await unpack(own, folder);
    const [version = ''] = await readdir(join(folder, 'usr/lib/modules'));
    await run(busybox, ['depmod', '-b', join(folder, 'usr'), version]);
  });
}

interface DiskSources {
  readonly parts: MachineParts;
  readonly filesystem: string;
  readonly programs: NodePrograms;
  readonly files: PackageFiles;
}

async function disk(sources: DiskSources, missing: Missing): Promise<string> {
  const { programs, files } = sources;
  const ours = ['images.ts', 'tar.ts', 'oci.ts', 'guest/prepare', 'guest/init', 'guest/dockerd-entrypoint.sh'];
  const texts = await Promise.all(ours.map((name) => readFile(join(HERE, name), 'utf8')));
  const names = await pinnedNames();
  const key = keyOf([
    LAYOUT,
    ...texts,
    programs.guest,
    programs.cniPlugins,
    names,
    // Which Node Sandgate's own image has.
    await readFile(join(dirname(dirname(NODE)), 'package.json'), 'utf8'),
    ...Object.values(files).map(namesOf),
  ]);
  return await cached(`disk-${key}`, missing, (folder) => prepare(folder, sources));
}

/** An empty file system, an archive of what belongs on it, and one start that unpacks it and imports the images. */
async function prepare(folder: string, sources: DiskSources): Promise<void> {
  const { parts, filesystem } = sources;
  const started = Date.now();
  console.error('preparing the disk of the node (once; 2 to 3 minutes on two cores)');
  const [image, archive, initramfs] = ['disk.raw', 'archive.tar', 'initramfs'].map((name) => join(folder, name));
  if (image === undefined || archive === undefined || initramfs === undefined) throw new Error('unreachable');
  await writeFile(initramfs, await makeInitramfs(parts));
  await writeFile(image, '');
  await truncate(image, DISK_BYTES);
  const loader = ['usr/lib64/ld-linux-x86-64.so.2', 'usr/lib/x86_64-linux-gnu'].map((path) => join(filesystem, path));
  const mke2fs = join(filesystem, 'usr/sbin/mke2fs');
  const quietly = ['-q', '-t', 'ext4', '-E', 'lazy_itable_init=1,lazy_journal_init=1', image];
  await run(loader[0] ?? '', ['--library-path', loader[1] ?? '', mke2fs, ...quietly]);
  const busybox = join(parts.busybox, 'usr/bin/busybox');
  const { docker = [], tools = [], own = [] } = sources.files;
  const registry = await startRegistry(await makeImages({ busybox, packages: { docker, tools, own } }));
  await writeArchive(archive, sources, await pulls(registry));
  const machine = { ...parts, disk: image, keep: true, archive, initramfs, memoryMebibytes: 4096 };
  let said: string;
  try {
    said = await runMachine(machine, PREPARE_WITHIN_MS);
  } finally {
    await registry.stop();
  }
  if (!said.includes('SANDGATE prepared')) {
    const end = said.trimEnd().split('\n').slice(-30).join('\n');
    throw new Error(`the node's machine did not prepare its disk. The end of what it said:\n${end}`);
  }
  await rm(archive);
  console.error(`prepared the disk of the node in ${Math.round((Date.now() - started) / 1000)} s`);
}

/** One line for each image: where it is pulled from, and the names that it gets. */
async function pulls({ port, served }: Registry): Promise<string> {
  const pinned = new Map(await pinnedNames());
  const lines = [...served].map(([name, at]) => {
    const other = pinned.get(name);
    return [`${OUTSIDE}:${port}/${at}`, name, ...(other === undefined ? [] : [other])].join(' ');
  });
  return `${lines.join('\n')}\n`;
}

async function writeArchive(path: string, { parts, programs }: DiskSources, images: string): Promise<void> {
  const output = createWriteStream(path);
  const write = async (blocks: Buffer): Promise<void> => {
    if (!output.write(blocks)) await once(output, 'drain');
  };
  const put = (to: string, content: Buffer | string, mode = 0o644): Promise<void> =>
    write(entryBlocks({ path: to, mode, content }));
  await put('bin/busybox', await readFile(join(parts.busybox, 'usr/bin/busybox')), 0o755);
  for (const [name, file] of Object.entries(programs.guest)) await put(`usr/bin/${name}`, await readFile(file), 0o755);
  for (const [name, file] of Object.entries(programs.cniPlugins)) {
    await put(`opt/cni/bin/${name}`, await readFile(file), 0o755);
  }
  const modules = join(parts.kernel, 'usr/lib/modules');
  for (const file of await readdir(modules, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const from = join(file.parentPath, file.name);
    await put(`lib/modules/${from.slice(modules.length + 1)}`, await readFile(from));
  }
  for (const [to, content] of Object.entries(await nodeFiles('prepare'))) await put(to, content);
  await put('images', images);
  await write(END_OF_ARCHIVE);
  output.end();
  await once(output, 'close');
}

/** The files of a start: its scripts and the configuration, by where they go. */
export async function nodeFiles(start: 'prepare' | 'run'): Promise<Readonly<Record<string, string>>> {
  return {
    'etc/node/start': await guestFile(start),
    'etc/node/mounts': await guestFile('mounts'),
    'etc/node/containerd.toml': await guestFile('containerd.toml'),
    'etc/cni/net.d/10-pods.conflist': await guestFile('pods.conflist'),
    'etc/resolv.conf': 'nameserver 10.0.2.3\n',
    'etc/hosts': '127.0.0.1 localhost\n',
    'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
    'etc/group': 'root:x:0:\n',
  };
}

function guestFile(name: string): Promise<string> {
  return readFile(join(GUEST, name), 'utf8');
}

function keyOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

function namesOf(files: readonly string[] | undefined): readonly string[] {
  return (files ?? []).map((file) => basename(file));
}
