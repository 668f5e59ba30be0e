// Where a part of a pod differs from the same part of a class, with both in the form in which the API server stores them.

import type { PodSpec } from '../kubernetes/pod.ts';
import { API_TOKEN_SOURCES, API_TOKEN_VOLUME_PREFIX } from '../kubernetes/token-volume.ts';
import { isJsonObject, type JsonObject, ownField, sameJson } from '../model/json.ts';
import { canonicalContainer, canonicalValue, canonicalVariable, canonicalVolume } from './canonical.ts';

/** The first field that differs. */
export interface Difference {
  /** Inside the container or volume: `env[1].value`; empty for the whole. */
  readonly path: string;
  /** The value in the class; undefined where it has none. */
  readonly expected: unknown;
  /** The value in the pod; undefined where it has none. */
  readonly actual: unknown;
}

/** Where the kubelet finds the token of the pod's service account. */
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The canonical forms of a class's own containers and volumes: classes are immutable, so each is made once. */
const containersOfClasses = new WeakMap<object, JsonObject>();
const volumesOfClasses = new WeakMap<object, JsonObject>();

function remembered(
  known: WeakMap<object, JsonObject>,
  part: unknown,
  form: (part: unknown) => JsonObject,
): JsonObject {
  if (!isJsonObject(part)) return form(part);
  let canonical = known.get(part);
  if (!canonical) {
    canonical = form(part);
    known.set(part, canonical);
  }
  return canonical;
}

/**
 * For each part of a class, the last value that was found equal to it. The injected parts of a class arrive spelled alike in
 * one pod after the other; comparing with the last spelling is cheaper than making the canonical form again.
 */
const lastEqual = new WeakMap<object, unknown>();
/** In characters of JSON. Empty fields equal absent ones, so a value that equals a small part can be as large as a request. */
const LONGEST_REMEMBERED = 16_384;

function compareOnce(
  expected: unknown,
  actual: unknown,
  compare: (expected: unknown, actual: unknown) => Difference | undefined,
): Difference | undefined {
  if (!isJsonObject(expected)) return compare(expected, actual);
  const last = lastEqual.get(expected);
  if (last !== undefined && sameJson(last, actual)) return undefined;
  const found = compare(expected, actual);
  if (!found && JSON.stringify(actual).length <= LONGEST_REMEMBERED) lastEqual.set(expected, actual);
  return found;
}

/**
 * Compares a container of a pod with that of a class. Besides the API server's defaults, the pod may have what admission
 * plugins add: the mount of the service account's token; cpu, memory and ephemeral storage that the class does not set
 * (LimitRanger); and `imagePullPolicy: Always` (AlwaysPullImages).
 * @param pod the spec of the pod, in which the token's volume is looked up
 * @returns undefined where the two are equal; as for the other functions of this file
 */
export function containerDifference(expected: unknown, actual: unknown, pod: PodSpec): Difference | undefined {
  const compared = withoutTokenMount(actual, expected, pod);
  const found = compareOnce(expected, compared, compareContainers);
  return found && compared !== actual ? { ...found, path: besideTokenMount(found.path, actual) } : found;
}

/** A path inside the container without its token mount as a path inside the whole container. */
function besideTokenMount(path: string, container: unknown): string {
  const [, index, rest = ''] = /^volumeMounts\[(\d+)\](.*)$/s.exec(path) ?? [];
  const mounts = ownField(container, 'volumeMounts');
  if (index === undefined || !Array.isArray(mounts)) return path;
  const token = mounts.findIndex((mount) => ownField(mount, 'mountPath') === TOKEN_PATH);
  return `volumeMounts[${Number(index) < token ? index : Number(index) + 1}]${rest}`;
}

function compareContainers(expected: unknown, actual: unknown): Difference | undefined {
  const wanted = remembered(containersOfClasses, expected, canonicalContainer);
  const found: Record<string, unknown> = { ...canonicalContainer(actual) };
  if (isJsonObject(found.resources)) {
    const resources = withoutLimitRange(found.resources, wanted.resources);
    if (resources === undefined) delete found.resources;
    else found.resources = resources;
  }
  if (found.imagePullPolicy === 'Always') found.imagePullPolicy = wanted.imagePullPolicy;
  // The image first: it is what a reader of the message wants to know.
  if (wanted.image !== found.image) return { path: 'image', expected: wanted.image, actual: found.image };
  return difference(wanted, found, '');
}

