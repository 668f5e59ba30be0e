// Fills in the object around its pod templates, for kinds whose templates are left as written.
import type { Decision } from '../model/decision.ts';
import type { JsonObject } from '../model/json.ts';
import type { Subject } from '../model/subject.ts';
import type { Policy } from '../policy/policy.ts';
import { qualifiedKind } from '../workloads/workload.ts';
import type { Gate } from './gate.ts';
import type { Located } from './locate.ts';
import { NOTHING, skipped } from './outcome.ts';
import { knownLabels } from './select.ts';
import { verdictPolicies } from './verdict-policies.ts';

/**
 * Fills in an object that is being created, as the policies that judge it ask for; skipped where none does. One that exists is
 * left alone: a time to live that a finished Job is given would delete it.
 */
export function fillAround(subject: Subject, located: Located, gate: Gate): Decision {
  const { workload } = located;
  if (!workload.fillInAround || subject.operation === 'UPDATE') return skipped(subject, 'not-filled-in');
  const namespace = knownLabels(subject, gate);
  const policies = new Set<Policy>();
  for (const template of located.templates) {
    for (const policy of verdictPolicies(located, template, namespace, gate, false).judging) policies.add(policy);
  }
  const kind = qualifiedKind(workload);
  const names: string[] = [];
  const injected: string[] = [];
  let object: JsonObject = located.object;
  for (const { name, objectFillIns } of policies) {
    if (objectFillIns.length > 0) names.push(name);
    for (const { id, fill } of objectFillIns) {
      const after = fill(object, kind);
      if (after !== object) {
        injected.push(`${name}/${id}`);
        gate.trace?.filledAround(name, id, object, after);
      }
      object = after;
    }
  }
  if (names.length === 0) return skipped(subject, 'not-filled-in');
  return { ...NOTHING, verdict: 'allowed', policies: names, injected, object };
}
