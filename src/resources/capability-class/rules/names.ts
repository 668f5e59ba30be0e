// Names that have to be unique in a pod, and names that are reserved.

import { at, nameOf, valueProblem } from '../../located.ts';
import { quoteValue } from '../../problem-words.ts';
import type { DocumentProblem } from '../../problems.ts';
import { repeats } from '../../repeats.ts';
import type { Parts } from '../parts.ts';

/** The API server gives its token volumes such names, and checks recognise them by it. */
const TOKEN_VOLUME = 'kube-api-access-';

/** Names that are used twice or are reserved. */
export function nameProblems({ allContainers, volumes }: Parts): readonly DocumentProblem[] {
  const tokens = volumes.flatMap((volume) => {
    const name = nameOf(volume);
    if (!name?.startsWith(TOKEN_VOLUME)) return [];
    return [
      valueProblem(
        at(volume, 'name'),
        `${quoteValue(name)} is how the API server names token volumes (choose another)`,
      ),
    ];
  });
  return [...repeats(allContainers, 'name', 'a container'), ...repeats(volumes, 'name', 'a volume'), ...tokens];
}
