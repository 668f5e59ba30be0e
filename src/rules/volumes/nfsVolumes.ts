/*
NFS volumes must be among the exports that the policy lists, and read-only where the row says so. Paths are compared as text,
without `.`, `..` and empty parts.

**Restricted Fields:**
spec.volumes[*].nfs
spec.containers[*].volumeMounts[*].readOnly
spec.initContainers[*].volumeMounts[*].readOnly
spec.ephemeralContainers[*].volumeMounts[*].readOnly

**Allowed Values:** what one of the policy's rows allows
*/
import type { PodView } from '../../kubernetes/containers.ts';
import { isWithin, normalisePath } from '../../kubernetes/file-path.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { Cause, Violation } from '../../model/finding.ts';
import { ownField } from '../../model/json.ts';
import { append, textOf } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { listedNames } from '../name-list.ts';
import { describeDemands } from './in-words.ts';
import { findWritable } from './mounts.ts';
import type { VolumeParameters } from './parameters.ts';
import { ownVolumes, typeCause } from './sources.ts';

type Row = NonNullable<VolumeParameters['nfs']>[number];

const AGENTS = {
  nfs: [
    { server: 'nas.internal', path: '/exports/agents', below: true, readOnly: true },
    { server: 'nas.internal', path: '/exports/work' },
  ],
} satisfies VolumeParameters;

/** A check that NFS volumes are exports that the policy lists, mounted as it says. */
export const nfsVolumes: RuleCheck<VolumeParameters> = {
  id: 'nfsVolumes',
  title: 'NFS volumes must be among the exports that the policy lists, mounted as it says.',
  fix: 'mount an export that the policy lists, in the way it lists it',
  platform: 'any',
  compile: (parameters) => {
    const { nfs } = parameters;
    if (nfs === undefined) return undefined;
    const rows = nfs.map((row) => ({ ...row, server: plainServer(row.server), path: normalisePath(row.path) }));
    const kind = `must be among ${listedNames(nfs.map(rowInWords))}`;
    const cause = typeCause(parameters, 'nfs');
    return (pod) => findOthers(pod, rows, kind, cause);
  },
  describe: describeDemands('NFS export not allowed', ({ value }) =>
    typeof value === 'object' && value !== null
      ? `${textOf(ownField(value, 'server'))}:${textOf(ownField(value, 'path'))}`
      : undefined,
  ),
  examples: {
    pass: [
      {
        name: 'as a row says, in any spelling of it; a volume that is read-only itself needs no more',
        parameters: AGENTS,
        pod: {
          spec: {
            containers: [
              {
                name: 'a',
                volumeMounts: [{ name: 'r', readOnly: true }, { name: 'v' }, { name: 'w' }, { name: 'e' }],
              },
            ],
            volumes: [
              { name: 'r', nfs: { server: 'NAS.internal.', path: '/exports//agents/7/' } },
              { name: 'v', nfs: { server: 'nas.internal', path: '/exports/agents', readOnly: true } },
              { name: 'w', nfs: { server: 'nas.internal', path: '/exports/x/../work' } },
              { name: 'e', emptyDir: {} },
            ],
          },
        },
      },
    ],
    fail: [
      {
        name: 'another server, another path, one that leads out, one below',
        parameters: AGENTS,
        pod: {
          spec: {
            volumes: [
              { name: 'a', nfs: { server: 'nas', path: '/exports/agents', readOnly: true } },
              { name: 'b', nfs: { server: 'nas.internal', path: '/exports/agents/../secret', readOnly: true } },
              { name: 'c', nfs: { server: 'nas.internal', path: '/exports/work/x' } },
              { name: 'd', nfs: {} },
            ],
          },
        },
        says:
          'NFS export not allowed (volumes "a", "b", "c", "d" must be among "nas.internal:/exports/agents/**", ' +
          '"nas.internal:/exports/work", found "nas:/exports/agents", "nas.internal:/exports/agents/../secret", ' +
          '"nas.internal:/exports/work/x", ":")',
        paths: [0, 1, 2, 3].map((index) => `spec.volumes[${index}].nfs`),
        values: [
          { server: 'nas', path: '/exports/agents', readOnly: true },
          { server: 'nas.internal', path: '/exports/agents/../secret', readOnly: true },
          { server: 'nas.internal', path: '/exports/work/x' },
          {},
        ],
      },
      {
        name: 'mounts that can write, in every list',
        parameters: AGENTS,
        pod: {
          spec: {
            initContainers: [{ name: 'i', volumeMounts: [{ name: 'v' }] }],
            containers: [
              {
                name: 'a',
                volumeMounts: [
                  { name: 'v', readOnly: true },
                  { name: 'v', readOnly: false },
                ],
              },
            ],
            ephemeralContainers: [{ name: 'e', volumeMounts: [{ name: 'v', readOnly: null }] }],
            volumes: [{ name: 'v', nfs: { server: 'nas.internal', path: '/exports/agents', readOnly: false } }],
          },
        },
        says: 'NFS export not allowed (containers "i", "a", "e" must mount volume "v" with readOnly=true)',
        paths: [
          'spec.initContainers[0].volumeMounts[0].readOnly',
          'spec.containers[0].volumeMounts[1].readOnly',
          'spec.ephemeralContainers[0].volumeMounts[0].readOnly',
        ],
        values: [undefined, false, null],
      },
    ],
  },
};

function rowInWords({ server, path, below }: Row): string {
  return `${server}:${path}${below ? '/**' : ''}`;
}

/** Host names ignore case, and may end with a dot. */
function plainServer(server: string): string {
  return server.toLowerCase().replace(/\.$/, '');
}

function findOthers(
  pod: PodView,
  rows: readonly Row[],
  kind: string,
  cause: Cause | undefined,
): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  const readOnly = new Set<string>();
  for (const own of ownVolumes(pod, (one) => isGiven(one.nfs))) {
    const { name, volume } = own;
    const server = plainServer(volume.nfs?.server ?? '');
    const exported = normalisePath(volume.nfs?.path ?? '');
    const matching = rows.filter(
      (row) => row.server === server && (row.below ? isWithin(exported, row.path) : row.path === exported),
    );
    if (matching.length === 0) {
      const violation = { path: `${own.path}.nfs`, value: volume.nfs, volume: name, kind };
      found = append(found, cause ? { ...violation, cause } : violation);
    } else if (volume.nfs?.readOnly !== true && matching.every((row) => row.readOnly)) readOnly.add(name);
  }
  return readOnly.size === 0 ? found : findWritable(pod, readOnly, found);
}
