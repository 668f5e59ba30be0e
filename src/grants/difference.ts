// Where what a pod has differs from what a class says, after both were brought into the API server's form.

import type { PodSpec } from '../kubernetes/pod.ts';
import { isJsonObject, type JsonObject, ownField, sameJson } from '../model/json.ts';
import { canonicalContainer, canonicalValue, canonicalVariable, canonicalVolume } from './canonical.ts';

/** The first field that differs. */
export interface Difference {
  /** Inside the container or volume: `env[1].value`; empty for the whole. */
  readonly path: string;
  /** As the class has it; undefined where it has none. */
  readonly expected: unknown;
  /** As the pod has it; undefined where it has none. */
  readonly actual: unknown;
}

/** Where the kubelet finds the token of the pod's service account. */
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The forms of a class's own containers and volumes, which never change: worked out once, not for every review. */
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
 * By part of a class, what was last found to equal it. The same class reaches us in the same words from one pod to the
 * next, and those need not be brought into another form again.
 */
const lastEqual = new WeakMap<object, unknown>();
/** In JSON. Empty fields equal absent ones, so that what equals a small part can be as large as a request. */
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
 * Compares a container of a pod with that of a class. Beside the API server's defaults these may be in the pod and not in
 * the class: the mount of the service account's token, cpu, memory and ephemeral storage where the class says nothing of
 * them (a LimitRange fills them in), and `imagePullPolicy: Always` (the AlwaysPullImages plugin sets it).
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
  // What runs is what a reader looks for first.
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

/** Compares any other two values; what the API server does not store counts as absent. */
export function valueDifference(expected: unknown, actual: unknown): Difference | undefined {
  if (sameJson(expected, actual)) return undefined;
  return difference(canonicalValue(expected), canonicalValue(actual), '');
}

/** Both have been pruned, and so are shallow enough to walk by recursion. */
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
  // Kubernetes lets nothing be mounted twice at a path: of several none is looked into any further.
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
  if (typeof volume !== 'string' || !volume.startsWith('kube-api-access-')) return false;
  if (valueDifference({ name: volume, mountPath: TOKEN_PATH, readOnly: true }, mount)) return false;
  // Anybody can give a volume such a name; what it holds is what counts.
  const [found, other] = (pod.volumes ?? []).filter((candidate) => candidate.name === volume);
  if (found === undefined || other !== undefined) return false;
  const { name: _, ...source } = found;
  return TOKEN_VOLUMES.some((written) => volumeDifference(written, source) === undefined);
}

const TOKEN_SOURCES: readonly JsonObject[] = [
  { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  {
    downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] },
  },
];
/** OpenShift's own plugin adds the CA of its services. */
const OPENSHIFT_SOURCE: JsonObject = {
  configMap: { name: 'openshift-service-ca.crt', items: [{ key: 'service-ca.crt', path: 'service-ca.crt' }] },
};

/** As the ServiceAccount admission plugin writes it; the volume's name is another for every pod. */
const TOKEN_VOLUMES: readonly JsonObject[] = [
  { projected: { sources: TOKEN_SOURCES } },
  { projected: { sources: [...TOKEN_SOURCES, OPENSHIFT_SOURCE] } },
];

/** What a LimitRange of containers can be about. */
const LIMIT_RANGE_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];

/** The resources but for what a LimitRange may have filled in: never a device, and nothing the class speaks of itself. */
function withoutLimitRange(found: JsonObject, wanted: unknown): JsonObject | undefined {
  const rest: Record<string, unknown> = { ...found };
  for (const kind of ['limits', 'requests']) {
    const quantities = ownField(found, kind);
    if (!isJsonObject(quantities)) continue;
    const said = ownField(wanted, kind);
    const kept = Object.entries(quantities).filter(
      ([resource]) => !LIMIT_RANGE_RESOURCES.includes(resource) || ownField(said, resource) !== undefined,
    );
    if (kept.length > 0) rest[kind] = Object.fromEntries(kept);
    else delete rest[kind];
  }
  return Object.keys(rest).length > 0 ? rest : undefined;
}
