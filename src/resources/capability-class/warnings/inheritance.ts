// Fields that a container of the class does not set come from the pod, which the workload's author writes.

import { at, isThere, type Located, valueProblem } from '../../located.ts';
import { listWords } from '../../problem-words.ts';
import type { DocumentProblem } from '../../problems.ts';
import type { Parts } from '../parts.ts';

/** What a container has by default where it says nothing. */
const DEFAULTS: Readonly<Record<string, string>> = {
  allowPrivilegeEscalation: 'true',
  capabilities: "the runtime's own set",
};

/** Warns about containers that leave fields of the security context to the pod or to defaults. */
export function inheritanceWarnings({ allContainers }: Parts): readonly DocumentProblem[] {
  return allContainers.flatMap((container) => {
    const security = at(container, 'securityContext');
    // A privileged container has every capability and no profile, whatever is said of them.
    const isPrivileged = at(security, 'privileged').value === true;
    const fromPod = ['runAsUser', ...(isPrivileged ? [] : ['seccompProfile'])];
    const unsaid = fromPod.filter((key) => !isThere(at(security, key)));
    const byDefault = Object.keys(DEFAULTS).filter((key) => !isPrivileged && !isThere(at(security, key)));
    const words = [
      ...(unsaid.length > 0 ? [`${listWords(unsaid)} (the pod's own, which the workload writes)`] : []),
      ...byDefault.map((key) => `${key} (${DEFAULTS[key]})`),
    ];
    return words.length === 0 ? [] : [openFields(container, security, words)];
  });
}

function openFields(container: Located, security: Located, words: readonly string[]): DocumentProblem {
  return valueProblem(isThere(security) ? security : container, `leaves open: ${words.join(', ')}`);
}
