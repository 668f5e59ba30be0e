// Security contexts that the API server refuses, or that can never work.

import { CAPABILITY_NAMES, canonicalCapability } from '../../../kubernetes/linux-capabilities.ts';
import { ownField } from '../../../model/json.ts';
import { didYouMean } from '../../did-you-mean.ts';
import { at, eachAt, isThere, keyProblem, type Located, valueProblem } from '../../located.ts';
import { quoteValue } from '../../problem-words.ts';
import type { DocumentProblem } from '../../problems.ts';
import { type Parts, securityContexts } from '../parts.ts';

/** Fields of security contexts that contradict each other or that Kubernetes does not know. */
export function securityProblems(parts: Parts): readonly DocumentProblem[] {
  const hostUsers = at(parts.template, 'spec', 'hostUsers').value;
  const pod = at(parts.template, 'spec', 'securityContext');
  return [
    ...dropProblems(parts.grant),
    ...profileProblems(pod),
    ...rootProblems(pod),
    ...securityContexts(parts).flatMap((context) => [
      ...escalationProblems(context),
      ...procMountProblems(context, hostUsers),
      ...capabilityProblems(context),
      ...profileProblems(context),
      ...rootProblems(context),
    ]),
  ];
}

/** Policies say what the workload has to drop. */
function dropProblems(grant: Located): readonly DocumentProblem[] {
  const drop = at(grant, 'securityContext', 'capabilities', 'drop');
  return isThere(drop) ? [keyProblem(drop, 'a grant only adds capabilities (leave it out)')] : [];
}

/**
 * The API server refuses both, but looks for CAP_SYS_ADMIN alone.
 * Source: k8s.io/kubernetes/pkg/apis/core/validation, ValidateSecurityContext; its type says that SYS_ADMIN implies it.
 */
function escalationProblems(context: Located): readonly DocumentProblem[] {
  const escalation = at(context, 'allowPrivilegeEscalation');
  if (escalation.value !== false) return [];
  if (at(context, 'privileged').value === true) {
    return [valueProblem(escalation, 'false cannot go with privileged true (leave it out, or set it to true)')];
  }
  const admin = eachAt(context, 'capabilities', 'add').find(
    ({ value }) => value === 'SYS_ADMIN' || value === 'CAP_SYS_ADMIN',
  );
  return admin
    ? [valueProblem(escalation, 'false cannot go with adding SYS_ADMIN (leave it out, or set it to true)')]
    : [];
}

function procMountProblems(context: Located, hostUsers: unknown): readonly DocumentProblem[] {
  const procMount = at(context, 'procMount');
  if (procMount.value !== 'Unmasked' || hostUsers === false) return [];
  return [valueProblem(procMount, 'Unmasked needs hostUsers false (set it in template.spec)')];
}

/** Runtimes ignore what they do not know, and checks compare names letter by letter. */
function capabilityProblems(context: Located): readonly DocumentProblem[] {
  return ['add', 'drop'].flatMap((key) =>
    eachAt(context, 'capabilities', key).flatMap((member) => {
      const { value } = member;
      if (typeof value !== 'string' || CAPABILITY_NAMES.includes(value)) return [];
      const plain = canonicalCapability(value);
      const meant = CAPABILITY_NAMES.includes(plain) ? ` (expected ${plain})` : didYouMean(plain, CAPABILITY_NAMES);
      return [valueProblem(member, `${quoteValue(value)} is not a Linux capability${meant}`)];
    }),
  );
}

function profileProblems(context: Located): readonly DocumentProblem[] {
  return ['seccompProfile', 'appArmorProfile'].flatMap((key) => {
    const profile = at(context, key);
    const type = ownField(profile.value, 'type');
    const path = at(profile, 'localhostProfile');
    if (type === 'Localhost' && !isThere(path)) return [valueProblem(path, 'required for type Localhost')];
    if (type !== 'Localhost' && isThere(path)) return [keyProblem(path, 'only for type Localhost')];
    return [];
  });
}

/** The node would refuse to start it. */
function rootProblems(context: Located): readonly DocumentProblem[] {
  const user = at(context, 'runAsUser');
  if (user.value !== 0 || at(context, 'runAsNonRoot').value !== true) return [];
  return [valueProblem(user, '0 cannot go with runAsNonRoot true')];
}
