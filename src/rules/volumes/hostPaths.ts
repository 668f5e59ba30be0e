/*
Files and folders of nodes must be among those that the policy lists, of a type and mounted where and how the row says. Paths are
compared as text, without `.`, `..` and empty parts: a webhook does not see the symbolic links of a node. A mount that passes
mounts on between node and container is refused, since what it shows no row names.

**Restricted Fields:**
spec.volumes[*].hostPath.path
spec.volumes[*].hostPath.type
spec.containers[*].volumeMounts[*] (readOnly, recursiveReadOnly, mountPath, mountPropagation)
spec.initContainers[*].volumeMounts[*]
spec.ephemeralContainers[*].volumeMounts[*]

**Allowed Values:** what one of the policy's rows allows
*/
import type { PodView } from '../../kubernetes/containers.ts';
import { isWithin, normalisePath } from '../../kubernetes/file-path.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { Cause, Violation } from '../../model/finding.ts';
import { append } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { listedNames, nameList } from '../name-list.ts';
import { describeDemands } from './in-words.ts';
import { inMount, isReadOnly, type Mount, mountsOfVolumes, mustBeReadOnly, type VolumeMount } from './mounts.ts';
import { isNeverAllowed } from './never-allowed.ts';
import type { VolumeParameters } from './parameters.ts';
import { ownVolumes, typeCause } from './sources.ts';

type Row = NonNullable<VolumeParameters['hostPaths']>[number];

interface CompiledRow {
  readonly path: string;
  readonly below: boolean;
  readonly types: readonly string[] | undefined;
  /** The first field of a mount that the row does not allow, and what it must be; undefined where it allows the mount. */
  readonly wrong: (mount: VolumeMount) => readonly [field: keyof VolumeMount, demand: string] | undefined;
}

const SESSIONS = {
  hostPaths: [
    { path: '/srv/sessions', below: true, types: ['Directory'], mountPaths: ['/workspace/**'] },
    { path: '/srv/shared', readOnly: true, recursiveReadOnly: true },
  ],
} satisfies VolumeParameters;

