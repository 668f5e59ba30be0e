// Patterns for images as other tools write them. They compare the text of the image, with its tag; Sandgate compares the
// repository, so that nginx, docker.io/nginx and docker.io/library/nginx are one.
import { readImageEntry } from '../../policy/exception-entry.ts';

/**
 * Our patterns for what a pattern of another tool matches, in which `*` stands for any characters, slashes and colons too. A
 * pattern without a star is one text: without a tag it stands for `latest`. Undefined where there is no such pattern.
 */
export function imagePattern(pattern: string): string | undefined {
  const ours = translated(pattern.trim());
  return ours === undefined || readImageEntry(ours).fault !== undefined ? undefined : ours;
}

function translated(pattern: string): string | undefined {
  if (pattern === '*' || pattern === '?*') return '**';
  if (!pattern.includes('*')) return pattern.includes('?') ? undefined : withTag(pattern);
  // `nginx:*` and `nginx*`: every tag.
  const anyTag = pattern.replace(/:\*$/, '').replace(/@\*$/, '');
  if (anyTag !== pattern && !anyTag.includes('*')) return anyTag;
  if (/[:@].*\*/.test(pattern.slice(pattern.lastIndexOf('/') + 1))) return undefined;
  // A star at the end may stand for a tag as well, and that of a repository for its tags alone.
  if (!pattern.endsWith('*')) return undefined;
  return pattern.replaceAll(/\*+/g, '**');
}

function withTag(image: string): string {
  const { tag, digest } = readImageEntry(image);
  return tag === undefined && digest === undefined ? `${image}:latest` : image;
}
