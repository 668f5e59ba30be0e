// Archives written and put together without unpacking: who a file belongs to stays as it is, and nobody has to be root.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const BLOCK = 512;

/** A file, folder or link of an archive. */
export interface Entry {
  readonly path: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly content?: Buffer | string;
  /** For a symbolic link: where it points. */
  readonly link?: string;
  /** File capabilities, as the attribute `security.capability` holds them. */
  readonly capability?: Buffer;
}

/** The blocks of one entry; a path that ends with `/` is a folder. */
export function entryBlocks(entry: Entry): Buffer {
  const { path, uid = 0, gid = 0, link, capability } = entry;
  const content = Buffer.from(entry.content ?? '');
  const isFolder = path.endsWith('/');
  const type = isFolder ? '5' : link === undefined ? '0' : '2';
  const mode = entry.mode ?? (isFolder ? 0o755 : 0o644);
  const body = header({ path, mode, uid, gid, size: content.length, type, link: link ?? '' });
  const blocks = [body, content, padding(content.length)];
  if (capability === undefined) return Buffer.concat(blocks);
  const extra = paxRecord('SCHILY.xattr.security.capability', capability);
  const pax = header({ path: 'pax', mode: 0o644, uid: 0, gid: 0, size: extra.length, type: 'x', link: '' });
  return Buffer.concat([pax, extra, padding(extra.length), ...blocks]);
}

/** What closes an archive. */
export const END_OF_ARCHIVE = Buffer.alloc(2 * BLOCK);

interface Header {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly type: string;
  readonly link: string;
}

function header({ path, mode, uid, gid, size, type, link }: Header): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number): void => {
    block.write(value.toString(8).padStart(length - 1, '0'), at);
  };
  const [name, prefix] = split(path);
  if (Buffer.byteLength(name) > 100 || Buffer.byteLength(link) > 100)
    throw new Error(`too long for an archive: ${path}`);
  block.write(name, 0);
  block.write(prefix, 345);
  octal(mode, 100, 8);
  octal(uid, 108, 8);
  octal(gid, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.fill(' ', 148, 156);
  block.write(type, 156);
  block.write(link, 157);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148);
  return block;
}

/** A path of more than 100 bytes stands in two fields. */
function split(path: string): readonly [string, string] {
  if (Buffer.byteLength(path) <= 100) return [path, ''];
  const slash = path.indexOf('/', path.length - 100);
  return [path.slice(slash + 1), path.slice(0, slash)];
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** "LENGTH KEY=VALUE\n", the length counting itself. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length;
  while (length !== rest.length + String(length).length) length = rest.length + String(length).length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

/** The entries of a Debian package that `wanted` says yes to, as blocks of an archive without an end. */
export async function packageBlocks(file: string, wanted: (path: string) => boolean): Promise<Buffer> {
  const child = spawn('dpkg-deb', ['--fsys-tarfile', file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`dpkg-deb could not read ${file}`);
  return filterBlocks(Buffer.concat(chunks), wanted);
}

function filterBlocks(archive: Buffer, wanted: (path: string) => boolean): Buffer {
  const kept: Buffer[] = [];
  let start = 0;
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length; ) {
    if (archive[at] === 0) break;
    const type = String.fromCharCode(archive[at + 156] ?? 0);
    const size = Number.parseInt(text(archive, at + 124, 12), 8) || 0;
    const next = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'L') longName = text(archive, at + BLOCK, size);
    // These say something of the entry that follows, and stay or go with it.
    if (type !== 'L' && type !== 'K' && type !== 'x') {
      const prefix = text(archive, at + 257, 6) === 'ustar' ? text(archive, at + 345, 155) : '';
      const name = longName ?? (prefix === '' ? '' : `${prefix}/`) + text(archive, at, 100);
      if (wanted(name.replace(/^\.\//, ''))) kept.push(archive.subarray(start, next));
      start = next;
      longName = undefined;
    }
    at = next;
  }
  return Buffer.concat(kept);
}

function text(archive: Buffer, at: number, length: number): string {
  const end = archive.indexOf(0, at);
  return archive.toString('utf8', at, end === -1 || end > at + length ? at + length : end).trim();
}
