// An object, explained as text for people.
import type { ExplainedTemplate } from '../../engine/explain/object.ts';
import type { ExplainedPolicy } from '../../engine/explain/selection.ts';
import type { ExplainedValue, ImageUse } from '../../engine/explain/values.ts';
import { SKIPS } from '../../model/decision.ts';
import { type Finding, phrase } from '../../model/finding.ts';
import type { ExplainedResult } from '../shapes/explained.ts';
import { changesOf, shownSetting } from '../shapes/explained-rows.ts';
import { type Result, titleOf } from '../shapes/result.ts';
import { findingLines } from './finding-lines.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

/** The lines about one object. */
export function explainedObjectLines({ result, explained, update }: ExplainedResult, style: Style): readonly string[] {
  const { source } = result;
  const single = explained.templates.length === 1;
  return [
    `${style.strong(printable(titleOf(result.object)))}  ${verdictWords(result, style)}${update ? '  (as an update)' : ''}  ${style.faint(printable(`${source.file}:${source.line}`))}`,
    ...explained.templates.flatMap((template) => templateLines(template, single, style)),
    ...section('filled in around the pod template:', explained.around.map(valueLine), style),
    ...section(
      'found:',
      findingLines(result, style, update).map((line) => `  ${line}`),
      style,
    ),
    ...section('no longer found:', (update?.resolved ?? []).map(resolvedLine), style),
    ...section(
      'warnings:',
      result.warnings.map((text) => `    ${printable(text)}`),
      style,
    ),
    ...section('to be let in:', changeLines(result), style),
  ];
}

function resolvedLine(finding: Finding): string {
  return printable(`    ${finding.check}: ${phrase(finding)}`);
}

function verdictWords({ verdict, deniedAt, skipReason }: Result, style: Style): string {
  if (verdict === 'denied') return style.bad(deniedAt === 'pod' ? 'denied (its pods would be refused)' : 'denied');
  if (verdict === 'skipped') return style.faint(skipReason ? `skipped (${SKIPS[skipReason]})` : 'skipped');
  return style.good('allowed');
}

function section(title: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.length === 0 ? [] : ['', `  ${style.strong(title)}`, ...lines];
}

function templateLines(template: ExplainedTemplate, single: boolean, style: Style): readonly string[] {
  const { path, policies, capabilities, values, podSecurity, exceptions } = template;
  const where = single || path === '' ? '' : ` (${path})`;
  const grants = capabilities.map(({ capability, implementation, policies: by }) =>
    printable(`    ${capability} (${implementation}), by ${policiesInWords(by)}`),
  );
  const used = exceptions.map(({ name, policy, check, reason, expires, covers, unused }) => {
    const what = `${name ?? `policy ${JSON.stringify(policy)}`} from ${check}${expires === undefined ? '' : `, until ${expires}`}`;
    return printable(
      `    ${what}: ${unused === undefined ? `lets in ${covers} (${reason})` : `not used, since ${unused}`}`,
    );
  });
  const missed = (podSecurity?.missed ?? []).map(
    (one) => `    ${style.caution(`not ${one.level}`)}: ${printable(`${one.check}: ${phrase(one)}`)}`,
  );
  return [
    ...section(`policies, in order of priority${where}:`, policyLines(policies, style), style),
    ...section(`capabilities granted${where}:`, grants, style),
    ...section(`values of the pod${where}:`, aligned(values), style),
    ...(podSecurity
      ? [
          '',
          `  ${style.strong(`Pod Security Standards, ${podSecurity.version}${where}:`)} meets ${podSecurity.level}`,
          ...missed,
        ]
      : []),
    ...section(`exceptions${where}:`, used, style),
  ];
}

function policyLines(policies: readonly ExplainedPolicy[], style: Style): readonly string[] {
  if (policies.length === 0) return ['    none'];
  return policies.map(({ policy, origin, priority, matches, reasons }) => {
    const why = reasons.map(({ by, text }) => (matches ? text : `${by}: ${text}`)).join('; ');
    const word = matches ? style.good('matches       ') : style.faint('does not match');
    const order = priority === 0 ? '' : ` (priority ${priority})`;
    return `    ${word}  ${printable(`${policy}${order}`)}${why === '' ? '' : printable(`: ${why}`)}  ${style.faint(printable(origin))}`;
  });
}

/** The widest column: what is longer moves what follows. */
const WIDEST = 80;

function aligned(values: readonly ExplainedValue[]): readonly string[] {
  const width = Math.min(WIDEST, Math.max(0, ...values.map((value) => settingWords(value).length)));
  return values.map((value) => printable(`    ${settingWords(value).padEnd(width)}  ${originWords(value)}`));
}

function valueLine(value: ExplainedValue): string {
  return printable(`    ${settingWords(value)}  ${originWords(value)}`);
}

function settingWords({ path, name, value }: ExplainedValue): string {
  const shown = shownSetting(path, value);
  if (name !== undefined) return name === '' ? path : `${path} ${JSON.stringify(name)}`;
  return shown === undefined ? path : `${path} = ${JSON.stringify(shown)}`;
}

function originWords(value: ExplainedValue): string {
  const { from, policy, fillIn, images = [], capability, implementation, replaced, means, path } = value;
  const instead =
    replaced === undefined ? '' : `, in place of ${JSON.stringify(shownSetting(path, replaced)) ?? 'what was written'}`;
  switch (from) {
    case 'manifest':
      return 'written in the manifest';
    case 'object':
      return 'taken over from the object around the pod template';
    case 'policy':
      return `filled in by policy ${JSON.stringify(policy)} (${fillIn})${imageWords(images)}${instead}`;
    case 'capability':
      return `of capability class ${JSON.stringify(capability)} (${implementation})${instead}`;
    case 'kubernetes':
      if (value.value === undefined) return `not set: ${means}`;
      return `not set: Kubernetes' default${means === undefined ? '' : ` (${means})`}`;
  }
}

/** `, row ghcr.io/acme/app >=1 for container "app"`. */
function imageWords(images: readonly ImageUse[]): string {
  const words = images.map(({ container, row }) => {
    const which = row
      ? `row ${[row.image, row.tags, row.digest].filter(Boolean).join(' ')}`
      : 'what the policy has beside its rows';
    return `${which}, for container ${JSON.stringify(container)}`;
  });
  return words.length === 0 ? '' : `: ${words.join('; ')}`;
}

function policiesInWords(names: readonly string[]): string {
  return `${names.length === 1 ? 'policy' : 'policies'} ${names.map((name) => JSON.stringify(name)).join(', ')}`;
}

function changeLines(result: Result): readonly string[] {
  const fixes = Map.groupBy(
    changesOf(result).filter(({ fix }) => fix !== ''),
    ({ fix }) => fix,
  );
  return [...fixes].map(([fix, of]) => {
    const checks = [...new Set(of.map(({ check }) => check))].join(', ');
    const paths = [...new Set(of.flatMap((one) => one.paths))];
    const where = paths.length > 3 ? `${paths.slice(0, 3).join(', ')} and ${paths.length - 3} more` : paths.join(', ');
    return printable(`    ${fix}  (${checks}, at ${where})`);
  });
}
