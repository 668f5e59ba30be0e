// Where images are pulled from instead: rows that replace the registry, or the beginning, of an image's repository.

import { remembered } from '../model/remembered.ts';
import { parseImage, qualify, tagColon } from './image-reference.ts';

/** What a row replaces by what: a registry, or a registry and the beginning of a path. */
export interface MirrorRow {
  readonly from: string;
  readonly to: string;
}

/** A row, compiled. */
export interface CompiledMirror extends MirrorRow {
  readonly fromRegistry: string;
  readonly toRegistry: string;
}

/** A row as it is compared; or why it can be none, in words. */
export function compileMirror({
  from,
  to,
}: MirrorRow): CompiledMirror | { readonly key: 'from' | 'to'; problem: string } {
  const source = readPrefix(from);
  if (source === undefined) return { key: 'from', problem: prefixProblem(from) };
  const target = readPrefix(to);
  if (target === undefined) return { key: 'to', problem: prefixProblem(to) };
  return {
    from: source.prefix,
    to: target.prefix,
    fromRegistry: source.registry,
    toRegistry: target.registry,
  };
}

/** True for a prefix and for what stands below it, part of the path by part: `a.io/b` holds `a.io/b/c`, and not `a.io/bc`. */
export function isUnder(repository: string, prefix: string): boolean {
  return repository.startsWith(prefix) && (repository.length === prefix.length || repository[prefix.length] === '/');
}

/**
 * Makes what replaces images. The row with the longest `from` counts. An image that is already where some row leads to stays,
 * so that a second run changes nothing, also where `to` begins with `from`.
 */
export function compileMirrors(rows: readonly CompiledMirror[]): (image: string) => string | undefined {
  const longestFirst = rows.toSorted((a, b) => b.from.length - a.from.length);
  return remembered((image) => {
    const repository = parseImage(image)?.repository;
    if (repository === undefined || rows.some(({ to }) => isUnder(repository, to))) return undefined;
    const row = longestFirst.find(({ from }) => isUnder(repository, from));
    if (row === undefined) return undefined;
    const target = row.to + repository.slice(row.from.length);
    const replaced = target + suffixOf(image);
    // A path can become too long, or empty where a row replaces a whole repository by a registry.
    return parseImage(replaced)?.repository === target ? replaced : undefined;
  });
}

/** Tag and digest, as they are written. */
function suffixOf(image: string): string {
  const at = image.indexOf('@');
  const named = at < 0 ? image : image.slice(0, at);
  const colon = tagColon(named);
  return image.slice(colon < 0 ? named.length : colon);
}

/** Reads `docker.io` or `registry.internal/docker`; undefined where it does not begin with a registry, or is not a plain prefix. */
function readPrefix(text: string): { readonly registry: string; readonly prefix: string } | undefined {
  const slash = text.indexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  // Anything else is a name on Docker Hub.
  if (!host.includes('.') && !host.includes(':') && host !== 'localhost') return undefined;
  const image = `${text}/x`;
  if (parseImage(image) === undefined) return undefined;
  const { registry } = qualify(image);
  return { registry, prefix: registry + text.slice(host.length) };
}

function prefixProblem(text: string): string {
  const said = `"${text}" is neither a registry nor a registry and the beginning of a path`;
  if (/[*?]/.test(text)) return `${said}: patterns cannot be replaced`;
  return `${said}, such as docker.io or registry.example:5000/docker`;
}
