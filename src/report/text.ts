// Text for people: what was judged, what is wrong with it, where, why, and how to fix it.
import { SKIPS } from '../model/decision.ts';
import type { Format } from './shapes/format.ts';
import { grouped, type Shown } from './shapes/groups.ts';
import { isNotable, type Result, summarize, titleOf } from './shapes/result.ts';
import { auditReport } from './terminal/audit.ts';
import { checkCounts } from './terminal/check-counts.ts';
import { coverageReport } from './terminal/coverage.ts';
import { exceptionLines } from './terminal/exception-lines.ts';
import { findingLines } from './terminal/finding-lines.ts';
import { printable } from './terminal/printable.ts';
import type { Style } from './terminal/style.ts';
import { suiteReport } from './terminal/suites.ts';

export const text: Format = {
  name: 'text',
  judged: (results, style, { quiet = false } = {}) => `${resultLines(results, style, quiet).join('\n')}\n`,
  audited: auditReport,
  tested: ({ suites, coverage }, style) =>
    suiteReport(suites, style) + (coverage ? `\n${coverageReport(coverage, style)}` : ''),
};

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
  const title = printable(shareLine ? `${result.object.kind}: ${others.length + 1} objects` : titleOf(result.object));
  const more = shareLine ? ` and ${others.length} more` : '';
  return `${style.strong(title)}  ${verdictWords(result, style)}  ${style.faint(`${placeWords(result)}${more}`)}`;
}

/** The objects of which the same is to be said, one line each. */
function alikeLines([result, ...others]: Shown, style: Style): string[] {
  if (!hasDetails(result)) return [];
  return others.map(
    (other) => `  ${style.faint('same ')}  ${printable(titleOf(other.object))}  ${style.faint(placeWords(other))}`,
  );
}

function hasDetails({ findings, warnings }: Result): boolean {
  return findings.length + warnings.length > 0;
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

function warningLines(result: Result, style: Style): string[] {
  return result.warnings.map((warning) => `  ${style.caution('warn ')}  ${printable(warning)}`);
}
