// Text for people: what was judged, what is wrong with it, where, why, and how to fix it.
import { SKIPS } from '../model/decision.ts';
import type { Explained } from './shapes/explained.ts';
import type { Format } from './shapes/format.ts';
import { grouped, type Shown } from './shapes/groups.ts';
import { isNotable, type Result, summarize, titleOf } from './shapes/result.ts';
import { auditReport } from './terminal/audit.ts';
import { checkCounts } from './terminal/check-counts.ts';
import { comparisonReport } from './terminal/comparison.ts';
import { coverageReport } from './terminal/coverage.ts';
import { exceptionLines } from './terminal/exception-lines.ts';
import { explainedNameLines } from './terminal/explained-name.ts';
import { explainedObjectLines } from './terminal/explained-object.ts';
import { findingLines } from './terminal/finding-lines.ts';
import { printable } from './terminal/printable.ts';
import { replayReport } from './terminal/replay.ts';
import type { Style } from './terminal/style.ts';
import { suiteReport } from './terminal/suites.ts';

export const text: Format = {
  name: 'text',
  judged: (results, style, { quiet = false } = {}) => `${resultLines(results, style, quiet).join('\n')}\n`,
  audited: auditReport,
  replayed: replayReport,
  compared: comparisonReport,
  tested: ({ suites, coverage }, style) =>
    suiteReport(suites, style) + (coverage ? `\n${coverageReport(coverage, style)}` : ''),
  explained: (explained, style) => `${explanationLines(explained, style).join('\n')}\n`,
};

function explanationLines(explained: Explained, style: Style): readonly string[] {
  const parts =
    'names' in explained
      ? explained.names.map((name) => explainedNameLines(name, style))
      : explained.objects.map((object) => explainedObjectLines(object, style));
  return parts.flatMap((lines, index) => (index === 0 ? lines : ['', '', ...lines]));
}

const EXPLAINED_BY = 'To see why, and what to change: sandgate explain with the same -p and -f';

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
    ...(denied > 0 ? [style.faint(EXPLAINED_BY)] : []),
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
