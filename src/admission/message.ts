// Why a request was refused, on one line: what is wrong, how to fix it, and which policy says so.
import { type Finding, phrase } from '../model/finding.ts';
import { cutUnits, joinWithin, oneLine, shortLine } from '../model/one-line.ts';
import { displayName, type Subject } from '../model/subject.ts';
import { joinQuoted } from '../model/text.ts';
import { clausesOf, type RuleClause } from './rules.ts';

/** The message as a whole, in UTF-16 units. It is copied into events and into the status of controllers. */
const MESSAGE_LIMIT = 8192;
/** Parts of it, so that a thousand policies cannot push out what is wrong. */
const FIX_LIMIT = 2048;
const POLICIES_LIMIT = 512;
const ADDED_LIMIT = 512;
const NAME_LIMIT = 260;

/**
 * The message of a refusal, phrased as the API server's own: `pods "web" is forbidden: violates PodSecurity
 * "restricted:latest": privileged (…). To fix: privileged: remove … (policy "restricted"). See: sandgate explain privileged`.
 * Expects findings that deny.
 */
export function refusalMessage(subject: Subject, findings: readonly Finding[]): string {
  const head = `${forbidden(subject)}: `;
  const clauses = clausesOf(findings);
  const fixes = fixText(clauses.flatMap((clause) => clause.findings));
  const policies = policyText(findings) + explainedBy(findings);
  const added = addedText(findings);
  const room = MESSAGE_LIMIT - head.length - fixes.length - policies.length - added.length;
  return head + joinWithin(violations(clauses), '', room) + added + fixes + policies;
}

/** On an update beside older violations: which part is new, since the older ones are not what it is refused for. */
function addedText(findings: readonly Finding[]): string {
  const added = [...new Set(findings.flatMap((finding) => finding.added ?? []))];
  if (added.length === 0) return '';
  return `. New in this update: ${joinWithin(added.map(oneLine), ', ', ADDED_LIMIT)} (older violations only warn)`;
}

/** `deployments.apps "d" is forbidden`. */
function forbidden(subject: Subject): string {
  const { group } = subject.kind;
  const resource = oneLine(group === '' ? subject.resource : `${subject.resource}.${group}`);
  return `${cutUnits(resource, NAME_LIMIT)} "${shortLine(displayName(subject), NAME_LIMIT)}" is forbidden`;
}

/** The sentence in pieces, each with its separator in front, so that it can be cut after any of them. */
function violations(clauses: readonly RuleClause[]): string[] {
  return clauses.flatMap((clause, index) =>
    clause.phrases.map((text, position) => {
      if (position > 0) return shortLine(`, ${text}`, MESSAGE_LIMIT);
      return shortLine(`${index === 0 ? '' : '; '}violates ${clause.rule}: ${text}`, MESSAGE_LIMIT);
    }),
  );
}

/** Checks that share a fix are named together: `runAsUser, runAsNonRoot: set …`. */
function fixText(findings: readonly Finding[]): string {
  const checks = new Map<string, Set<string>>();
  for (const { fix, check } of findings) {
    if (fix === '') continue;
    const known = checks.get(fix);
    if (known) known.add(check);
    else checks.set(fix, new Set([check]));
  }
  if (checks.size === 0) return '';
  const fixes = [...checks].map(([fix, ids]) => oneLine(`${[...ids].join(', ')}: ${fix}`));
  return `. To fix: ${joinWithin(fixes, '; ', FIX_LIMIT)}`;
}

function policyText(findings: readonly Finding[]): string {
  const names = new Set(findings.map((finding) => finding.policy).filter((name) => name !== ''));
  if (names.size === 0) return '';
  const quoted = [...names].map((name) => oneLine(joinQuoted([name])));
  return ` (${names.size === 1 ? 'policy' : 'policies'} ${joinWithin(quoted, ', ', POLICIES_LIMIT)})`;
}

/** The command that says what the first of the checks asks, and why: with it, people find out about the others. */
function explainedBy([first]: readonly Finding[]): string {
  return first ? `. See: sandgate explain ${oneLine(cutUnits(first.check, NAME_LIMIT))}` : '';
}

/** The sentence of a finding, for the `causes` of a refusal. */
export function causeMessage(finding: Finding): string {
  return shortLine(phrase(finding), 1024);
}
