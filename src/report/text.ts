// Text for people: what was judged, what is wrong with it, where, why, and how to fix it.
import { SKIPS } from '../model/decision.ts';
import { type Action, type Finding, phrase } from '../model/finding.ts';
import type { Format } from './shapes/format.ts';
import { grouped, type Shown } from './shapes/groups.ts';
import { isNotable, type Result, summarize } from './shapes/result.ts';
import { checkCounts } from './terminal/check-counts.ts';
import { exceptionLines } from './terminal/exception-lines.ts';
import { printable } from './terminal/printable.ts';
import type { Style } from './terminal/style.ts';

export const text: Format = {
  name: 'text',
  judged: (results, style, quiet = false) => `${resultLines(results, style, quiet).join('\n')}\n`,
};

const ACTION_WORDS: Readonly<Record<Action, string>> = { Deny: 'deny ', Warn: 'warn ', Audit: 'audit' };

function resultLines(results: readonly Result[], style: Style, quiet: boolean): string[] {
  const lines: string[] = [];
  for (const shown of grouped(quiet ? results.filter(isNotable) : results)) {
    const [result] = shown;
    const details = [...findingLines(result, style), ...warningLines(result, style), ...alikeLines(shown, style)];
    // A blank line sets an object with findings or warnings apart from the others.
    if (details.length > 0 && lines.length > 0 && lines.at(-1) !== '') lines.push('');
    lines.push(headLine(shown, style), ...details);
    if (details.length > 0) lines.push('');
  }
  if (lines.length > 0 && lines.at(-1) !== '') lines.push('');
  const { allowed, denied, skipped } = summarize(results);
  lines.push(
    style.strong(`${denied} denied, ${allowed} allowed, ${skipped} skipped`),
    ...checkCounts(results),
    ...exceptionLines(results).map(printable),
  );
  return lines;
}

function headLine([result, ...others]: Shown, style: Style): string {
  const shareLine = others.length > 0 && !hasDetails(result);
  const title = printable(shareLine ? `${result.object.kind}: ${others.length + 1} objects` : titleOf(result));
  const more = shareLine ? ` and ${others.length} more` : '';
  return `${style.strong(title)}  ${verdictWords(result, style)}  ${style.faint(`${placeWords(result)}${more}`)}`;
}

/** The objects of which the same is to be said, one line each. */
function alikeLines([result, ...others]: Shown, style: Style): string[] {
  if (!hasDetails(result)) return [];
  return others.map(
    (other) => `  ${style.faint('same ')}  ${printable(titleOf(other))}  ${style.faint(placeWords(other))}`,
  );
}

function hasDetails({ findings, warnings }: Result): boolean {
  return findings.length + warnings.length > 0;
}

function titleOf({ object: { kind, namespace, name } }: Result): string {
  return `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
}

function placeWords({ source: { file, line } }: Result): string {
  return printable(`${file}:${line}`);
}

function verdictWords(result: Result, style: Style): string {
  switch (result.verdict) {
    case 'denied':
      return style.bad(result.deniedAt === 'pod' ? 'denied (its pods would be refused)' : 'denied');
    case 'skipped':
      return style.faint(result.skipReason ? `skipped (${SKIPS[result.skipReason]})` : 'skipped');
    case 'allowed':
      return style.good(result.patch.length > 0 ? 'allowed (as filled in)' : 'allowed');
  }
}

function findingLines(result: Result, style: Style): string[] {
  return shownFindings(result.findings).flatMap((finding) => {
    const paint = finding.action === 'Deny' ? style.bad : style.caution;
    const label = (word: string): string => `         ${style.faint(word.padEnd(5))} `;
    const lines = [`  ${paint(ACTION_WORDS[finding.action])}  ${printable(`${finding.check}: ${phrase(finding)}`)}`];
    for (const [place, paths] of pathsByPlace(finding, result)) {
      lines.push(`${label('where')}${printable(paths.join(', '))}  ${style.faint(printable(place))}`);
    }
    lines.push(`${label('why')}${printable(whyWords(finding))}`);
    if (finding.fix !== '') lines.push(`${label('fix')}${printable(finding.fix)}`);
    return lines;
  });
}

/** Fields that are missing in one place, such as those of a container and its security context, share a line. */
function pathsByPlace({ fields }: Finding, result: Result): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const { path } of fields) {
    const { file, line } = result.placeOf(path);
    const place = `${file}:${line}`;
    const paths = places.get(place);
    if (paths) paths.push(path);
    else places.set(place, [path]);
  }
  return places;
}

/** A violation that the labels of a namespace both enforce and warn about is shown once. */
function shownFindings(findings: readonly Finding[]): readonly Finding[] {
  const denied = new Set(findings.filter((finding) => finding.action === 'Deny').map(signature));
  return findings.filter((finding) => finding.action === 'Deny' || !denied.has(signature(finding)));
}

function signature({ policy, check, detail }: Finding): string {
  return JSON.stringify([policy, check, detail]);
}

/** The rule, and the policy it comes from unless the rule names it already. */
function whyWords({ rule, policy }: Finding): string {
  return policy === '' || rule.includes(`"${policy}"`) ? rule : `${rule}, by policy "${policy}"`;
}

function warningLines(result: Result, style: Style): string[] {
  return result.warnings.map((warning) => `  ${style.caution('warn ')}  ${printable(warning)}`);
}