/** Compares a volume of a pod with that of a class. AlwaysPullImages writes into image volumes, too. */
export function volumeDifference(expected: unknown, actual: unknown): Difference | undefined {
  return compareOnce(expected, actual, compareVolumes);
}

function compareVolumes(expected: unknown, actual: unknown): Difference | undefined {
  const wanted = remembered(volumesOfClasses, expected, canonicalVolume);
  const found = canonicalVolume(actual);
  const { image } = found;
  if (!isJsonObject(image) || image.pullPolicy !== 'Always') return difference(wanted, found, '');
  return difference(wanted, { ...found, image: { ...image, pullPolicy: ownField(wanted.image, 'pullPolicy') } }, '');
}

/** Compares an environment variable of a container with one that a class gives it. */
export function variableDifference(expected: unknown, actual: unknown): Difference | undefined {
  if (sameJson(expected, actual)) return undefined;
  return difference(canonicalVariable(expected), canonicalVariable(actual), '');
}

/** Compares any other two values; empty values count as absent. */
export function valueDifference(expected: unknown, actual: unknown): Difference | undefined {
  if (sameJson(expected, actual)) return undefined;
  return difference(canonicalValue(expected), canonicalValue(actual), '');
}

/** Both values are in canonical form, which bounds their depth: recursion is safe. */
function difference(expected: unknown, actual: unknown, path: string): Difference | undefined {
  if (sameJson(expected, actual)) return undefined;
  if (isJsonObject(expected) && isJsonObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const found = difference(ownField(expected, key), ownField(actual, key), path === '' ? key : `${path}.${key}`);
      if (found) return found;
    }
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    for (let index = 0; index < Math.max(expected.length, actual.length); index++) {
      const found = difference(expected[index], actual[index], `${path}[${index}]`);
      if (found) return found;
    }
  }
  return { path, expected, actual };
}

/** The container but for the mount of the token, which the ServiceAccount plugin adds where there is none at that path. */
function withoutTokenMount(container: unknown, wanted: unknown, pod: PodSpec): unknown {
  // Kubernetes refuses two mounts at one path, so such a container is compared as it is.
  const [mount, other] = tokenMounts(container);
  if (!isJsonObject(container) || mount === undefined || other !== undefined) return container;
  if (tokenMounts(wanted).length > 0 || !isTokenMount(mount, pod)) return container;
  const mounts = ownField(container, 'volumeMounts');
  return { ...container, volumeMounts: Array.isArray(mounts) ? mounts.filter((one) => one !== mount) : mounts };
}

function tokenMounts(container: unknown): readonly unknown[] {
  const mounts = ownField(container, 'volumeMounts');
  return Array.isArray(mounts) ? mounts.filter((mount) => ownField(mount, 'mountPath') === TOKEN_PATH) : [];
}

function isTokenMount(mount: unknown, pod: PodSpec): boolean {
  const volume = ownField(mount, 'name');
  if (typeof volume !== 'string' || !volume.startsWith(API_TOKEN_VOLUME_PREFIX)) return false;
  if (valueDifference({ name: volume, mountPath: TOKEN_PATH, readOnly: true }, mount)) return false;
  // Anybody can give a volume such a name, so its sources are compared too.
  const [found, other] = (pod.volumes ?? []).filter((candidate) => candidate.name === volume);
  if (found === undefined || other !== undefined) return false;
  const { name: _, ...source } = found;
  return TOKEN_VOLUMES.some((written) => volumeDifference(written, source) === undefined);
}

/** The volume as the ServiceAccount admission plugin writes it, without its generated name. */
const TOKEN_VOLUMES: readonly JsonObject[] = API_TOKEN_SOURCES.map((sources) => ({ projected: { sources } }));

/** The resources that a LimitRange can set defaults for. */
const LIMIT_RANGE_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];

/** The resources without those that a LimitRange may have filled in: devices and what the class itself sets stay. */
function withoutLimitRange(found: JsonObject, wanted: unknown): JsonObject | undefined {
  const rest: Record<string, unknown> = { ...found };
  for (const kind of ['limits', 'requests']) {
    const quantities = ownField(found, kind);
    if (!isJsonObject(quantities)) continue;
    const set = ownField(wanted, kind);
    const kept = Object.entries(quantities).filter(
      ([resource]) => !LIMIT_RANGE_RESOURCES.includes(resource) || ownField(set, resource) !== undefined,
    );
    if (kept.length > 0) rest[kind] = Object.fromEntries(kept);
    else delete rest[kind];
  }
  return Object.keys(rest).length > 0 ? rest : undefined;
}
