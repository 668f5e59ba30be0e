// Fields of the pod that every container of the workload would inherit. A class may set them for its own containers, and for
// those of the workload only what its grant says: a policy judges the pod without what is granted, and would not see them.

import { at, isThere, keyProblem } from '../../located.ts';
import type { DocumentProblem } from '../../problems.ts';
import type { Parts } from '../parts.ts';

const INHERITED = [
  'runAsUser',
  'runAsGroup',
  'runAsNonRoot',
  'seccompProfile',
  'appArmorProfile',
  'seLinuxOptions',
  'windowsOptions',
];

/** Fields of the pod that reach further than the class's own containers. */
export function inheritedProblems({ template }: Parts): readonly DocumentProblem[] {
  return INHERITED.flatMap((field) => {
    const found = at(template, 'spec', 'securityContext', field);
    if (!isThere(found)) return [];
    const message =
      'every container of the workload would inherit it (expected it on the containers of the class, or in the grant)';
    return [keyProblem(found, message)];
  });
}
