// The Pod Security Standards: which checks a level asks for at a version, and what they say of a pod.
import type { PodView } from '../kubernetes/containers.ts';
import type { Violation } from '../model/finding.ts';
import { compareBytewise } from '../model/text.ts';
import type { Check, CheckPod, CheckVersion } from './check.ts';
import { POD_SECURITY_CHECKS } from './checks/index.ts';

/** The levels of the standard, from the laxest to the strictest. */
export const LEVELS = ['privileged', 'baseline', 'restricted'] as const;
/** A level of the standard. */
export type Level = (typeof LEVELS)[number];

/** A version of the standard: that of a Kubernetes minor, or whichever is newest. */
export type PodSecurityVersion = 'latest' | `v1.${number}`;

/** The newest minor that any check knows; later ones are judged by it. */
export const NEWEST_MINOR = 37;

/** A check that a pod fails, and where. */
export interface StandardFailure {
  readonly check: Check;
  /** At least one. */
  readonly violations: readonly Violation[];
}

/** A check, and its rule at one version. */
export interface Rule {
  readonly check: Check;
  readonly checkPod: CheckPod;
}

/** The rules in force by minor version, in the order in which they are evaluated. */
export type RuleTable = readonly (readonly Rule[])[];

const VERSION = /^v1\.([0-9]|[1-9][0-9]*)$/;
const MINOR = /^1\.([0-9]|[1-9][0-9]*)$/;
const MAX_INT64 = 2n ** 63n - 1n;
const NO_RULES: readonly Rule[] = [];
const NO_FAILURES: readonly StandardFailure[] = [];
const TABLES = inflate(POD_SECURITY_CHECKS);

/** The version that a namespace label or a policy names, or undefined where it is neither `latest` nor `v1.N`. */
export function parseVersion(text: string): PodSecurityVersion | undefined {
  return text === 'latest' || isMinorVersion(text) ? text : undefined;
}

/**
 * What the checks of a level and version find in a pod: baseline checks by id, then restricted ones by id, without those
 * that a restricted one takes the place of. The same empty array every time nothing is wrong.
 */
export function evaluate(level: Level, version: PodSecurityVersion, pod: PodView): readonly StandardFailure[] {
  if (level === 'privileged') return NO_FAILURES;
  let failures: StandardFailure[] | undefined;
  for (const { check, checkPod } of rulesAt(TABLES[level], version)) {
    const violations = checkPod(pod);
    if (violations === undefined) continue;
    failures ??= [];
    failures.push({ check, violations });
  }
  return failures ?? NO_FAILURES;
}

/** The checks of a level and version. */
export function checksAt(level: Level, version: PodSecurityVersion): readonly Check[] {
  return level === 'privileged' ? [] : rulesAt(TABLES[level], version).map((rule) => rule.check);
}

/** True where `a` forbids more than `b`. */
export function isStricter(a: Level, b: Level): boolean {
  return LEVELS.indexOf(a) > LEVELS.indexOf(b);
}

/** The rule tables of both levels. Throws a `TypeError` on a registry that contradicts itself. */
export function inflate(checks: readonly Check[]): Record<'baseline' | 'restricted', RuleTable> {
  validate(checks);
  const baseline = inOrder(checks, 'baseline');
  const restricted = inOrder(checks, 'restricted');
  const tables: Record<'baseline' | 'restricted', (readonly Rule[])[]> = { baseline: [], restricted: [] };
  for (let minor = 0; minor <= NEWEST_MINOR; minor++) {
    const overridden = new Set(restricted.flatMap((check) => versionAt(check, minor)?.overrides ?? []));
    const kept = baseline.filter((check) => !overridden.has(check.id));
    tables.baseline.push(rulesOf(baseline, minor));
    tables.restricted.push([...rulesOf(kept, minor), ...rulesOf(restricted, minor)]);
  }
  return tables;
}

function isMinorVersion(text: string): text is `v1.${number}` {
  // The bound is that of a Go int: upstream refuses what it cannot read as one.
  return VERSION.test(text) && BigInt(text.slice('v1.'.length)) <= MAX_INT64;
}

/** The newest rules for a version beyond them, and for any that did not come through {@link parseVersion}. */
function rulesAt(table: RuleTable, version: PodSecurityVersion): readonly Rule[] {
  const minor = version === 'latest' ? NEWEST_MINOR : Number(version.slice('v1.'.length));
  return table[minor] ?? table[NEWEST_MINOR] ?? NO_RULES;
}

function inOrder(checks: readonly Check[], level: Check['level']): readonly Check[] {
  return checks.filter((check) => check.level === level).sort((a, b) => compareBytewise(a.id, b.id));
}

function rulesOf(checks: readonly Check[], minor: number): readonly Rule[] {
  return checks.flatMap((check) => {
    const version = versionAt(check, minor);
    return version ? [{ check, checkPod: version.check }] : [];
  });
}

function versionAt(check: Check, minor: number): CheckVersion | undefined {
  return check.versions.findLast((version) => minorOf(version) <= minor);
}

function minorOf({ since }: CheckVersion): number {
  return Number(since.slice('1.'.length));
}

function validate(checks: readonly Check[]): void {
  const levels = new Map<string, Check['level']>();
  for (const check of checks) {
    if (levels.has(check.id)) throw new TypeError(`check ${check.id}: registered twice`);
    levels.set(check.id, check.level);
    validateVersions(check);
  }
  for (const check of checks) {
    for (const override of check.versions.flatMap((version) => version.overrides ?? [])) {
      if (check.level !== 'restricted') throw new TypeError(`check ${check.id}: only restricted checks may override`);
      if (levels.get(override) !== 'baseline') {
        throw new TypeError(`check ${check.id}: overrides ${override}, which is not a baseline check`);
      }
    }
  }
}

function validateVersions({ id, versions }: Check): void {
  if (versions.length === 0) throw new TypeError(`check ${id}: has no version`);
  let previous = -1;
  for (const version of versions) {
    const minor = minorOf(version);
    if (!MINOR.test(version.since)) throw new TypeError(`check ${id}: ${version.since} is not a version`);
    if (minor <= previous) throw new TypeError(`check ${id}: versions must be strictly increasing`);
    if (minor > NEWEST_MINOR) throw new TypeError(`check ${id}: ${version.since} is newer than NEWEST_MINOR`);
    previous = minor;
  }
}
