// A copy of the tree with one more kind of ours: one folder, and one line in the registry.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
const COPIED = ['src', 'scripts', 'charts', 'policies', 'docs', 'package.json', 'tsconfig.json'];
const REGISTRY = 'src/resources/index.ts';

export interface CopiedTree {
  readonly root: string;
  /** The text of a file in it. */
  read(path: string): string;
  /** Runs a program of ours in it with these arguments; what it prints, and its exit code. */
  run(...args: readonly string[]): { readonly code: number | null; readonly stdout: string; readonly stderr: string };
  remove(): void;
}

/** The tree with ProbeKind in it. */
export function treeWithProbeKind(): CopiedTree {
  const root = mkdtempSync(join(tmpdir(), 'sandgate-third-kind-'));
  for (const path of COPIED) cpSync(join(ROOT, path), join(root, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');

  mkdirSync(join(root, 'src/resources/probe-kind'));
  const folder = readFileSync(join(import.meta.dirname, 'probe-kind.txt'), 'utf8');
  writeFileSync(join(root, 'src/resources/probe-kind/index.ts'), folder);
  const registry = read(REGISTRY)
    .replace('import type { OwnKind }', "import { PROBE_KIND } from './probe-kind/index.ts';\nimport type { OwnKind }")
    .replace('CAPABILITY_CLASS];', 'CAPABILITY_CLASS, PROBE_KIND];');
  writeFileSync(join(root, REGISTRY), registry);

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
