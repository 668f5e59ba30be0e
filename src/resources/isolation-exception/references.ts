// The policy that an exception names: whether it is there, whether it allows the exception, and whether it runs the checks.
// Objects come in any order: a policy that is not there yet is a warning. One that is there and says no is a refusal.
import { ownField, stringField } from '../../model/json.ts';
import { latestEnd, mayExcept, WITHOUT_EXCEPTIONS } from '../../policy/exceptable.ts';
import type { NamespacedException } from '../../policy/exception-index.ts';
import type { Policy, PolicySet } from '../../policy/policy.ts';
import { nearestWord } from '../did-you-mean.ts';
import { whyIdle } from '../isolation-policy/warnings.ts';
import type { FileResources, KnownResources, References } from '../kind.ts';
import { quoteValue } from '../problem-words.ts';
import type { DocumentProblem } from '../problems.ts';

/** The message of the log line about one in force that excepts nothing. */
export const WITHOUT_EFFECT = 'exception without effect';

export const EXCEPTION_REFERENCES: References<NamespacedException> = {
  logMessage: WITHOUT_EFFECT,
  inFile(document, { policies }) {
    const named = namedIn(document);
    return deniedBy(named, byName(policies).get(named.policy));
  },
  doubtsInFile: (exception, files) => [
    ...missingInFiles(exception, files),
    ...idleIn(exception, policyOf(exception, files.policies)),
  ],
  inCluster: (exception, known) => [
    ...missing(exception, known),
    ...deniedBy(exception, policyOf(exception, known.policies)),
    ...idleIn(exception, policyOf(exception, known.policies)),
  ],
  isWithoutEffect(exception, { policies }) {
    const policy = policyOf(exception, policies);
    return !policy || exception.checks.every((check) => !mayExcept(policy.exceptable, check) || whyIdle(policy, check));
  },
  refusals(exception, { policies }, now) {
    const policy = policyOf(exception, policies);
    return [...deniedBy(exception, policy), ...untimely(exception, policy, now)];
  },
};

/**
 * Why the time at which an exception ends keeps it from acting at a moment.
 * @param policy undefined where it is not there
 * @param now in milliseconds
 */
export function untimely(
  { exception: { use } }: NamespacedException,
  policy: Policy | undefined,
  now: number,
): readonly DocumentProblem[] {
  const { end = Number.POSITIVE_INFINITY, expires } = use;
  if (end <= now) return ofExpires(`${quoteValue(expires)} is over: it excepts nothing`);
  const { exceptable } = policy ?? {};
  if (!policy || !exceptable || end <= latestEnd(exceptable, now)) return [];
  const last = new Date(latestEnd(exceptable, now) - 1).toISOString().slice(0, 'yyyy-mm-dd'.length);
  const allowed = `policy ${quoteValue(policy.name)} allows ${exceptable.maxDays} days`;
  return ofExpires(`${quoteValue(expires)} is too far away: ${allowed} (expected ${last} at the latest)`);
}

/** What a document names, which may be any JSON. */
function namedIn(document: unknown): Pick<NamespacedException, 'policy' | 'checks'> {
  const spec = ownField(document, 'spec');
  const checks = ownField(spec, 'checks');
  return {
    policy: stringField(spec, 'policy') ?? '',
    checks: Array.isArray(checks) ? checks.map(String) : [],
  };
}

function policyOf({ policy }: NamespacedException, set: PolicySet): Policy | undefined {
  return byName(set).get(policy);
}

/** Every exception asks, whenever anything changes. */
const namesOfSet = new WeakMap<readonly Policy[], ReadonlyMap<string, Policy>>();

function byName({ policies }: PolicySet): ReadonlyMap<string, Policy> {
  const known = namesOfSet.get(policies);
  if (known) return known;
  const made = new Map(policies.map((policy) => [policy.name, policy]));
  namesOfSet.set(policies, made);
  return made;
}

function missing({ policy }: NamespacedException, known: KnownResources): readonly DocumentProblem[] {
  const broken = known.notInForce('IsolationPolicy');
  const policies = byName(known.policies);
  if (!broken || policies.has(policy)) return [];
  if (broken.has(policy)) return [ofPolicy(`policy ${quoteValue(policy)} is not in force: its status says why`)];
  return [ofPolicy(`policy ${quoteValue(policy)} does not exist (yet)${meant(policy, [...policies.keys()])}`)];
}

/** There can be exceptions for policies that this command is not given. That is allowed, but worth a warning. */
function missingInFiles(
  { policy }: NamespacedException,
  { policies, names }: FileResources,
): readonly DocumentProblem[] {
  const known = names('IsolationPolicy');
  if (!known || known.includes(policy) || byName(policies).has(policy)) return [];
  return [ofPolicy(`without effect: no policy ${quoteValue(policy)} is given${meant(policy, known)}`)];
}

function meant(policy: string, known: readonly string[]): string {
  const nearest = nearestWord(policy, known);
  return nearest === undefined ? '' : `; did you mean ${quoteValue(nearest)}?`;
}

function ofExpires(message: string): readonly DocumentProblem[] {
  return [{ keys: ['spec', 'expires'], what: 'value', message }];
}

function ofPolicy(message: string): DocumentProblem {
  return { keys: ['spec', 'policy'], what: 'value', message };
}

/** What a policy that is there does not allow. */
function deniedBy(
  { checks }: Pick<NamespacedException, 'checks'>,
  policy: Policy | undefined,
): readonly DocumentProblem[] {
  if (!policy) return [];
  const named = `policy ${quoteValue(policy.name)}`;
  if (!policy.exceptable)
    return [ofPolicy(`${named} allows no exceptions (its spec.exceptions does not say allow: true)`)];
  return checks.flatMap((check, index): readonly DocumentProblem[] => {
    // No policy can allow the others, for which the document is refused.
    if (mayExcept(policy.exceptable, check) || WITHOUT_EXCEPTIONS.has(check)) return [];
    return [ofCheck(index, `${named} allows no exceptions from ${check}`)];
  });
}

/** Checks by which the policy finds nothing. */
function idleIn({ checks }: NamespacedException, policy: Policy | undefined): readonly DocumentProblem[] {
  if (!policy?.exceptable) return [];
  return checks.flatMap((check, index): readonly DocumentProblem[] => {
    const why = mayExcept(policy.exceptable, check) ? whyIdle(policy, check) : undefined;
    if (why === undefined) return [];
    return [ofCheck(index, `policy ${quoteValue(policy.name)} finds nothing by ${check}: ${why}`)];
  });
}

function ofCheck(index: number, message: string): DocumentProblem {
  return { keys: ['spec', 'checks', String(index)], what: 'value', message };
}
