// QEMU with a stock kernel of Debian, all unpacked and nothing installed, in software emulation: no root and no KVM is needed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startGuard } from '../../cluster/control-plane/guard.ts';
import { startPart } from '../../cluster/control-plane/part.ts';
import { waitFor } from '../../cluster/control-plane/wait-for.ts';
import { cpio } from './cpio.ts';
import { CannotHaveNode } from './skip.ts';

const GUEST = resolve(import.meta.dirname, 'guest');

/** Where the machine finds loopback of the one that it runs on. */
export const OUTSIDE = '10.0.2.2';

/** Folders that packages are unpacked in. */
export interface MachineParts {
  readonly qemu: string;
  readonly kernel: string;
  readonly busybox: string;
}

export interface MachineOptions extends MachineParts {
  readonly disk: string;
  /** Whether what is written to the disk stays. */
  readonly keep: boolean;
  /** An archive that is unpacked over the disk at the start. */
  readonly archive: string;
  readonly initramfs: string;
  readonly memoryMebibytes: number;
  /** Ports of loopback that lead to the same port of the machine. */
  readonly ports?: readonly number[];
}

/** The program and the arguments that start the machine; its console is standard output. */
export async function machineCommand(
  options: MachineOptions,
): Promise<{ readonly file: string; readonly args: string[] }> {
  const { qemu, kernel, disk, keep, archive, initramfs, memoryMebibytes, ports = [] } = options;
  const [image = ''] = (await readdir(join(kernel, 'boot'))).filter((name) => name.startsWith('vmlinuz-'));
  const forwards = ports.map((port) => `,hostfwd=tcp:127.0.0.1:${port}-:${port}`).join('');
  // By the loader of its own C library, which may be newer than this machine's.
  return {
    file: join(qemu, 'usr/lib64/ld-linux-x86-64.so.2'),
    args: [
      '--library-path',
      join(qemu, 'usr/lib/x86_64-linux-gnu'),
      join(qemu, 'usr/bin/qemu-system-x86_64'),
      '-L',
      join(qemu, 'usr/share/qemu'),
      '-L',
      join(qemu, 'usr/share/seabios'),
      '-machine',
      'q35,accel=tcg',
      '-cpu',
      'max',
      '-smp',
      '2',
      '-m',
      `${memoryMebibytes}`,
      '-nodefaults',
      '-display',
      'none',
      '-monitor',
      'none',
      '-serial',
      'stdio',
      '-no-reboot',
      '-kernel',
      join(kernel, 'boot', image),
      '-initrd',
      initramfs,
      '-append',
      'console=ttyS0 quiet panic=-1',
      '-drive',
      `file=${disk},format=raw,if=virtio,cache=unsafe,snapshot=${keep ? 'off' : 'on'}`,
      '-drive',
      `file=${archive},format=raw,if=virtio,readonly=on`,
      '-netdev',
      `user,id=net${forwards}`,
      '-device',
      'virtio-net-pci,netdev=net,romfile=',
    ],
  };
}

/** What the kernel starts from: busybox, the driver of the disk, and a script. */
export async function makeInitramfs({ kernel, busybox }: MachineParts): Promise<Buffer> {
  const driver = await findModule(kernel, 'virtio_blk.ko');
  return cpio([
    ...['bin/', 'proc/', 'dev/', 'new/'].map((path) => ({ path })),
    { path: 'bin/busybox', mode: 0o755, content: await readFile(join(busybox, 'usr/bin/busybox')) },
    { path: 'virtio_blk.ko', content: await unpacked(driver, join(busybox, 'usr/bin/busybox')) },
    { path: 'init', mode: 0o755, content: await readFile(join(GUEST, 'init')) },
  ]);
}

async function findModule(kernel: string, name: string): Promise<string> {
  const folder = join(kernel, 'usr/lib/modules');
  const found = (await readdir(folder, { recursive: true })).find((path) => path.includes(`/${name}`));
  if (found === undefined) throw new CannotHaveNode(`Debian's kernel has no module ${name} where it used to be`);
  return join(folder, found);
}

async function unpacked(module: string, busybox: string): Promise<Buffer> {
  if (!module.endsWith('.xz')) return await readFile(module);
  const child = spawn(busybox, ['xz', '-dc', module], { stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  return Buffer.concat(chunks);
}

/**
 * Runs a machine until it turns itself off, or for so long. Whatever way this process ends, the machine goes with it.
 *
 * @returns what its console said
 */
export async function runMachine(options: MachineOptions, timeoutMs: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-machine-'));
  const guard = startGuard(folder);
  try {
    const machine = await startPart({ name: 'machine', ...(await machineCommand(options)), folder, guard });
    await waitFor(() => machine.hasExited(), { within: timeoutMs, what: 'the machine has turned itself off' }).catch(
      () => machine.kill(),
    );
    return await readFile(join(folder, 'machine.log'), 'utf8');
  } finally {
    await guard.close();
  }
}
