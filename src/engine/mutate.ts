// Answers the mutating webhook: the object with what is missing filled in. It never refuses anything; validation does, which
// sees the final object.

import { requestedClasses } from '../grants/request.ts';
import { isPodTemplate } from '../kubernetes/pod-shape.ts';
import type { Decision, SkippedFill } from '../model/decision.ts';
import { ownField } from '../model/json.ts';
import type { MarkPhase } from '../model/phase.ts';
import type { Subject } from '../model/subject.ts';
import { putTemplate } from '../workloads/template.ts';
import { fillTemplate } from './fill.ts';
import { fillAround } from './fill-around.ts';
import type { Gate } from './gate.ts';
import { grantContext } from './grants/grant-context.ts';
import { partsHeld, withoutOldParts } from './grants/stored-parts.ts';
import { type LocatedTemplate, locate } from './locate.ts';
import { NOTHING, skipped } from './outcome.ts';
import { fillScope, STORED_TEMPLATE, scopeOfTemplate } from './scope.ts';
import { knownLabels } from './select.ts';
import { ownPolicies } from './verdict-policies.ts';
import { wrongTypes } from './wrong-types.ts';

/**
 * Fills in the pod templates of a subject's object. Pure: no I/O, clock or logger; total for any JSON.
 * @param mark called as each phase ends, for timing
 * @returns `allowed`, or `skipped` with the code of the reason; its `object` is the subject's own where nothing was missing
 */
export function mutate(subject: Subject, gate: Gate, mark?: MarkPhase): Decision {
  const located = locate(subject, gate);
  if (typeof located === 'string') return skipped(subject, located);
  const wanted = fillScope(subject, located);
  if (wanted === 'not-filled-in') return fillAround(subject, located, gate);
  // An update that leaves the template as it is still takes out what is stored of a class that has changed since.
  const renewing = wanted === 'template-unchanged';
  if (typeof wanted === 'string' && !renewing) return skipped(subject, wanted);
  const scope = renewing ? STORED_TEMPLATE : wanted;

  const namespace = knownLabels(subject, gate);
  const context = grantContext(subject, located, namespace.labels, gate);
  const names = new Set<string>();
  const warnings: string[] = [];
  const injected: string[] = [];
  const notInjected: SkippedFill[] = [];
  let object = located.object;
  for (const template of located.templates) {
    const { tokens, value } = template;
    if (renewing && !askedForClasses(template)) continue;
    const policies = ownPolicies(located, template, namespace, gate);
    mark?.('select');
    if (policies.length === 0) continue;
    for (const policy of policies) names.add(policy.name);
    if (!isPodTemplate(value)) {
      warnings.push(`left as it is: ${wrongTypes(template).sentence}`);
      continue;
    }
    const scopeHere = scopeOfTemplate(scope, template);
    const renewed =
      context.stored && scopeHere.old ? withoutOldParts(value, scopeHere.old, policies, context) : undefined;
    if (renewing && renewed?.template === value) continue;
    if (renewed) warnings.push(...renewed.warnings);
    const filled = fillTemplate(renewed?.template ?? value, policies, scopeHere, context);
    injected.push(...filled.injected);
    if (context.stored && filled.grants) warnings.push(...partsHeld(filled.template, policies, filled.grants));
    warnings.push(...filled.warnings);
    // Not `push(...)`: there can be more of them than a call takes arguments.
    for (const fill of filled.notInjected) notInjected.push(fill);
    if (filled.template !== value) object = putTemplate(object, tokens, { ...filled.template });
    mark?.('fill');
  }
  if (renewing && object === located.object) return skipped(subject, 'template-unchanged');
  if (names.size === 0) return skipped(subject, 'no-policy');
  if (located.workload.fillInAround) {
    const around = fillAround(subject, { ...located, object }, gate);
    if (around.verdict === 'allowed' && around.object) object = around.object;
    injected.push(...around.injected);
  }
  return { ...NOTHING, verdict: 'allowed', policies: [...names], warnings, injected, notInjected, object };
}

/** True where the stored template asks for classes. */
function askedForClasses({ old }: LocatedTemplate): boolean {
  return requestedClasses(ownField(ownField(old?.value, 'metadata'), 'annotations')).names.length > 0;
}
