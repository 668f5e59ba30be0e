// What can be said of a template before its pods are there, where the object holds no whole pod template: what is written in it.
// What is absent a controller may still add, and the pods are judged anyway.
import { valueAt } from '../kubernetes/path-keys.ts';
import type { CheckViolations, Violation } from '../model/finding.ts';
import { GRANTS_CHECK } from '../model/names.ts';
import { wholeCheck } from '../rules/check.ts';
import { validations } from '../rules/validations/validations.ts';
import type { FoundTemplate } from '../workloads/template.ts';

/** Of `{{inputs.parameters.image}}` and `$(params.image)` nobody knows yet what they will be. */
const PLACEHOLDER = /\{\{|\$\(/;

/**
 * Whether a class can be granted depends on the whole pod, and on whom it runs as; and an expression may ask for anything of a pod,
 * also for what is absent.
 */
const NEEDS_WHOLE_POD: ReadonlySet<string> = new Set([GRANTS_CHECK, validations.id]);

/** The violations in a template that its pods will have as well, as far as that can be told; all of them in a whole pod template. */
export function certainIn(
  { value, partial }: FoundTemplate,
  found: readonly CheckViolations[],
): readonly CheckViolations[] {
  if (!partial) return found;
  const isCertain = (violation: Violation): boolean => {
    if (violation.inObject) return true;
    // A pod's spec stands there whole.
    if (partial.form === 'PodSpec' && !violation.path.startsWith('metadata')) return true;
    const written = valueAt(value, violation.path) ?? undefined;
    return written !== undefined && !(typeof written === 'string' && PLACEHOLDER.test(written));
  };
  const left: CheckViolations[] = [];
  for (const one of found) {
    if (partial.form === 'Partial' && NEEDS_WHOLE_POD.has(wholeCheck(one.check))) continue;
    const violations = one.violations.filter(isCertain);
    if (violations.length === one.violations.length) left.push(one);
    else if (violations.length > 0) left.push({ ...one, violations });
  }
  return left;
}
