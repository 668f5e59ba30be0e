// Decisions with nothing found.
import type { Decision, SkipCode } from '../model/decision.ts';
import type { Subject } from '../model/subject.ts';

/** Let through unjudged and unchanged. */
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
