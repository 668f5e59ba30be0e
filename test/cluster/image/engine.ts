// buildah and podman over a store of their own: no image or container of this machine is seen or left behind.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandOptions, type Finished, isInstalled, run, succeed } from './commands.ts';

const PROGRAMS = ['buildah', 'podman', 'runc', 'apt-get', 'dpkg-deb'];

/** Why images can not be built and run on this machine, in a sentence; undefined where they can. */
export async function whyNoImages(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'images are built here on linux-x64 only';
  if (process.getuid?.() !== 0) return 'images are built here as root only';
  const missing = PROGRAMS.filter((program) => !isInstalled(program));
  if (missing.length > 0) return `not installed: ${missing.join(', ')} (Debian: apt-get install buildah podman runc)`;
  const engine = openEngine();
  try {
    const { code, stderr } = await engine.tryBuildah(['from', '--name', 'probe', 'scratch']);
    return code === 0 ? undefined : `buildah does not work: ${stderr.trim().split('\n').at(-1)}`;
  } finally {
    await engine.close();
  }
}

/** A store of images and containers in a temporary folder. */
export interface Engine {
  readonly folder: string;
  /** Runs buildah, which has to succeed; returns its standard output. */
  buildah(args: readonly string[], options?: CommandOptions): Promise<string>;
  tryBuildah(args: readonly string[]): Promise<Finished>;
  podman(args: readonly string[], options?: CommandOptions): Promise<Finished>;
  /** What has to stand before the arguments of a podman that one starts oneself. */
  readonly podmanOptions: readonly string[];
  /** Ends all containers, and removes the store. */
  close(): Promise<void>;
}

export function openEngine(): Engine {
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-image-'));
  const store = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run'), '--storage-driver', 'overlay'];
  // crun wants cgroups v2, and there may be neither systemd nor a journal.
  const quiet = ['--cgroup-manager=cgroupfs', '--events-backend=file', '--runtime=runc', `--tmpdir=${folder}/tmp`];
  const podmanOptions = [...store, ...quiet];
  return {
    folder,
    podmanOptions,
    buildah: (args, options) => succeed('buildah', [...store, ...args], options),
    tryBuildah: (args) => run('buildah', [...store, ...args]),
    podman: (args, options) => run('podman', [...podmanOptions, ...args], options),
    async close() {
      await run('podman', [...podmanOptions, 'rm', '--all', '--force', '--time=0']);
      await run('podman', [...podmanOptions, 'image', 'unmount', '--all', '--force']);
      await run('buildah', [...store, 'rm', '--all']);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
