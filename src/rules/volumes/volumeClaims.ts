/*
PersistentVolumeClaims must be among those that the policy lists, and read-only where the row says so. An ephemeral volume makes a
claim that is named after its pod and volume, and the claim templates of a StatefulSet or a Sandbox make claims named after
both. A claim that is made must not take over what somebody else has: a volume by name or selector, or a source that is not a listed
claim.

**Restricted Fields:**
spec.volumes[*].persistentVolumeClaim.claimName
spec.volumes[*].ephemeral.volumeClaimTemplate.spec
spec.containers[*].volumeMounts[*].readOnly, volumeDevices[*]
spec.initContainers[*].volumeMounts[*].readOnly, volumeDevices[*]
spec.ephemeralContainers[*].volumeMounts[*].readOnly, volumeDevices[*]
volumeClaimTemplates of the object around the template

**Allowed Values:** what one of the policy's rows allows
*/
import type { PodView } from '../../kubernetes/containers.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { Cause, Violation } from '../../model/finding.ts';
import { compileGlob, globCovers } from '../../model/glob.ts';
import { ownField, stringField } from '../../model/json.ts';
import { append } from '../../pod-security/violations.ts';
import type { CheckRequest, RuleCheck } from '../check.ts';
import { listedNames } from '../name-list.ts';
import { claimTemplates } from './claim-templates.ts';
import { describeDemands } from './in-words.ts';
import { findWritable } from './mounts.ts';
import type { VolumeParameters } from './parameters.ts';
import { ownVolumes, typeCause } from './sources.ts';

interface Row {
  readonly name: string;
  readonly readOnly: boolean;
  readonly matches: (claim: string) => boolean;
}

const SESSIONS = { claims: [{ name: 'session-*' }, { name: 'shared', readOnly: true }] } satisfies VolumeParameters;

/** Longer than any name, and short enough to compare with every row. */
const LONGEST_NAME = 253;

