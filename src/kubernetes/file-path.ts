// Paths of files as text. What a path leads to is for the node to say: nothing here knows of symbolic links.

/** Most paths. Names that begin with a dot are left to be looked at one by one. */
const NORMAL = /^(?:\/[^/.\0][^/\0]*)+$/;

/**
 * An absolute path without `.`, `..` and empty parts, as the kernel would walk it: `/a//b/../c/` is `/a/c`. A relative one
 * begins at the root, where a kubelet and a container runtime stand. It ends at a NUL, as for runtimes that are written in C;
 * others take it for no path at all.
 */
export function normalisePath(path: string): string {
  if (NORMAL.test(path)) return path;
  const parts: string[] = [];
  for (const part of untilNul(path).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** True for a normalised folder and for all that is below it, part by part: `/a` holds `/a/b`, and not `/ab`. */
export function isWithin(path: string, folder: string): boolean {
  if (folder === '/') return true;
  return path.startsWith(folder) && (path.length === folder.length || path[folder.length] === '/');
}

/** What leads from a normalised folder to something within it: `/b` from `/a` to `/a/b`; empty for the folder itself. */
export function pathWithin(path: string, folder: string): string {
  return folder === '/' ? (path === '/' ? '' : path) : path.slice(folder.length);
}

/** The path behind another one, normalised. A step back does not lead out of the first: Kubernetes refuses such a path. */
export function joinPaths(folder: string, path: string): string {
  const below = normalisePath(path);
  return below === '/' ? folder : `${folder === '/' ? '' : folder}${below}`;
}

/**
 * What a path could be meant to look like: in lower case, without what Windows leaves out (the drive, dots and spaces at the end
 * of a name), with its slashes and without percent signs or letters of another width. For lists of what is never allowed.
 */
export function plainPath(path: string): string {
  // Twice, in case it was encoded twice.
  const text = untilNul(decoded(decoded(path.normalize('NFKC'))))
    .replaceAll('\\', '/')
    .toLowerCase();
  const parts = text.replace(/^[a-z]:/, '').split('/');
  return normalisePath(parts.map(withoutTrailingDots).join('/'));
}

function untilNul(text: string): string {
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}

/** `.` and `..` stay what they are. */
function withoutTrailingDots(part: string): string {
  if (part === '.' || part === '..') return part;
  let end = part.length;
  while (end > 0 && (part[end - 1] === '.' || part[end - 1] === ' ')) end--;
  return part.slice(0, end);
}

/** Unchanged where it is not percent-encoded. */
function decoded(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
