// Volumes that can fill a node's disk, or that are mounted nowhere.

import { at, eachAt, isThere, nameOf, valueProblem } from '../../located.ts';
import type { DocumentProblem } from '../../problems.ts';
import type { Parts } from '../parts.ts';

/** Warns about volumes without a size limit and volumes that are mounted nowhere. */
export function volumeWarnings({ allContainers, grant, volumes }: Parts): readonly DocumentProblem[] {
  const owners = [...allContainers, grant];
  const used = new Set(
    owners.flatMap((owner) => [...eachAt(owner, 'volumeMounts'), ...eachAt(owner, 'volumeDevices')].map(nameOf)),
  );
  return volumes.flatMap((volume) => {
    const emptyDir = at(volume, 'emptyDir');
    const unbounded = isThere(emptyDir) && !isThere(at(emptyDir, 'sizeLimit'));
    return [
      ...(unbounded ? [valueProblem(emptyDir, 'has no sizeLimit: it can grow until the node is full')] : []),
      ...(used.has(nameOf(volume)) ? [] : [valueProblem(volume, 'is mounted nowhere')]),
    ];
  });
}