/** A check that claims are those that the policy lists, mounted as it says. */
export const volumeClaims: RuleCheck<VolumeParameters> = {
  id: 'volumeClaims',
  title: 'PersistentVolumeClaims must be among those that the policy lists, mounted as it says.',
  fix: 'use a claim that the policy lists, in the way it lists it',
  platform: 'any',
  compile: (parameters) => {
    const { claims } = parameters;
    if (claims === undefined) return undefined;
    const among = `must use a claim among ${listedNames(claims.map(({ name }) => name))}`;
    const causes = {
      persistentVolumeClaim: typeCause(parameters, 'persistentVolumeClaim'),
      ephemeral: typeCause(parameters, 'ephemeral'),
    };
    const rows = claims.map(({ name, readOnly = false }) => ({ name, readOnly, matches: compileGlob(name) }));
    return (pod, request) => findOthers(pod, request, rows, among, causes);
  },
  describe: describeDemands('claim not allowed'),
  examples: {
    pass: [
      {
        name: 'claims of the list, as a volume, an ephemeral volume, and a block device that is read-only itself',
        parameters: { claims: [...SESSIONS.claims, { name: 'web-scratch' }] },
        pod: {
          metadata: { name: 'web' },
          spec: {
            containers: [
              {
                name: 'a',
                volumeMounts: [{ name: 'b', readOnly: true }, { name: 'a' }],
                volumeDevices: [{ name: 'd', devicePath: '/dev/x' }],
              },
            ],
            volumes: [
              { name: 'a', persistentVolumeClaim: { claimName: 'session-7' } },
              { name: 'b', persistentVolumeClaim: { claimName: 'shared' } },
              { name: 'd', persistentVolumeClaim: { claimName: 'shared', readOnly: true } },
              {
                name: 'scratch',
                ephemeral: {
                  volumeClaimTemplate: {
                    spec: { dataSource: { kind: 'PersistentVolumeClaim', name: 'session-1' }, dataSourceRef: null },
                  },
                },
              },
              { name: 'e', emptyDir: {} },
            ],
          },
        },
      },
      {
        name: 'claim templates of a StatefulSet and of a Sandbox',
        parameters: { claims: [{ name: 'data-web-*' }] },
        pod: { spec: {} },
        request: {
          kind: 'StatefulSet.apps',
          object: { metadata: { name: 'web' }, spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] } },
        },
      },
    ],
    fail: [
      {
        name: 'other claims, none, and an ephemeral volume whose claim will have another name',
        parameters: SESSIONS,
        pod: {
          metadata: { generateName: 'job-' },
          spec: {
            volumes: [
              { name: 'a', persistentVolumeClaim: { claimName: 'others' } },
              { name: 'b', persistentVolumeClaim: {} },
              { name: 'c', persistentVolumeClaim: { claimName: 'Session-1' } },
              { name: 'scratch', ephemeral: {} },
            ],
          },
        },
        says:
          'claim not allowed (volumes "a", "b", "c" must use a claim among "session-*", "shared", found "others", "Session-1"; ' +
          'volume "scratch" must use a claim among "session-*", "shared", and makes job-*-scratch)',
        paths: [
          ...[0, 1, 2].map((index) => `spec.volumes[${index}].persistentVolumeClaim.claimName`),
          'spec.volumes[3].ephemeral',
        ],
        values: ['others', undefined, 'Session-1', {}],
      },
      {
        name: 'mounts and devices that can write, in every list',
        parameters: SESSIONS,
        pod: {
          spec: {
            initContainers: [{ name: 'i', volumeMounts: [{ name: 'v' }] }],
            containers: [{ name: 'a', volumeDevices: [{ name: 'v', devicePath: '/dev/x' }] }],
            ephemeralContainers: [
              { name: 'e', volumeMounts: [{ name: 'v', readOnly: true, bindMountOptions: ['rw'] }] },
            ],
            volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'shared' } }],
          },
        },
        says:
          'claim not allowed (containers "i", "e" must mount volume "v" with readOnly=true; ' +
          'container "a" must use volume "v" as a device only where the volume says readOnly=true, found "v")',
        paths: [
          'spec.initContainers[0].volumeMounts[0].readOnly',
          'spec.ephemeralContainers[0].volumeMounts[0].readOnly',
          'spec.containers[0].volumeDevices[0].name',
        ],
        values: [undefined, true, 'v'],
      },
      {
        name: 'a claim of the list that takes over what others have',
        parameters: { claims: [{ name: '*' }] },
        pod: {
          spec: {
            volumes: [
              { name: 'a', ephemeral: { volumeClaimTemplate: { spec: { volumeName: 'pv-of-others' } } } },
              { name: 'b', ephemeral: { volumeClaimTemplate: { spec: { selector: { matchLabels: { a: 'b' } } } } } },
              {
                name: 'c',
                ephemeral: {
                  volumeClaimTemplate: { spec: { dataSourceRef: { kind: 'VolumeSnapshot', name: 'of-others' } } },
                },
              },
              {
                name: 'd',
                ephemeral: {
                  volumeClaimTemplate: {
                    spec: { dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'x', namespace: 'others' } },
                  },
                },
              },
            ],
          },
        },
        says:
          'claim not allowed (volume "a" must not make a claim with volumeName, found "pv-of-others"; volume "b" must not make a claim with selector; ' +
          'volumes "c", "d" must not make a claim with dataSourceRef of anything but a listed claim)',
        paths: [
          'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.volumeName',
          'spec.volumes[1].ephemeral.volumeClaimTemplate.spec.selector',
          'spec.volumes[2].ephemeral.volumeClaimTemplate.spec.dataSourceRef',
          'spec.volumes[3].ephemeral.volumeClaimTemplate.spec.dataSourceRef',
        ],
        values: [
          'pv-of-others',
          { matchLabels: { a: 'b' } },
          { kind: 'VolumeSnapshot', name: 'of-others' },
          { kind: 'PersistentVolumeClaim', name: 'x', namespace: 'others' },
        ],
      },
    ],
  },
};

/** Finds the rows for a claim: by its name, or by the names that claims which are yet to be made can have. */
function rowsFor(rows: readonly Row[], claims: string): readonly Row[] {
  if (claims === '' || claims.length > LONGEST_NAME) return [];
  if (!claims.includes('*')) return rows.filter(({ matches }) => matches(claims));
  return rows.filter(({ name }) => globCovers(name, claims));
}

