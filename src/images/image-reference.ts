// Image references as Kubernetes passes them to container runtimes. The grammar is that of github.com/distribution/reference.
// A tenant can write anything here, so the length is bounded first and every regular expression below is linear in it.

/** The parts of an image reference, with everything that Docker implies filled in. */
export interface ImageReference {
  /** Registry and repository: `docker.io/library/nginx`, `localhost:5000/app`. */
  readonly repository: string;
  /** `latest` where neither tag nor digest is given; absent beside a digest that stands alone. */
  readonly tag?: string;
  /** `sha256:…`. Where there is a tag too, runtimes pull by the digest. */
  readonly digest?: string;
}

/** Far more than the longest reference that the grammar allows. */
const MAX_LENGTH = 4096;
/** The bound of the grammar for the path, without the registry. */
const MAX_PATH_LENGTH = 255;

const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;
/** A bare image id is not a valid reference: runtimes would take it for a local image. */
const IMAGE_ID = /^[a-f0-9]{64}$/;

const PATH_CHARACTERS = /^[a-z0-9._/-]+$/;
/** Separators stand between letters or digits: one dot, one or two underscores, or any number of dashes. */
const MISPLACED_IN_PATH = /^[._/-]|[._/-]$|[._-]\/|\/[._/-]|\.[._-]|_[.-]|-[._]|___/;
const HOST = /^[a-z0-9.-]+(?::[0-9]+)?$/;
const IPV6_HOST = /^\[[a-f0-9:]+\](?::[0-9]+)?$/;
const MISPLACED_IN_HOST = /^[.-]|[.-]$|[.-]:|\.[.-]|-\./;

/**
 * Reads an image reference; undefined where it is not one.
 * @example parseImage('nginx') // { repository: 'docker.io/library/nginx', tag: 'latest' }
 */
export function parseImage(text: string): ImageReference | undefined {
  if (text.length > MAX_LENGTH || IMAGE_ID.test(text)) return undefined;
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = tagColon(named);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (digest !== undefined && !isDigest(digest)) return undefined;
  if (tag !== undefined && !isTag(tag)) return undefined;
  const { registry, path } = qualify(colon < 0 ? named : named.slice(0, colon));
  if (!isRegistry(registry) || !isPath(path)) return undefined;
  const repository = `${registry}/${path}`;
  if (digest === undefined) return { repository, tag: tag ?? 'latest' };
  return tag === undefined ? { repository, digest } : { repository, tag, digest };
}

/** The index of the colon before the tag, or -1. A colon before the last slash belongs to a port. */
export function tagColon(named: string): number {
  const colon = named.lastIndexOf(':');
  return colon > named.lastIndexOf('/') ? colon : -1;
}

/** True for a valid tag: at most 128 letters, digits, `_`, `.` and `-`, not beginning with `.` or `-`. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** True for a digest of one of the registered algorithms. */
export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

/**
 * Splits a repository name, or a pattern for one, into registry and path, and fills in what Docker implies. The first
 * component is a registry only if it looks like a host: it has a dot, a port or an upper-case letter, or is `localhost`.
 * Host names ignore case, so the registry comes out in lower case.
 */
export function qualify(name: string): { readonly registry: string; readonly path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const named = first.includes('.') || first.includes(':') || first === 'localhost' || first !== first.toLowerCase();
  const host = named ? first.toLowerCase() : 'docker.io';
  const registry = host === 'index.docker.io' ? 'docker.io' : host;
  const path = named ? name.slice(slash + 1) : name;
  // `docker.io/*` as a pattern means all of Docker Hub, not only its official images.
  const official = registry === 'docker.io' && !path.includes('/') && !path.startsWith('*');
  return { registry, path: official ? `library/${path}` : path };
}

function isRegistry(host: string): boolean {
  return IPV6_HOST.test(host) || (HOST.test(host) && !MISPLACED_IN_HOST.test(host));
}

function isPath(path: string): boolean {
  return path.length <= MAX_PATH_LENGTH && PATH_CHARACTERS.test(path) && !MISPLACED_IN_PATH.test(path);
}
