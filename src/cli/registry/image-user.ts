// Which user an image runs as, by its config; where that is a name, by /etc/passwd in its layers.

import { parseImage } from '../../images/image-reference.ts';
import { type JsonObject, ownField, stringField } from '../../model/json.ts';
import { type ClientOptions, descriptorDigest, manifestsIn, Repository } from './client.ts';
import { RegistryError } from './http.ts';
import { accountsIn } from './passwd.ts';

const MOST_CONFIG_BYTES = 4 * 1024 * 1024;
/** An image for more platforms than that is none that anybody makes. */
const MOST_PLATFORMS = 32;

/** Who an image runs as. */
export interface ImageUser {
  readonly runAsUser: number;
  readonly runAsGroup?: number;
  /** What the config says, and where a name was looked up. */
  readonly source: string;
}

/** What was found out about an image: who it runs as, or why that cannot be a row. */
export interface ImageFacts {
  readonly repository: string;
  readonly tag: string | undefined;
  /** Of the image, or of its index. */
  readonly digest: string;
  readonly user: ImageUser | undefined;
  readonly why: string | undefined;
}

export interface LookOptions extends ClientOptions {
  /** `linux/arm64`: that one alone. All have to agree where it is left out. */
  readonly platform: string | undefined;
  /** Whether names of users are looked up in layers. */
  readonly layers: boolean;
}

/**
 * Looks an image up in its registry.
 * @param image as a pod names it
 * @throws RegistryError where the image cannot be had
 */
export async function imageFacts(image: string, options: LookOptions): Promise<ImageFacts> {
  const reference = parseImage(image);
  if (!reference) throw new RegistryError(`${JSON.stringify(image)} is not the name of an image`);
  const { repository: name, tag, digest: named } = reference;
  const repository = new Repository(name, options);
  const top = await repository.manifest(named ?? tag ?? 'latest');
  const found = { repository: name, tag: named === undefined ? tag : undefined, digest: top.digest };
  const list = manifestsIn(top.value);
  const all =
    list === undefined ? [{ platform: undefined, manifest: top.value }] : await platformsOf(list, repository, options);
  if (all.length === 0) {
    const why = options.platform === undefined ? 'it is for no Linux' : `it is not for ${options.platform}`;
    return { ...found, user: undefined, why };
  }
  const users: { readonly platform: string | undefined; readonly user: ImageUser | string }[] = [];
  for (const { platform, manifest } of all) users.push({ platform, user: await userOf(manifest, repository, options) });
  const [first] = users;
  if (!first) return { ...found, user: undefined, why: 'it has no config' };
  const other = users.find(({ user }) => !isSame(user, first.user));
  if (other) {
    const why = `platforms differ: ${inWords(first)}, ${inWords(other)} (--platform names one)`;
    return { ...found, user: undefined, why };
  }
  return typeof first.user === 'string'
    ? { ...found, user: undefined, why: first.user }
    : { ...found, user: first.user, why: undefined };
}

function isSame(a: ImageUser | string, b: ImageUser | string): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return a.runAsUser === b.runAsUser && a.runAsGroup === b.runAsGroup;
}

function inWords({
  platform = '',
  user,
}: {
  readonly platform: string | undefined;
  readonly user: ImageUser | string;
}): string {
  return `${platform} ${typeof user === 'string' ? user : `runs as ${user.runAsUser}`}`.trim();
}

async function platformsOf(list: readonly unknown[], repository: Repository, { platform: wanted }: LookOptions) {
  const found: { readonly platform: string; readonly manifest: JsonObject }[] = [];
  for (const entry of list.slice(0, MOST_PLATFORMS)) {
    const platform = platformOf(ownField(entry, 'platform'));
    const digest = descriptorDigest(entry);
    // Attestations are for unknown/unknown, and Windows has users of another kind.
    if (digest === undefined || !platform.startsWith('linux/')) continue;
    if (wanted !== undefined && platform !== wanted && !platform.startsWith(`${wanted}/`)) continue;
    found.push({ platform, manifest: (await repository.manifest(digest)).value });
  }
  return found;
}

function platformOf(platform: unknown): string {
  const parts = ['os', 'architecture', 'variant'].map((key) => stringField(platform, key) ?? '');
  return parts.filter((part) => part !== '').join('/');
}

/** Who one manifest runs as, or why that cannot be a row. */
async function userOf(
  manifest: JsonObject,
  repository: Repository,
  { layers }: LookOptions,
): Promise<ImageUser | string> {
  const digest = descriptorDigest(ownField(manifest, 'config'));
  if (digest === undefined) return 'it has no config';
  const config = await repository.json(digest, MOST_CONFIG_BYTES);
  if (stringField(config, 'os') === 'windows') return 'it is for Windows';
  const stated = stringField(ownField(config, 'config'), 'User') ?? '';
  const [user = '', group = ''] = stated.split(':');
  if (user === '') return 'it states no user, and so runs as root';
  const named = [user, group].filter((part) => part !== '' && !/^\d+$/.test(part));
  const accounts = named.length > 0 && layers ? await accountsIn(manifest, repository) : undefined;
  if (named.length > 0 && !layers) return `its user is a name, ${JSON.stringify(stated)} (--layers looks it up)`;
  const uid = /^\d+$/.test(user) ? Number(user) : accounts?.users.get(user);
  const gid = /^\d+$/.test(group) ? Number(group) : accounts?.groups.get(group);
  if (uid === undefined) {
    return `its user is a name, ${JSON.stringify(user)}, that cannot be known: ${accounts?.why ?? 'it is not in /etc/passwd'}`;
  }
  if (group !== '' && gid === undefined) {
    return `its group is a name, ${JSON.stringify(group)}, that cannot be known: ${accounts?.why ?? 'it is not in /etc/group'}`;
  }
  if (uid === 0) return `it runs as root (${stated})`;
  if (uid > 2147483647) return `its user is ${uid}, which Kubernetes does not take`;
  const source = `USER ${stated} in the image config${named.length > 0 ? ', looked up in the layers' : ''}`;
  return { runAsUser: uid, ...(gid !== undefined && gid > 0 && { runAsGroup: gid }), source };
}
