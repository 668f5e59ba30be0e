// What a policy's author probably did not mean, although it is allowed.

import { FILLED_IN_CHECK, GRANTS_CHECK } from '../../model/names.ts';
import { POD_SECURITY_CHECKS } from '../../pod-security/checks/index.ts';
import { checksAt } from '../../pod-security/standard.ts';
import type { Policy } from '../../policy/policy.ts';
import type { IsolationPolicy } from '../../policy/spec.ts';
import type { PodSecurity } from '../../rules/podSecurity/parameters.ts';
import type { DocumentProblem } from '../problems.ts';

/** Warnings about a policy that has no faults. */
export function doubtsAbout(document: IsolationPolicy, policy: Policy): readonly DocumentProblem[] {
  if (isIdle(policy)) {
    return [{ keys: ['spec'], what: 'key', message: 'fills in nothing and requires nothing' }];
  }
  const runnable = runnableChecks(policy);
  return Object.keys(document.spec.checks ?? {}).flatMap((check): DocumentProblem[] => {
    if (runnable.has(check)) return [];
    return [
      { keys: ['spec', 'checks', check], what: 'key', message: `has no effect: ${whyNot(check, policy.podSecurity)}` },
    ];
  });
}

function isIdle({ podSecurity, fillIns, objectFillIns, checks, capabilities }: Policy): boolean {
  const requiresLevel = podSecurity?.from === 'namespaceLabels' || isDemanding(podSecurity);
  return (
    !requiresLevel && fillIns.length + objectFillIns.length === 0 && checks.length === 0 && capabilities.length === 0
  );
}

function isDemanding(podSecurity: PodSecurity | undefined): boolean {
  return podSecurity?.from === 'policy' && podSecurity.level !== 'privileged';
}

function runnableChecks({ podSecurity, checks, fillIns }: Policy): ReadonlySet<string> {
  const filledIn = fillIns.length > 0 ? [FILLED_IN_CHECK] : [];
  // A policy without classes has something to say of grants, too: that it lists none.
  return new Set([...checks.map((check) => check.id), ...standardChecks(podSecurity), ...filledIn, GRANTS_CHECK]);
}

/** The checks of the standard that can run: those of the level and version, or any where the namespace decides. */
function standardChecks(podSecurity: PodSecurity | undefined): readonly string[] {
  if (!podSecurity) return [];
  if (podSecurity.from === 'namespaceLabels') return POD_SECURITY_CHECKS.map((check) => check.id);
  return checksAt(podSecurity.level, podSecurity.version).map((check) => check.id);
}

function whyNot(check: string, podSecurity: PodSecurity | undefined): string {
  if (!POD_SECURITY_CHECKS.some((standard) => standard.id === check))
    return 'the policy asks for nothing that it checks';
  if (!podSecurity) return 'the policy sets no podSecurity level';
  if (podSecurity.from === 'namespaceLabels') return 'the check is not known';
  return `podSecurity ${podSecurity.level}:${podSecurity.version} does not include the check`;
}
