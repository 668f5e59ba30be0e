// Fields that mean something only in some containers.
import { parseImage } from '../../../images/image-reference.ts';
import { stringField } from '../../../model/json.ts';
import { at, isThere, keyProblem, type Located, valueProblem } from '../../located.ts';
import { quoteValue } from '../../problem-words.ts';
import type { DocumentProblem } from '../../problems.ts';
import type { Parts } from '../parts.ts';

const RUNNING_ONLY = ['startupProbe', 'livenessProbe', 'readinessProbe', 'lifecycle'];

/** Newer versions of Kubernetes have it in other containers and with other values, but a class has to run on older ones. */
export function containerProblems({ initContainers, containers, allContainers }: Parts): readonly DocumentProblem[] {
  return [
    ...initContainers.flatMap(initContainerProblems),
    ...containers.flatMap((container) => {
      const policy = at(container, 'restartPolicy');
      return isThere(policy)
        ? [keyProblem(policy, 'only init containers of a class have one: Always makes them sidecars')]
        : [];
    }),
    ...allContainers.flatMap((container) => {
      const image = at(container, 'image');
      if (typeof image.value !== 'string' || image.value === '' || parseImage(image.value)) return [];
      return [
        valueProblem(
          image,
          `${quoteValue(image.value)} is not a valid image reference (expected registry/name:tag@digest)`,
        ),
      ];
    }),
  ];
}

/** An init container without restartPolicy ends before the pod is ready: the API server refuses probes and hooks there. */
function initContainerProblems(container: Located): readonly DocumentProblem[] {
  const policy = stringField(container.value, 'restartPolicy');
  if (policy === 'Always') return [];
  if (policy !== undefined) {
    return [
      valueProblem(
        at(container, 'restartPolicy'),
        `${quoteValue(policy)} is not for init containers (expected Always)`,
      ),
    ];
  }
  return RUNNING_ONLY.map((key) => at(container, key))
    .filter(isThere)
    .map((field) => keyProblem(field, 'only init containers with restartPolicy Always can have it'));
}
