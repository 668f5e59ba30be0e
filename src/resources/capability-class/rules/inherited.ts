// Fields of the pod that every container of the workload would inherit: a class gives to its own containers, and to those
// of the workload only what its grant says. A policy judges the pod without what it grants, and so would not see them.

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

export function inheritedProblems({ template }: Parts): readonly DocumentProblem[] {
  return INHERITED.flatMap((field) => {
    const found = at(template, 'spec', 'securityContext', field);
    if (!isThere(found)) return [];
    const message =
      'every container of the workload would inherit it (expected it on the containers of the class, or in the grant)';
    return [keyProblem(found, message)];
  });
}
