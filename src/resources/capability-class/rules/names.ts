// Names that Kubernetes wants to be unique in a pod, and those that belong to others.

import { at, fault, nameOf } from '../../located.ts';
import { quoteValue } from '../../problem-words.ts';
import type { Fault } from '../../problems.ts';
import { repeats } from '../../repeats.ts';
import type { Parts } from '../parts.ts';

/** The API server gives its token volumes such names, and they are judged by them. */
const TOKEN_VOLUME = 'kube-api-access-';

export function nameFaults({ allContainers, volumes }: Parts): readonly Fault[] {
  const tokens = volumes.flatMap((volume) => {
    const name = nameOf(volume);
    if (!name?.startsWith(TOKEN_VOLUME)) return [];
    return [
      fault(at(volume, 'name'), `${quoteValue(name)} is how the API server names token volumes (choose another)`),
    ];
  });
  return [...repeats(allContainers, 'name', 'a container'), ...repeats(volumes, 'name', 'a volume'), ...tokens];
}
