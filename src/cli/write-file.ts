// Writes files as a whole: whoever reads one meets the old text or the new one, and never a part.
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from './exit.ts';

/**
 * Writes the text beside the file and renames it. What is not a regular file, such as /dev/stdout or a named pipe, is written
 * to directly; where the path is a link, what it leads to is replaced.
 * @throws UsageError where that fails; the file is then as it was
 */
export function writeWhole(file: string, text: string, cwd: string): void {
  if (file === '') throw new UsageError('an empty path (expected a file to write)');
  const path = resolve(cwd, file);
  try {
    const known = statSync(path, { throwIfNoEntry: false });
    if (known && !known.isFile()) {
      writeFileSync(path, text);
      return;
    }
    const target = known ? realpathSync(path) : path;
    const beside = `${target}.${process.pid}.tmp`;
    try {
      writeFileSync(beside, text, { mode: known ? known.mode : 0o666 });
      renameSync(beside, target);
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
  } catch (error) {
    throw new UsageError(`${file}: ${reasonOfWriting(error)}`);
  }
}

/** Why a file could not be written, in words for the user. */
export function reasonOfWriting(error: unknown): string {
  if (!(error instanceof Error)) return `cannot be written (${String(error)})`;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'cannot be written (its folder does not exist)';
  if (code === 'EISDIR') return 'cannot be written (it is a folder)';
  if (code === 'EACCES' || code === 'EPERM') return 'cannot be written (permission denied)';
  // Node's words without the system call and the path.
  return `cannot be written (${error.message.split(',')[0]})`;
}
