// What there is to say of the findings in an object, as text for people.
import type { ExplainedUpdate, FindingInUpdate } from '../../engine/explain/update.ts';
import { type Action, type Finding, phrase } from '../../model/finding.ts';
import type { Result } from '../shapes/result.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

const ACTION_WORDS: Readonly<Record<Action, string>> = { Deny: 'deny ', Warn: 'warn ', Audit: 'audit' };

/** A few lines for each finding: what is wrong, where, why, and how to fix it. */
export function findingLines(result: Result, style: Style, update?: ExplainedUpdate): string[] {
  return shownFindings(result.findings).flatMap((finding) => {
    const paint = finding.action === 'Deny' ? style.bad : style.caution;
    const label = (word: string): string => `         ${style.faint(word.padEnd(5))} `;
    const lines = [`  ${paint(ACTION_WORDS[finding.action])}  ${printable(`${finding.check}: ${phrase(finding)}`)}`];
    for (const [place, paths] of pathsByPlace(finding, result)) {
      lines.push(
        `${label('where')}${printable(paths.join(', '))}${place === '' ? '' : `  ${style.faint(printable(place))}`}`,
      );
    }
    lines.push(`${label('why')}${printable(whyWords(finding))}`);
    const inUpdate = update?.findings[result.findings.indexOf(finding)];
    if (inUpdate) lines.push(`${label('since')}${printable(sinceWords(finding, inUpdate))}`);
    if (finding.fix !== '') lines.push(`${label('fix')}${printable(finding.fix)}`);
    return lines;
  });
}

/** Since when it is so: the update, or before. */
function sinceWords({ action, fields }: Finding, { before, excused }: FindingInUpdate): string {
  const added = fields.filter((_, index) => !before[index]).map(({ path }) => path);
  if (added.length === fields.length) return 'this update';
  const old = added.length === 0 ? 'before this update' : `this update at ${added.join(', ')}, elsewhere before`;
  if (excused) return `${old}, so it is let through`;
  return action === 'Deny' ? `${old}, and refused all the same: the update changes what it is a part of` : old;
}

/** Fields that are missing in one place, such as those of a container and its security context, share a line. */
function pathsByPlace({ fields }: Finding, result: Result): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const { path } of fields) {
    const { file, line } = result.placeOf(path);
    // Objects of a cluster have no lines.
    const place = line === 0 ? '' : `${file}:${line}`;
    const paths = places.get(place);
    if (paths) paths.push(path);
    else places.set(place, [path]);
  }
  return places;
}

/** The findings to show: a violation that the labels of a namespace both enforce and warn about is one. */
export function shownFindings(findings: readonly Finding[]): readonly Finding[] {
  const denied = new Set(findings.filter((finding) => finding.action === 'Deny').map(signature));
  return findings.filter((finding) => finding.action === 'Deny' || !denied.has(signature(finding)));
}

function signature({ policy, check, detail }: Finding): string {
  return JSON.stringify([policy, check, detail]);
}

/** Why it was looked for: the rule, and the policy it comes from unless the rule names it already. */
export function whyWords({ rule, policy }: Finding): string {
  return policy === '' || rule.includes(`"${policy}"`) ? rule : `${rule}, by policy "${policy}"`;
}