/** A check that files and folders of nodes are those that the policy lists, mounted as it says. */
export const hostPaths: RuleCheck<VolumeParameters> = {
  id: 'hostPaths',
  title: 'Files and folders of nodes must be among those that the policy lists, mounted as it says.',
  fix: 'mount a path that the policy lists, in the way it lists it, or use another type of volume',
  platform: 'any',
  compile: (parameters) => {
    if (parameters.hostPaths === undefined) return undefined;
    const rows = parameters.hostPaths.map(compileRow);
    const among = `must have a path among ${listedNames(parameters.hostPaths.map(rowInWords))}`;
    const cause = typeCause(parameters, 'hostPath');
    return (pod) => findOthers(pod, rows, among, cause);
  },
  describe: describeDemands('hostPath not allowed'),
  examples: {
    pass: [
      {
        name: 'as a row says, in any spelling of it',
        parameters: SESSIONS,
        pod: {
          spec: {
            containers: [
              {
                name: 'a',
                volumeMounts: [
                  { name: 's', mountPath: '/workspace//agent/' },
                  {
                    name: 'r',
                    mountPath: '/x',
                    readOnly: true,
                    recursiveReadOnly: 'Enabled',
                    mountPropagation: 'None',
                  },
                  { name: 'other', mountPath: '/other' },
                ],
              },
            ],
            volumes: [
              { name: 's', hostPath: { path: '/srv/./sessions//7/', type: 'Directory' } },
              { name: 'r', hostPath: { path: '/srv/x/../shared' } },
              { name: 'other', emptyDir: {} },
            ],
          },
        },
      },
      {
        name: 'one of several rows suffices for a mount',
        parameters: { hostPaths: [{ path: '/srv', below: true, readOnly: true }, { path: '/srv/work' }] },
        pod: {
          spec: {
            containers: [{ name: 'a', volumeMounts: [{ name: 's', mountPath: '/s' }] }],
            volumes: [{ name: 's', hostPath: { path: '/srv/work' } }],
          },
        },
      },
    ],
    fail: [
      {
        name: 'another path, one that only begins alike, one above, one that leads out',
        parameters: SESSIONS,
        pod: {
          spec: {
            volumes: [
              { name: 'a', hostPath: { path: '/srv/sessionsx', type: 'Directory' } },
              { name: 'b', hostPath: { path: '/srv', type: 'Directory' } },
              { name: 'c', hostPath: { path: '/srv/sessions/../secret', type: 'Directory' } },
              { name: 'd', hostPath: { path: '/srv/shared/x' } },
            ],
          },
        },
        says:
          'hostPath not allowed (volumes "a", "b", "c", "d" must have a path among "/srv/sessions/**", "/srv/shared", ' +
          'found "/srv/sessionsx", "/srv", "/srv/sessions/../secret", "/srv/shared/x")',
        paths: [0, 1, 2, 3].map((index) => `spec.volumes[${index}].hostPath.path`),
        values: ['/srv/sessionsx', '/srv', '/srv/sessions/../secret', '/srv/shared/x'],
      },
      {
        name: 'another type, or none',
        parameters: SESSIONS,
        pod: {
          spec: {
            volumes: [
              { name: 'a', hostPath: { path: '/srv/sessions', type: 'DirectoryOrCreate' } },
              { name: 'b', hostPath: { path: '/srv/sessions', type: null } },
            ],
          },
        },
        says: 'hostPath not allowed (volumes "a", "b" must have a type among "Directory", found "DirectoryOrCreate")',
        paths: ['spec.volumes[0].hostPath.type', 'spec.volumes[1].hostPath.type'],
        values: ['DirectoryOrCreate', null],
      },
      {
        name: 'mounts elsewhere, writable, not recursively read-only, or that pass mounts on, in every list',
        parameters: SESSIONS,
        pod: {
          spec: {
            initContainers: [{ name: 'i', volumeMounts: [{ name: 's', mountPath: '/workspace/../etc' }] }],
            containers: [
              {
                name: 'a',
                volumeMounts: [
                  { name: 'r', mountPath: '/x', recursiveReadOnly: 'Enabled' },
                  { name: 'r', mountPath: '/y', readOnly: true },
                ],
              },
            ],
            ephemeralContainers: [
              {
                name: 'e',
                volumeMounts: [{ name: 's', mountPath: '/workspace/s', mountPropagation: 'HostToContainer' }],
              },
            ],
            volumes: [
              { name: 's', hostPath: { path: '/srv/sessions', type: 'Directory' } },
              { name: 'r', hostPath: { path: '/srv/shared' } },
            ],
          },
        },
        says:
          'hostPath not allowed (container "i" must mount volume "s" at a path among "/workspace/**", found "/workspace/../etc"; ' +
          'container "a" must mount volume "r" with readOnly=true; ' +
          'container "a" must mount volume "r" with recursiveReadOnly=Enabled; ' +
          'container "e" must mount volume "s" without mountPropagation, found "HostToContainer")',
        paths: [
          'spec.initContainers[0].volumeMounts[0].mountPath',
          'spec.containers[0].volumeMounts[0].readOnly',
          'spec.containers[0].volumeMounts[1].recursiveReadOnly',
          'spec.ephemeralContainers[0].volumeMounts[0].mountPropagation',
        ],
        values: ['/workspace/../etc', undefined, undefined, 'HostToContainer'],
      },
      {
        name: 'a mount that can write, of what is read-only below a folder',
        parameters: { hostPaths: [{ path: '/srv', below: true, readOnly: true }] },
        pod: {
          spec: {
            containers: [{ name: 'a', volumeMounts: [{ name: 's', mountPath: '/s', readOnly: false }] }],
            volumes: [{ name: 's', hostPath: { path: '/srv/work' } }],
          },
        },
        says: 'hostPath not allowed (container "a" must mount volume "s" with readOnly=true)',
        paths: ['spec.containers[0].volumeMounts[0].readOnly'],
        values: [false],
      },
      {
        name: 'an empty list allows none',
        parameters: { hostPaths: [] },
        pod: { spec: { volumes: [{ name: 'a', hostPath: { path: '/srv' } }] } },
        says: 'hostPath not allowed (volume "a" must have a path among none, found "/srv")',
        paths: ['spec.volumes[0].hostPath.path'],
        values: ['/srv'],
      },
    ],
  },
};

