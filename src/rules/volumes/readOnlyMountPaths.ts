/*
Paths in containers that the policy names must not be made writable by any mount: not by the mount that is at the path or above it,
by none below it, and not by another mount of the same volume that shows the same file elsewhere, in any container.

**Restricted Fields:**
spec.containers[*].volumeMounts[*].readOnly
spec.initContainers[*].volumeMounts[*].readOnly
spec.ephemeralContainers[*].volumeMounts[*].readOnly

**Allowed Values:** true where the mount reaches one of the paths; volumes that are read-only themselves
*/
import { standsForGranted } from '../../grants/subtract.ts';
import type { ContainerRef, PodView } from '../../kubernetes/containers.ts';
import { isWithin, joinPaths, normalisePath, pathWithin } from '../../kubernetes/file-path.ts';
import type { Volume } from '../../kubernetes/pod.ts';
import { POD_FIELDS } from '../../kubernetes/pod-fields.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import { VOLUME_SOURCES } from '../../kubernetes/volume-sources.ts';
import type { Violation } from '../../model/finding.ts';
import { ownField } from '../../model/json.ts';
import { remembered } from '../../model/remembered.ts';
import { append } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { describeDemands } from './in-words.ts';
import { inMount, isReadOnly, type Mount } from './mounts.ts';
import type { VolumeParameters } from './parameters.ts';

/** A mount, and what it shows where. */
interface Place extends Mount {
  readonly path: string;
  /** The folder in the volume; of an expression only the node knows it, and it may be any. */
  readonly folder: string;
  readonly readOnly: boolean;
}

/** The sources that have a field `readOnly`, which holds for every mount. A hostPath has none. */
const WITH_READ_ONLY: ReadonlySet<string> = new Set(
  VOLUME_SOURCES.filter((source) => Object.hasOwn(POD_FIELDS[POD_FIELDS.Volume[source]], 'readOnly')),
);
const ALWAYS_READ_ONLY: ReadonlySet<string> = new Set(['configMap', 'secret', 'projected', 'downwardAPI', 'image']);

/** Of more files than these in one volume, all of the volume is taken. */
const MOST_FILES = 4;
/** Longer paths than the kernel takes. */
const LONGEST = 4096;

const CONFIG = { readOnlyMountPaths: ['/workspace/agent/container.json'] } satisfies VolumeParameters;

/** A check that no mount makes one of the policy's paths writable. */
export const readOnlyMountPaths: RuleCheck<VolumeParameters> = {
  id: 'readOnlyMountPaths',
  title: 'Paths in containers that the policy names must not be made writable by a mount.',
  fix: 'set readOnly to true on the mounts that reach these paths, or mount the file itself read-only over them',
  platform: 'any',
  compile: ({ readOnlyMountPaths: paths = [] }) => {
    const guarded = paths.map(normalisePath);
    if (guarded.length === 0) return undefined;
    const reaches = reachingOneOf(guarded);
    return (pod) => findWritableMounts(pod, guarded, reaches);
  },
  describe: describeDemands('read-only path'),
  examples: {
    pass: [
      {
        name: 'mounted read-only over a folder that can be written, or in a volume that cannot',
        parameters: CONFIG,
        pod: {
          spec: {
            initContainers: [{ name: 'i', volumeMounts: [{ name: 'c', mountPath: '/workspace/agent' }] }],
            containers: [
              {
                name: 'a',
                volumeMounts: [
                  { name: 'group', mountPath: '/workspace/agent' },
                  {
                    name: 'group',
                    mountPath: '/workspace/agent/container.json',
                    subPath: 'container.json',
                    readOnly: true,
                  },
                  { name: 'group', mountPath: '/other', subPath: 'notes' },
                ],
              },
              { name: 'b', volumeMounts: [{ name: 'n', mountPath: '/workspace' }] },
              { name: 'no mounts' },
            ],
            volumes: [
              { name: 'group', hostPath: { path: '/srv/group' } },
              { name: 'c', configMap: { name: 'c' } },
              { name: 'n', nfs: { readOnly: true } },
            ],
          },
        },
      },
      { name: 'an empty list', parameters: { readOnlyMountPaths: [] }, pod: { spec: { containers: [{ name: 'a' }] } } },
    ],
    fail: [
      {
        name: 'at the path, above it, below it, in every list, in another spelling',
        parameters: CONFIG,
        pod: {
          spec: {
            initContainers: [
              { name: 'i', volumeMounts: [{ name: 'x', mountPath: '/workspace/agent//container.json/' }] },
            ],
            containers: [{ name: 'a', volumeMounts: [{ name: 'y', mountPath: 'workspace/./agent' }] }],
            ephemeralContainers: [
              {
                name: 'e',
                volumeMounts: [{ name: 'z', mountPath: '/workspace/agent/container.json/x', readOnly: null }],
              },
            ],
          },
        },
        says: 'read-only path (containers "i", "a", "e" must not make "/workspace/agent/container.json" writable)',
        paths: [
          'spec.initContainers[0].volumeMounts[0].readOnly',
          'spec.containers[0].volumeMounts[0].readOnly',
          'spec.ephemeralContainers[0].volumeMounts[0].readOnly',
        ],
        values: [undefined, undefined, null],
      },
      {
        name: 'the same file at another path, in another container',
        parameters: CONFIG,
        pod: {
          spec: {
            initContainers: [
              { name: 'i', volumeMounts: [{ name: 'group', mountPath: '/x' }] },
              { name: 'j', volumeMounts: [{ name: 'group', mountPath: '/y', subPath: 'container.json' }] },
              { name: 'k', volumeMounts: [{ name: 'group', mountPath: '/z', subPathExpr: '$(A)' }] },
            ],
            containers: [
              {
                name: 'a',
                volumeMounts: [
                  {
                    name: 'group',
                    mountPath: '/workspace/agent/container.json',
                    subPath: 'container.json',
                    readOnly: true,
                  },
                ],
              },
            ],
          },
        },
        says:
          'read-only path (containers "i", "j", "k" must mount volume "group" with readOnly=true, ' +
          'since it is at a read-only path elsewhere)',
        paths: [0, 1, 2].map((index) => `spec.initContainers[${index}].volumeMounts[0].readOnly`),
        values: [undefined, undefined, undefined],
      },
    ],
  },
};

