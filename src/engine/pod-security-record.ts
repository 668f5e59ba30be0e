// What upstream's PodSecurity admission would count of a review, wherever a policy follows the labels of namespaces as it
// does: after k8s.io/pod-security-admission v0.37.2, admission/admission.go and metrics/metrics.go.

import type { StringMap } from '../kubernetes/pod.ts';
import type { PodSecurityEvaluation, PodSecurityRecord } from '../model/decision.ts';
import type { Finding } from '../model/finding.ts';
import { SHAPE_CHECK } from '../model/names.ts';
import type { Subject } from '../model/subject.ts';
import { NEWEST_MINOR } from '../pod-security/standard.ts';
import type { Policy } from '../policy/policy.ts';
import type { Gate } from './gate.ts';
import { isPod, type Located } from './locate.ts';
import { type LevelVersion, namespaceLevels, podSecurityRule } from './namespace-levels.ts';
import { knownLabels, policiesForPods } from './select.ts';
import { bringsInCode } from './significance.ts';

const UNREADABLE: PodSecurityRecord = Object.freeze({ evaluations: [], error: 'fatal', exempt: false });
const EXEMPT: PodSecurityRecord = Object.freeze({ evaluations: [], error: undefined, exempt: true });

/** True for policies that hold pods to what the labels of their namespace say. */
export function followsNamespace(policy: Policy): boolean {
  return policy.podSecurity?.from === 'namespaceLabels';
}

/**
 * The record of a judged object, or undefined where upstream counts nothing.
 * @param following the policies that follow the namespace, at least one
 * @param refuses whether the object is refused for what a policy finds, and not its pods
 * @param findings those of all policies, as they were decided
 * @param labels of the namespace; undefined where they are not known and might have mattered
 */
export function podSecurityRecord(
  subject: Subject,
  located: Located,
  following: ReadonlySet<Policy>,
  refuses: (policy: Policy) => boolean,
  findings: readonly Finding[],
  labels: StringMap | undefined,
): PodSecurityRecord | undefined {
  if (!labels || findings.some((finding) => finding.check === SHAPE_CHECK)) return UNREADABLE;
  const levels = namespaceLevels(labels);
  const error = levels.errors.length > 0 ? 'nonfatal' : undefined;
  const enforced = [...following].some(refuses);
  const names = new Set([...following].map((policy) => policy.name));
  const found = findings.filter((finding) => names.has(finding.policy));
  const denied = found.some((finding) => finding.action === 'Deny' && finding.rule === podSecurityRule(levels.Deny));

  const evaluations: PodSecurityEvaluation[] = [];
  if (enforced) evaluations.push(evaluation('enforce', levels.Deny, denied));
  if (!error && isPrivileged(levels.Audit) && isPrivileged(levels.Warn) && (!enforced || isPrivileged(levels.Deny))) {
    return enforced ? { evaluations, error, exempt: false } : undefined;
  }
  // Upstream does not judge these updates. We do, and count those that we refuse.
  if (subject.operation === 'UPDATE' && isPod(located.workload) && !bringsInCode(subject) && !denied) return undefined;
  // By level and version, not by action: an update can have turned a denial into a warning.
  const breaks = (level: LevelVersion): boolean => found.some((finding) => finding.rule === podSecurityRule(level));
  if (breaks(levels.Audit)) evaluations.push(evaluation('audit', levels.Audit, true));
  if (!denied && breaks(levels.Warn)) evaluations.push(evaluation('warn', levels.Warn, true));
  return evaluations.length > 0 || error ? { evaluations, error, exempt: false } : undefined;
}

/** The record of a node's mirror pod, which nobody judges: undefined where no policy would have followed its namespace. */
export function mirrorPodRecord(subject: Subject, gate: Gate): PodSecurityRecord | undefined {
  const policies = policiesForPods(subject.object, knownLabels(subject, gate), gate);
  return policies.some(followsNamespace) ? EXEMPT : undefined;
}

function evaluation(mode: PodSecurityEvaluation['mode'], at: LevelVersion, denied: boolean): PodSecurityEvaluation {
  return { mode, level: at.level, version: versionLabel(at), decision: denied ? 'deny' : 'allow' };
}

/** Privileged is the same at every version; of versions that we do not know yet we judge by the newest that we do. */
function versionLabel({ level, version }: LevelVersion): string {
  if (version === 'latest' || level === 'privileged') return 'latest';
  return Number(version.slice('v1.'.length)) > NEWEST_MINOR ? 'future' : version;
}

function isPrivileged({ level }: LevelVersion): boolean {
  return level === 'privileged';
}
