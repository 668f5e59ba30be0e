// What a class's container mounts of the workload: a Docker daemon that runs `docker run -v "$PWD:/app"` looks for the folder in
// its own files, so it has to see the workload's volumes at the same paths.
import type { ContainerRef } from '../kubernetes/containers.ts';
import type { PodSpec, Volume } from '../kubernetes/pod.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../model/json.ts';
import type { SharedMounts } from './class.ts';
import { TOKEN_PATH } from './difference.ts';

/**
 * Folders with programs, libraries, devices and settings: with the workload's files in them, the container would run the
 * workload's programs instead of its own, with everything that the class gives it.
 */
const SYSTEM_FOLDERS = [
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/opt',
  '/proc',
  '/run',
  '/sbin',
  '/sys',
  '/usr',
  '/var/lib',
  '/var/run',
] as const;

/**
 * The mounts that a class's container shares with the workload's containers that are given the class: the same volume at the
 * same path, read-only where one of them has it so. Left out are volumes of classes, folders of the node (hostPath), the token
 * of the service account, paths made of variables, and paths that touch folders of the system or the container's own mounts.
 * @param container the class's container
 * @param chosen the workload's containers that are given the class
 * @param classVolumes the names of the volumes that belong to classes
 */
export function sharedMounts(
  { volumes, except }: SharedMounts,
  container: JsonObject,
  chosen: readonly ContainerRef[],
  spec: PodSpec,
  classVolumes: ReadonlySet<string>,
): readonly JsonObject[] {
  const volumesByName = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]));
  const taken = [...SYSTEM_FOLDERS, ...except, ...pathsOf(container)];
  const shared = new Map<string, JsonObject>();
  for (const ref of chosen) {
    for (const mount of membersOf(ref.container, 'volumeMounts')) {
      const name = stringField(mount, 'name') ?? '';
      const path = stringField(mount, 'mountPath') ?? '';
      if (classVolumes.has(name) || path === TOKEN_PATH || stringField(mount, 'subPathExpr')) continue;
      if (!isPlainPath(path) || taken.some((other) => isInside(path, other) || isInside(other, path))) continue;
      if (!isShareable(volumesByName.get(name), volumes)) continue;
      const known = shared.get(path);
      if (known === undefined) shared.set(path, copyOf(mount, name, path));
      else if (known.name === name && mount.readOnly === true) shared.set(path, { ...known, readOnly: true });
    }
  }
  return [...shared.values()];
}

function copyOf(mount: JsonObject, name: string, mountPath: string): JsonObject {
  const { readOnly, subPath, recursiveReadOnly } = mount;
  return {
    name,
    mountPath,
    ...(readOnly === true && { readOnly }),
    ...(typeof subPath === 'string' && subPath !== '' && { subPath }),
    ...(readOnly === true && typeof recursiveReadOnly === 'string' && { recursiveReadOnly }),
  };
}

function isShareable(volume: Volume | undefined, wanted: SharedMounts['volumes']): boolean {
  if (!isJsonObject(volume) || isThere(volume, 'hostPath')) return false;
  return wanted === 'all' || isThere(volume, 'persistentVolumeClaim') || isThere(volume, 'ephemeral');
}

function isThere(object: JsonObject, key: string): boolean {
  const value = ownField(object, key);
  return value !== undefined && value !== null;
}

function pathsOf(container: JsonObject): string[] {
  return [
    ...membersOf(container, 'volumeMounts').map((mount) => stringField(mount, 'mountPath') ?? ''),
    ...membersOf(container, 'volumeDevices').map((device) => stringField(device, 'devicePath') ?? ''),
  ];
}

function membersOf(container: object, field: string): readonly JsonObject[] {
  const members = ownField(container, field);
  return Array.isArray(members) ? members.filter(isJsonObject) : [];
}

/**
 * Absolute, without `.`, `..` or empty parts: what else it may lead to cannot be seen here. A NUL ends a path for a runtime that is
 * written in C, such as crun, and Kubernetes lets it through.
 */
function isPlainPath(path: string): boolean {
  if (!path.startsWith('/') || path === '/' || path.includes('\0')) return false;
  return path
    .replace(/\/$/, '')
    .slice(1)
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..');
}

function isInside(path: string, folder: string): boolean {
  const trimmed = folder.replace(/\/+$/, '');
  return path === trimmed || path === folder || path.startsWith(`${trimmed}/`);
}