function rowInWords({ path, below }: Row): string {
  return below ? `${path}/**` : path;
}

function compileRow({ path, below, readOnly, recursiveReadOnly, types, mountPaths }: Row): CompiledRow {
  const places = mountPaths && nameList(mountPaths);
  return {
    path: normalisePath(path),
    below: below === true,
    types,
    wrong: (mount) => {
      const { name, mountPath, mountPropagation: propagation } = mount;
      const volume = name ?? '';
      if (propagation && propagation !== 'None') {
        return ['mountPropagation', `must mount volume "${volume}" without mountPropagation`];
      }
      if (places && !places.includes(normalisePath(mountPath ?? ''))) {
        return ['mountPath', `must mount volume "${volume}" at a path among ${places.inWords}`];
      }
      if (!readOnly) return undefined;
      if (!isReadOnly(mount)) return ['readOnly', mustBeReadOnly(volume)];
      if (!recursiveReadOnly || mount.recursiveReadOnly === 'Enabled') return undefined;
      return ['recursiveReadOnly', `must mount volume "${volume}" with recursiveReadOnly=Enabled`];
    },
  };
}

function findOthers(
  pod: PodView,
  rows: readonly CompiledRow[],
  among: string,
  cause: Cause | undefined,
): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  /** The rows that allow each volume; several volumes of one name are judged all. */
  const allowed = new Map<string, (readonly CompiledRow[])[]>();
  for (const { path, name, volume } of ownVolumes(pod, (one) => isGiven(one.hostPath))) {
    const stated = volume.hostPath?.path;
    const never = isNeverAllowed(stated ?? '');
    const onNode = normalisePath(stated ?? '');
    const forPath = rows.filter((row) => (row.below ? isWithin(onNode, row.path) : onNode === row.path));
    if (never || forPath.length === 0) {
      const why = cause ?? (never ? { check: 'forbiddenHostPaths' } : undefined);
      const violation = { path: `${path}.hostPath.path`, value: stated, volume: name, kind: among };
      found = append(found, why ? { ...violation, cause: why } : violation);
      continue;
    }
    const type = volume.hostPath?.type;
    const forType = forPath.filter(({ types }) => types === undefined || types.includes(type ?? ''));
    if (forType.length === 0) {
      const types = forPath.flatMap((row) => row.types ?? []);
      const kind = `must have a type among ${listedNames([...new Set(types)])}`;
      found = append(found, { path: `${path}.hostPath.type`, value: type, volume: name, kind });
      continue;
    }
    const known = allowed.get(name);
    if (known) known.push(forType);
    else allowed.set(name, [forType]);
  }
  if (allowed.size === 0) return found;
  for (const one of mountsOfVolumes(pod, allowed)) {
    for (const candidates of allowed.get(one.mount.name ?? '') ?? []) found = judgeMount(one, candidates, found);
  }
  return found;
}

/** The violations with that of a mount which none of the rows allows: what the first of them does not. */
function judgeMount(one: Mount, rows: readonly CompiledRow[], found: Violation[] | undefined): Violation[] | undefined {
  let first: readonly [field: keyof VolumeMount, demand: string] | undefined;
  for (const row of rows) {
    const wrong = row.wrong(one.mount);
    if (wrong === undefined) return found;
    first ??= wrong;
  }
  return first ? append(found, inMount(one, ...first)) : found;
}