function findOthers(
  pod: PodView,
  { object, kind: objectKind }: CheckRequest,
  rows: readonly Row[],
  among: string,
  causes: { readonly persistentVolumeClaim: Cause | undefined; readonly ephemeral: Cause | undefined },
): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  const readOnly = new Set<string>();
  const add = (violation: Violation, cause?: Cause): void => {
    found = append(found, cause ? { ...violation, cause } : violation);
  };
  const volumes = ownVolumes(pod, (one) => isGiven(one.persistentVolumeClaim) || isGiven(one.ephemeral));
  for (const { path, name, volume } of volumes) {
    const { persistentVolumeClaim: claim, ephemeral } = volume;
    if (isGiven(claim)) {
      const matching = rowsFor(rows, plainName(claim.claimName ?? ''));
      if (matching.length === 0) {
        const place = { path: `${path}.persistentVolumeClaim.claimName`, value: claim.claimName };
        add({ ...place, volume: name, kind: among }, causes.persistentVolumeClaim);
      } else if (claim.readOnly !== true && matching.every((row) => row.readOnly)) readOnly.add(name);
    }
    if (isGiven(ephemeral)) {
      const claims = `${ownerOf(pod)}-${plainName(name)}`;
      const matching = rowsFor(rows, claims);
      if (matching.length === 0) {
        const kind = `${among}, and makes ${claims}`;
        add({ path: `${path}.ephemeral`, value: ephemeral, volume: name, kind }, causes.ephemeral);
      } else if (matching.every((row) => row.readOnly)) readOnly.add(name);
      const { spec } = ephemeral.volumeClaimTemplate ?? {};
      for (const one of takenOver(spec, rows, `${path}.ephemeral.volumeClaimTemplate.spec`, name)) add(one);
    }
  }
  for (const { path, name, claims, spec } of claimTemplates(objectKind, object)) {
    const inObject = { inObject: true, inPods: true } as const;
    const matching = rowsFor(rows, claims);
    if (matching.length === 0) {
      const violation = { path, value: name, volume: name, kind: `${among}, and makes ${claims}`, ...inObject };
      add(violation, causes.persistentVolumeClaim);
    } else if (matching.every((row) => row.readOnly)) readOnly.add(name);
    const place = path.replace(/metadata\.name$/, 'spec');
    for (const one of takenOver(spec, rows, place, name)) add({ ...one, ...inObject });
  }
  return readOnly.size === 0 ? found : findWritable(pod, readOnly, found);
}

/** No name has a star, which would stand for what is not known. */
function plainName(name: string): string {
  return name.includes('*') || name.includes('?') ? '' : name;
}

/** What a claim of an ephemeral volume begins with: the name of the pod, or as much of it as is known. */
function ownerOf({ metadata }: PodView): string {
  if (metadata.name) return plainName(metadata.name);
  return `${plainName(metadata.generateName ?? '')}*`;
}

/** What a claim that is made would take over. */
function takenOver(spec: unknown, rows: readonly Row[], path: string, volume: string): readonly Violation[] {
  if (!isGiven(spec)) return [];
  const found: Violation[] = [];
  for (const field of ['volumeName', 'selector']) {
    const value = ownField(spec, field);
    if (!isGiven(value) || value === '') continue;
    found.push({ path: `${path}.${field}`, value, volume, kind: `must not make a claim with ${field}` });
  }
  for (const field of ['dataSource', 'dataSourceRef']) {
    const value = ownField(spec, field);
    if (!isGiven(value)) continue;
    const elsewhere = field === 'dataSourceRef' && isGiven(ownField(value, 'namespace'));
    const isClaim = stringField(value, 'kind') === 'PersistentVolumeClaim' && !elsewhere;
    if (isClaim && rowsFor(rows, plainName(stringField(value, 'name') ?? '')).length > 0) continue;
    const kind = `must not make a claim with ${field} of anything but a listed claim`;
    found.push({ path: `${path}.${field}`, value, volume, kind });
  }
  return found;
}
