// The archive that a kernel starts from (an initramfs, in cpio's newc form).

/** A file, folder or link of it; a path that ends with `/` is a folder. */
export interface CpioEntry {
  readonly path: string;
  readonly content?: Buffer | string;
  readonly link?: string;
  readonly mode?: number;
}

const FOLDER = 0o040_000;
const FILE = 0o100_000;
const LINK = 0o120_000;

/** Puts an initramfs together. */
export function cpio(entries: readonly CpioEntry[]): Buffer {
  return Buffer.concat([...entries, { path: 'TRAILER!!!' }].map((entry, index) => one(entry, index + 1)));
}

function one({ path, content, link, mode }: CpioEntry, inode: number): Buffer {
  const isFolder = path.endsWith('/');
  const name = Buffer.from(`${isFolder ? path.slice(0, -1) : path}\u0000`);
  const data = Buffer.from(link ?? content ?? '');
  const kind = isFolder ? FOLDER : link === undefined ? FILE : LINK;
  const fields = [
    inode,
    kind | (mode ?? (isFolder ? 0o755 : 0o644)),
    0,
    0,
    1,
    0,
    data.length,
    0,
    0,
    0,
    0,
    name.length,
    0,
  ];
  const head = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return Buffer.concat([head, name, fill(head.length + name.length), data, fill(data.length)]);
}

function fill(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}