function findWritableMounts(
  pod: PodView,
  guarded: readonly string[],
  reaches: (mountPath: string) => boolean,
): readonly Violation[] | undefined {
  // Few pods mount anything there.
  const mountsThere = ({ container }: ContainerRef): boolean =>
    container.volumeMounts?.some(({ mountPath }) => reaches(mountPath ?? '')) ?? false;
  if (!pod.containers.some(mountsThere)) return undefined;
  let found: Violation[] | undefined;
  const readOnlyVolumes = new Set<string>();
  for (const volume of pod.spec.volumes ?? []) if (isReadOnlyVolume(volume)) readOnlyVolumes.add(volume.name ?? '');
  const containers = pod.containers.map((ref) => placesOf(ref, readOnlyVolumes)).filter(({ size }) => size > 0);
  const reported = new Set<Place>();
  /** By volume: the files in it that are at one of the paths. */
  const files = new Map<string, Set<string>>();
  for (const places of containers) {
    for (const path of guarded) {
      const cover = deepest(places, path);
      if (cover) guardFile(files, cover, path);
      for (const place of places.values()) {
        if (place.readOnly || reported.has(place)) continue;
        if (place !== cover && !isWithin(place.path, path)) continue;
        reported.add(place);
        found = append(found, inMount(place, 'readOnly', `must not make "${path}" writable`));
      }
    }
  }
  if (files.size === 0) return found;
  for (const places of containers) {
    for (const place of places.values()) {
      const volume = place.mount.name ?? '';
      const guardedFiles = files.get(volume);
      if (place.readOnly || !guardedFiles || reported.has(place) || !showsOneOf(place, guardedFiles, places)) continue;
      reported.add(place);
      const demand = `must mount volume "${volume}" with readOnly=true, since it is at a read-only path elsewhere`;
      found = append(found, inMount(place, 'readOnly', demand));
    }
  }
  return found;
}

/** Makes what tells whether a mount is at, above or below one of the paths. Many pods mount something at the same few paths. */
function reachingOneOf(guarded: readonly string[]): (mountPath: string) => boolean {
  return remembered((mountPath) => {
    const path = normalisePath(mountPath);
    return guarded.some((one) => isWithin(one, path) || isWithin(path, one));
  });
}

/** The mounts of a container by path; of two at one path the last one counts, and the API server refuses both. */
function placesOf(ref: ContainerRef, readOnlyVolumes: ReadonlySet<string>): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const [index, mount] of ref.container.volumeMounts?.entries() ?? []) {
    const path = normalisePath(mount.mountPath ?? '');
    const readOnly = isReadOnly(mount) || readOnlyVolumes.has(mount.name ?? '');
    const folder = mount.subPathExpr ? '/' : normalisePath(mount.subPath ?? '');
    places.set(path, { ref, index, mount, path, folder, readOnly });
  }
  return places;
}

/** The mount that decides about a path: at it, or the nearest one above it. */
function deepest(places: ReadonlyMap<string, Place>, path: string): Place | undefined {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/')) || '/') {
    const place = places.get(at);
    if (place || at === '/') return place;
  }
}

function guardFile(files: Map<string, Set<string>>, { mount, path, folder }: Place, guarded: string): void {
  const name = mount.name ?? '';
  const known = files.get(name) ?? new Set();
  files.set(name, known);
  if (known.has('/')) return;
  known.add(mount.subPathExpr ? '/' : joinPaths(folder, pathWithin(guarded, path)));
  if (known.size > MOST_FILES || known.has('/')) {
    known.clear();
    known.add('/');
  }
}

/** True where a mount shows one of the files of its volume, and nothing that is read-only is mounted over it. */
function showsOneOf(place: Place, files: ReadonlySet<string>, places: ReadonlyMap<string, Place>): boolean {
  for (const file of files) {
    if (place.mount.subPathExpr || isWithin(place.folder, file)) return true;
    if (!isWithin(file, place.folder)) continue;
    const shownAt = joinPaths(place.path, pathWithin(file, place.folder));
    if (shownAt.length > LONGEST || deepest(places, shownAt)?.readOnly !== true) return true;
  }
  return false;
}

/** Volumes that the kubelet mounts read-only whatever a mount says, and those that say so themselves. */
function isReadOnlyVolume(volume: Volume): boolean {
  if (standsForGranted(volume)) return true;
  return Object.keys(volume).some((source) =>
    WITH_READ_ONLY.has(source)
      ? ownField(volume[source], 'readOnly') === true
      : ALWAYS_READ_ONLY.has(source) && isGiven(volume[source]),
  );
}
