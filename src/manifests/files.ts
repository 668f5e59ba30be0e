// The edge of this room, where files are found and read: everything beside it is pure.
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { sortBytewise } from '../model/text.ts';
import { decodeText } from './decode.ts';
import { IGNORE_FILE, type Ignores, ignoreLines, ignoring } from './ignore.ts';

/** A file that was read, by the name the user knows it by. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** Manifests by the names they have below a folder, and what could not be looked into. */
export interface FoundFiles {
  readonly files: readonly string[];
  /** The path of the folder itself is empty. */
  readonly unreadable: readonly { readonly path: string; readonly error: unknown }[];
}

/** What in a folder is passed over. Folders whose names begin with a dot always are, and `node_modules`. */
export interface Passing {
  readonly hiddenFiles: boolean;
  /** Folders by their names. */
  readonly folders: ReadonlySet<string>;
  /** Patterns, after those of the {@link IGNORE_FILE} in the folder; where absent, that file is not read either. */
  readonly ignore?: readonly string[];
}

/** Where npm puts other people's files. */
const PACKAGES = 'node_modules';

const EXTENSIONS = new Set(['.yaml', '.yml', '.json']);

/**
 * The text of a file that somebody named, whatever kind of file it is.
 * @throws Error where it cannot be read; {@link reasonOf} has the words
 */
export function readText(path: string): string {
  return decodeText(readFileSync(path));
}

/**
 * Every regular .yaml, .yml and .json file below a folder, in bytewise order of paths. Links are followed: a mounted
 * ConfigMap keeps its real files in a hidden folder, behind links.
 */
export function findManifests(folder: string, passing: Passing): FoundFiles {
  const files: string[] = [];
  const unreadable: { readonly path: string; readonly error: unknown }[] = [];
  /** Real paths: links can lead in circles. */
  const seen = new Set<string>();
  const attempt = (path: string, read: () => void): void => {
    try {
      read();
    } catch (error) {
      unreadable.push({ path, error });
    }
  };
  let ignores: Ignores = ignoring([]);
  const walk = (below: string): void => {
    const real = realpathSync(join(folder, below));
    if (seen.has(real)) return;
    seen.add(real);
    for (const name of sortBytewise(readdirSync(real))) {
      const path = below === '' ? name : `${below}/${name}`;
      attempt(path, () => visit(path, name));
    }
  };
  const visit = (path: string, name: string): void => {
    const isHidden = name.startsWith('.');
    if (isHidden && passing.hiddenFiles) return;
    const isManifest = EXTENSIONS.has(extname(name));
    if (isManifest && ignores(path, false)) return;
    const stats = statSync(join(folder, path), { throwIfNoEntry: isManifest });
    if (stats?.isDirectory()) {
      if (!isHidden && name !== PACKAGES && !passing.folders.has(name) && !ignores(path, true)) walk(path);
    } else if (isManifest) {
      // A pipe or a device might never end, and the user did not name it.
      if (!stats?.isFile()) throw new Error('not a regular file');
      files.push(path);
    }
  };
  const patterns = passing.ignore;
  if (patterns) attempt(IGNORE_FILE, () => (ignores = ignoring([...ignoreFileOf(folder), ...patterns])));
  attempt('', () => walk(''));
  return { files: sortBytewise(files), unreadable };
}

function ignoreFileOf(folder: string): readonly string[] {
  const path = join(folder, IGNORE_FILE);
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? ignoreLines(readText(path)) : [];
}

/** Why a file or folder could not be read, in words for the user. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error)) return error.message;
  if (error.code === 'ENOENT') return 'no such file or folder';
  if (error.code === 'EACCES') return 'permission denied';
  if (error.code === 'ELOOP') return 'links to itself';
  // Node's words without the system call and the path.
  return `cannot be read (${error.message.split(',')[0]})`;
}
