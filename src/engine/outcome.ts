// Decisions without findings.
import type { Decision, SkipCode } from '../model/decision.ts';
import type { Subject } from '../model/subject.ts';

/** The decision to let a request pass, neither judged nor changed, for the reason that the code stands for. */
export function skipped(subject: Subject, skip: SkipCode): Decision {
  return { ...NOTHING, verdict: 'skipped', skip, object: subject.object };
}

/** The empty parts of a decision. */
export const NOTHING: Omit<Decision, 'verdict' | 'skip' | 'object'> = Object.freeze({
  policies: [],
  findings: [],
  warnings: [],
  errors: [],
  injected: [],
  notInjected: [],
});
