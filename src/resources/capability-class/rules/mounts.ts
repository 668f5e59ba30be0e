// What is mounted where. A class mounts its own volumes only: the names of the workload's are the workload's to choose.
import { isJsonObject, ownField } from '../../../model/json.ts';
import { at, eachAt, fault, isThere, type Located, nameOf } from '../../located.ts';
import { quoteValue } from '../../problem-words.ts';
import type { Fault } from '../../problems.ts';
import { repeats, unknownName } from '../../repeats.ts';
import type { Parts } from '../parts.ts';

export function mountFaults({ allContainers, grant, volumes }: Parts): readonly Fault[] {
  return [...allContainers, grant].flatMap((owner) => {
    const mounts = eachAt(owner, 'volumeMounts');
    const devices = eachAt(owner, 'volumeDevices');
    const mounted = new Set(mounts.map(nameOf));
    return [
      ...[...mounts, ...devices].flatMap((mount) => volumeFault(mount, volumes)),
      ...repeats(mounts, 'mountPath', 'a mount'),
      ...repeats(devices, 'devicePath', 'a device'),
      ...repeats(devices, 'name', 'a device'),
      ...mounts.flatMap((mount) => mountFault(mount, volumes)),
      ...devices.flatMap((device) => deviceFault(device, volumes, mounted)),
    ];
  });
}

function volumeFault(mount: Located, volumes: readonly Located[]): readonly Fault[] {
  const name = nameOf(mount);
  const known = volumes.flatMap((volume) => nameOf(volume) ?? []);
  if (name === undefined || known.includes(name)) return [];
  return [fault(at(mount, 'name'), unknownName(name, 'volume of the template', known))];
}

function mountFault(mount: Located, volumes: readonly Located[]): readonly Fault[] {
  if (isThere(at(mount, 'subPath')) && isThere(at(mount, 'subPathExpr'))) {
    return [fault(mount, 'expected subPath or subPathExpr, found both')];
  }
  if (claimMode(mount, volumes) !== 'Block') return [];
  return [fault(at(mount, 'name'), `${quoteValue(nameOf(mount))} is a Block volume (use volumeDevices)`)];
}

/** Only claims can be block devices. */
function deviceFault(
  device: Located,
  volumes: readonly Located[],
  mounted: ReadonlySet<string | undefined>,
): readonly Fault[] {
  const name = at(device, 'name');
  // A name that is missing the schema has words for.
  if (nameOf(device) === undefined) return [];
  if (mounted.has(nameOf(device))) return [fault(name, `${quoteValue(name.value)} is mounted in the same container`)];
  const mode = claimMode(device, volumes);
  if (mode === 'Block' || mode === 'unknown') return [];
  const wanted = 'expected a persistentVolumeClaim, or an ephemeral claim with volumeMode Block';
  return [fault(name, `${quoteValue(name.value)} is no block device (${wanted})`)];
}

/** The mode of the claim behind a mount: unknown of claims that exist elsewhere, undefined of other volumes. */
function claimMode(mount: Located, volumes: readonly Located[]): 'Block' | 'Filesystem' | 'unknown' | undefined {
  const volume = volumes.find((candidate) => nameOf(candidate) === nameOf(mount));
  if (volume === undefined || isThere(at(volume, 'persistentVolumeClaim'))) return 'unknown';
  const claim = at(volume, 'ephemeral', 'volumeClaimTemplate', 'spec').value;
  if (!isJsonObject(claim)) return undefined;
  return ownField(claim, 'volumeMode') === 'Block' ? 'Block' : 'Filesystem';
}
