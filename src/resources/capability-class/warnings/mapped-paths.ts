// Paths of the node that no pod with a user namespace of its own can mount.
//
// Where hostUsers is false, the kubelet has the runtime map the ids of every volume (KEP-127), and a mount can only be mapped where its
// file system allows it. ext4, xfs and tmpfs do; devtmpfs, devpts, proc and sysfs do not, whichever kernel it is: the container does
// not start, with `failed to set MOUNT_ATTR_IDMAP on /dev/net/tun: invalid argument`. A device that the node's kubelet hands out for a
// device plugin is not a volume, and is not mapped.

import { at, valueProblem } from '../../located.ts';
import { quoteValue } from '../../problem-words.ts';
import type { DocumentProblem } from '../../problems.ts';
import type { Parts } from '../parts.ts';

const UNMAPPABLE = /^\/+(?:dev(?!\/+shm(?:\/|$))|proc|sys)(?:\/|$)/;

/** Warns about host paths below /dev, /proc and /sys beside `hostUsers: false`. */
export function mappedPathWarnings({ template, volumes }: Parts): readonly DocumentProblem[] {
  if (at(at(template, 'spec'), 'hostUsers').value !== false) return [];
  return volumes.flatMap((volume) => {
    const path = at(at(volume, 'hostPath'), 'path');
    if (typeof path.value !== 'string' || !UNMAPPABLE.test(path.value)) return [];
    const cause = `${quoteValue(path.value)} cannot be mounted beside hostUsers: false, but where the node's own file system there maps ids`;
    return [valueProblem(path, `${cause}: pods stay in ContainerCreating (take a device plugin's resource instead)`)];
  });
}
