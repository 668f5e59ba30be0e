// What is mounted where. A class mounts only its own volumes: the workload chooses the names of the others.
import { isJsonObject, ownField } from '../../../model/json.ts';
import { at, eachAt, isThere, type Located, nameOf, valueProblem } from '../../located.ts';
import { quoteValue } from '../../problem-words.ts';
import type { DocumentProblem } from '../../problems.ts';
import { repeats, unknownName } from '../../repeats.ts';
import type { Parts } from '../parts.ts';

/** Mounts of volumes that the template does not have, or that cannot be mounted so. */
export function mountProblems({ allContainers, grant, volumes }: Parts): readonly DocumentProblem[] {
  return [...allContainers, grant].flatMap((owner) => {
    const mounts = eachAt(owner, 'volumeMounts');
    const devices = eachAt(owner, 'volumeDevices');
    const mounted = new Set(mounts.map(nameOf));
    return [
      ...[...mounts, ...devices].flatMap((mount) => volumeProblem(mount, volumes)),
      ...repeats(mounts, 'mountPath', 'a mount'),
      ...repeats(devices, 'devicePath', 'a device'),
      ...repeats(devices, 'name', 'a device'),
      ...mounts.flatMap((mount) => mountProblem(mount, volumes)),
      ...devices.flatMap((device) => deviceProblem(device, volumes, mounted)),
    ];
  });
}

function volumeProblem(mount: Located, volumes: readonly Located[]): readonly DocumentProblem[] {
  const name = nameOf(mount);
  const known = volumes.flatMap((volume) => nameOf(volume) ?? []);
  if (name === undefined || known.includes(name)) return [];
  return [valueProblem(at(mount, 'name'), unknownName(name, 'volume of the template', known))];
}

function mountProblem(mount: Located, volumes: readonly Located[]): readonly DocumentProblem[] {
  if (isThere(at(mount, 'subPath')) && isThere(at(mount, 'subPathExpr'))) {
    return [valueProblem(mount, 'expected subPath or subPathExpr, found both')];
  }
  if (claimMode(mount, volumes) !== 'Block') return [];
  return [valueProblem(at(mount, 'name'), `${quoteValue(nameOf(mount))} is a Block volume (use volumeDevices)`)];
}

/** Only claims can be block devices. */
function deviceProblem(
  device: Located,
  volumes: readonly Located[],
  mounted: ReadonlySet<string | undefined>,
): readonly DocumentProblem[] {
  const name = at(device, 'name');
  // The schema reports a missing name.
  if (nameOf(device) === undefined) return [];
  if (mounted.has(nameOf(device)))
    return [valueProblem(name, `${quoteValue(name.value)} is mounted in the same container`)];
  const mode = claimMode(device, volumes);
  if (mode === 'Block' || mode === 'unknown') return [];
  const wanted = 'expected a persistentVolumeClaim, or an ephemeral claim with volumeMode Block';
  return [valueProblem(name, `${quoteValue(name.value)} is not a block device (${wanted})`)];
}

/** The mode of the claim behind a mount: unknown of claims that exist elsewhere, undefined of other volumes. */
function claimMode(mount: Located, volumes: readonly Located[]): 'Block' | 'Filesystem' | 'unknown' | undefined {
  const volume = volumes.find((candidate) => nameOf(candidate) === nameOf(mount));
  if (volume === undefined || isThere(at(volume, 'persistentVolumeClaim'))) return 'unknown';
  const claim = at(volume, 'ephemeral', 'volumeClaimTemplate', 'spec').value;
  if (!isJsonObject(claim)) return undefined;
  return ownField(claim, 'volumeMode') === 'Block' ? 'Block' : 'Filesystem';
}
