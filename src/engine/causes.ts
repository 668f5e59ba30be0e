// One finding for one cause: what is wrong only because of something else is left out beside the finding that says so, and so
// is what the Pod Security Standards of the same policy say of the same field.
import { ACTIONS, type Action, type Cause, type CheckViolations, type Violation } from '../model/finding.ts';
import { FILLED_IN_CHECK, GRANTS_CHECK } from '../model/names.ts';

/**
 * Notes the cause of every violation that is not among those that are left without the cause.
 * @param left what is found in the same pod without it
 */
export function blamedOn(
  cause: Cause,
  found: readonly CheckViolations[],
  left: readonly CheckViolations[],
): CheckViolations[] {
  const remaining = new Set(left.flatMap((one) => one.violations.map((violation) => keyOf(one, violation))));
  return found.map((one) => ({
    ...one,
    violations: one.violations.map((violation) =>
      violation.cause || remaining.has(keyOf(one, violation)) ? violation : { ...violation, cause },
    ),
  }));
}

function keyOf({ rule, check, action }: CheckViolations, { path }: Violation): string {
  return `${action} ${check} ${rule} ${path}`;
}

/**
 * The violations to report of one template: those with a cause only where no finding about the cause is as strict, so that
 * nothing is let in by this, and of two about one field and fault only that of the Standards. What was not filled in comes first.
 */
export function causesOnly(found: readonly CheckViolations[]): readonly CheckViolations[] {
  if (found.length < 2 && !found.some(({ violations }) => violations.some(({ cause }) => cause?.instead))) return found;
  const rest: CheckViolations[] = [];
  const causes = new Map<Cause, CheckViolations[]>();
  for (const one of found) {
    const known = one.repeats && fieldsSaid(one, found);
    const violations = one.violations.filter(
      (violation) => isReported(violation, one, found) && !known?.has(violation.path),
    );
    if (violations.length === one.violations.length) rest.push(one);
    else if (violations.length > 0) rest.push({ ...one, violations });
    for (const { cause } of one.violations) {
      if (!cause?.instead) continue;
      const others = causes.get(cause);
      if (others === undefined) causes.set(cause, [one]);
      else if (!others.includes(one)) others.push(one);
    }
  }
  for (const [cause, explained] of causes) rest.push(...instead(cause, explained));
  return [...rest.filter(isMissedFill), ...rest.filter((one) => !isMissedFill(one))];
}

/** The fields that the same policy reports by checks that the finding repeats, at least as strictly. */
function fieldsSaid(
  { repeats = [], policy, action }: CheckViolations,
  found: readonly CheckViolations[],
): ReadonlySet<string> | undefined {
  const saying = found.filter(
    (one) => one.policy === policy && repeats.includes(one.check) && isAsStrict(one.action, action),
  );
  if (saying.length === 0) return undefined;
  return new Set(
    saying.flatMap((one) =>
      one.violations.filter((violation) => isReported(violation, one, found)).map(({ path }) => path),
    ),
  );
}

function isReported({ cause }: Violation, of: CheckViolations, found: readonly CheckViolations[]): boolean {
  return cause === undefined || (cause.instead === undefined && !isSaid(cause, of, found));
}

function isAsStrict(one: Action, other: Action): boolean {
  return ACTIONS.indexOf(one) <= ACTIONS.indexOf(other);
}

function isMissedFill({ check }: CheckViolations): boolean {
  return check === FILLED_IN_CHECK;
}

/** True where a finding about the cause stays, since it has violations without a cause, and is as strict as `found`'s. */
function isSaid(
  { check, rule }: Cause,
  { action, policy, rule: own }: CheckViolations,
  found: readonly CheckViolations[],
): boolean {
  return found.some(
    (one) =>
      one.check === check &&
      one.rule === (rule ?? own) &&
      one.violations.some((violation) => violation.cause === undefined) &&
      (check === GRANTS_CHECK || one.policy === policy) &&
      isAsStrict(one.action, action),
  );
}

function instead({ check, rule, instead: words }: Cause, explained: readonly CheckViolations[]): CheckViolations[] {
  const [first] = explained;
  if (!words || !first) return [];
  const checks = [...new Set(explained.map((one) => one.check))];
  const added = explained.find((one) => one.added !== undefined)?.added;
  return [
    {
      policy: first.policy,
      rule: rule ?? first.rule,
      check,
      action: ACTIONS.find((action) => explained.some((one) => one.action === action)) ?? 'Deny',
      audited: explained.some((one) => one.audited || one.action === 'Audit'),
      fix: words.fix,
      violations: words.fields,
      describe: () => words.describe(checks),
      ...(added !== undefined && { added }),
    },
  ];
}
