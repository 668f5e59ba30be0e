/*
Inline CSI volumes must be of a driver that the policy lists, and read-only where the row says so.

**Restricted Fields:**
spec.volumes[*].csi.driver
spec.containers[*].volumeMounts[*].readOnly
spec.initContainers[*].volumeMounts[*].readOnly
spec.ephemeralContainers[*].volumeMounts[*].readOnly

**Allowed Values:** what one of the policy's rows allows
*/
import type { PodView } from '../../kubernetes/containers.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { Cause, Violation } from '../../model/finding.ts';
import { append } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { listedNames } from '../name-list.ts';
import { describeDemands } from './in-words.ts';
import { findWritable } from './mounts.ts';
import type { VolumeParameters } from './parameters.ts';
import { ownVolumes, typeCause } from './sources.ts';

const STORE = {
  csiDrivers: [{ driver: 'secrets-store.csi.k8s.io', readOnly: true }, { driver: 'scratch.example' }],
} satisfies VolumeParameters;

/** A check that inline CSI volumes are of drivers that the policy lists, mounted as it says. */
export const csiDrivers: RuleCheck<VolumeParameters> = {
  id: 'csiDrivers',
  title: 'Inline CSI volumes must be of drivers that the policy lists, mounted as it says.',
  fix: 'use a CSI driver that the policy lists, in the way it lists it',
  platform: 'any',
  compile: (parameters) => {
    if (parameters.csiDrivers === undefined) return undefined;
    // Of several rows for a driver, one suffices.
    const drivers = new Map<string, boolean>();
    for (const { driver, readOnly = false } of parameters.csiDrivers) {
      drivers.set(driver, readOnly && drivers.get(driver) !== false);
    }
    const kind = `must be of a driver among ${listedNames([...drivers.keys()])}`;
    const cause = typeCause(parameters, 'csi');
    return (pod) => findOthers(pod, drivers, kind, cause);
  },
  describe: describeDemands('CSI driver not allowed'),
  examples: {
    pass: [
      {
        name: 'drivers of the list, read-only by the volume or by its mounts',
        parameters: STORE,
        pod: {
          spec: {
            containers: [{ name: 'a', volumeMounts: [{ name: 'a' }, { name: 'b', readOnly: true }, { name: 'c' }] }],
            volumes: [
              { name: 'a', csi: { driver: 'secrets-store.csi.k8s.io', readOnly: true } },
              { name: 'b', csi: { driver: 'secrets-store.csi.k8s.io' } },
              { name: 'c', csi: { driver: 'scratch.example' } },
            ],
          },
        },
      },
    ],
    fail: [
      {
        name: 'another driver, and none',
        parameters: STORE,
        pod: {
          spec: {
            volumes: [
              { name: 'a', csi: { driver: 'Scratch.example' } },
              { name: 'b', csi: {} },
            ],
          },
        },
        says:
          'CSI driver not allowed (volumes "a", "b" must be of a driver among "secrets-store.csi.k8s.io", "scratch.example", ' +
          'found "Scratch.example")',
        paths: ['spec.volumes[0].csi.driver', 'spec.volumes[1].csi.driver'],
        values: ['Scratch.example', undefined],
      },
      {
        name: 'mounts that can write, in every list',
        parameters: STORE,
        pod: {
          spec: {
            initContainers: [{ name: 'i', volumeMounts: [{ name: 'v' }] }],
            containers: [{ name: 'a', volumeMounts: [{ name: 'v', readOnly: false }] }],
            ephemeralContainers: [{ name: 'e', volumeMounts: [{ name: 'v', readOnly: true }] }],
            volumes: [{ name: 'v', csi: { driver: 'secrets-store.csi.k8s.io', readOnly: false } }],
          },
        },
        says: 'CSI driver not allowed (containers "i", "a" must mount volume "v" with readOnly=true)',
        paths: ['spec.initContainers[0].volumeMounts[0].readOnly', 'spec.containers[0].volumeMounts[0].readOnly'],
        values: [undefined, false],
      },
    ],
  },
};

function findOthers(
  pod: PodView,
  drivers: ReadonlyMap<string, boolean>,
  kind: string,
  cause: Cause | undefined,
): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  const readOnly = new Set<string>();
  for (const own of ownVolumes(pod, (one) => isGiven(one.csi))) {
    const { name, volume } = own;
    const driver = volume.csi?.driver;
    const mustBe = drivers.get(driver ?? '');
    if (mustBe === undefined) {
      const violation = { path: `${own.path}.csi.driver`, value: driver, volume: name, kind };
      found = append(found, cause ? { ...violation, cause } : violation);
    } else if (mustBe && volume.csi?.readOnly !== true) readOnly.add(name);
  }
  return readOnly.size === 0 ? found : findWritable(pod, readOnly, found);
}
