// This repository as others have it: without node_modules, and with a bundle. The bundle here is one line that runs the sources.
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';

export const ROOT = resolve(import.meta.dirname, '../..');

/** A folder with what an action, a hook or a package is run from. */
export function installed(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-installed-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of ['bin', 'scripts']) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  mkdirSync(join(folder, 'dist'));
  writeFileSync(
    join(folder, 'dist/sandgate.js'),
    `await import('${pathToFileURL(join(ROOT, 'src/main.ts')).href}');\n`,
  );
  return folder;
}
