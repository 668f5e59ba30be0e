// A copy of the tree with something added to it, as somebody who contributes it would: files of its own below
// test/additions, each with `.txt` behind its name, and one line in an index (with its import).
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const ADDITIONS = join(ROOT, 'test/additions');
const COPIED = [
  'src',
  'scripts',
  'playground',
  'charts',
  'policies',
  'docs',
  'examples',
  'package.json',
  'tsconfig.json',
];

/** Something that is added: the name of its folder in test/additions, and its line in an index. */
export interface Addition {
  readonly name: string;
  /** The file that lists what there is. */
  readonly index: string;
  /** The line that imports it there. */
  readonly import: string;
  /** The last entry of the list, as it stands there, and the new one that goes behind it. */
  readonly after: string;
  readonly entry: string;
}

/** A temporary copy of the tree. */
export interface CopiedTree {
  readonly root: string;
  /** The text of a file in it. */
  read(path: string): string;
  /** Runs Node in it with these arguments: what it prints, and its exit code. */
  run(...args: readonly string[]): { readonly code: number | null; readonly stdout: string; readonly stderr: string };
  remove(): void;
}

/**
 * Copies the tree and adds to it.
 * @param more files and folders to copy beside those of the program, such as `test`
 */
export function copiedTree(additions: readonly Addition[], more: readonly string[] = []): CopiedTree {
  const root = mkdtempSync(join(tmpdir(), 'sandgate-additions-'));
  for (const path of [...COPIED, ...more]) cpSync(join(ROOT, path), join(root, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  for (const { name, index, import: line, after, entry } of additions) {
    for (const file of globSync('**/*.txt', { cwd: join(ADDITIONS, name) })) {
      const target = join(root, file.slice(0, -'.txt'.length));
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(ADDITIONS, name, file), target);
    }
    const text = read(index);
    if (text.split(after).length !== 2) throw new Error(`${index} has not exactly one ${JSON.stringify(after)}`);
    const first = text.search(/^import /m);
    const listed = text.replace(after, `${after}${entry}`);
    writeFileSync(join(root, index), `${listed.slice(0, first)}${line}\n${listed.slice(first)}`);
  }
  return {
    root,
    read,
    run(...args) {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
      return { code: status, stdout, stderr };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
