// What the page of a workflow run shows of a step, as Markdown.
import { phrase } from '../../model/finding.ts';
import { cutUnits } from '../../model/one-line.ts';
import type { JudgedOptions } from '../shapes/format.ts';
import { isNotable, type Result, summarize, titleOf } from '../shapes/result.ts';
import type { Tested } from '../shapes/tested.ts';
import { coverageLine } from '../terminal/coverage.ts';
import { shownFindings } from '../terminal/finding-lines.ts';
import { printable } from '../terminal/printable.ts';
import { warningsOf } from '../terminal/words.ts';

/** GitHub refuses a summary of more than 1 MiB, and then shows nothing of it. */
const MOST_BYTES = 1_000_000;
/** The longest text of a cell, in UTF-16 units. */
const LONGEST_CELL = 1000;

/** A table of what was denied and warned about. */
export function judgedSummary(results: readonly Result[], { unread = [] }: JudgedOptions = {}): string {
  const { denied, allowed, skipped } = summarize(results);
  const all = results.filter(isNotable).flatMap(rowsOf);
  const rows = [...all.filter(isDenied), ...all.filter((row) => !isDenied(row))];
  const heading = `### Sandgate: ${denied} denied, ${allowed} allowed, ${skipped} skipped`;
  const problems = unread.map(({ message, place }) => [
    'error',
    place ? `${place.file}:${place.line}` : '',
    '',
    message,
    '',
  ]);
  return table(heading, ['', 'where', 'object', 'what', 'how to fix it'], [...problems, ...rows]);
}

const DENIED = 'denied';

function isDenied([word]: readonly string[]): boolean {
  return word === DENIED;
}

function rowsOf(result: Result): string[][] {
  const { file, line } = result.source;
  const title = titleOf(result.object);
  const findings = shownFindings(result.findings).filter(({ action }) => action !== 'Audit');
  return [
    ...findings.map((finding) => {
      const place = result.placeOf(finding.fields[0]?.path ?? '');
      const what = `${finding.check}: ${phrase(finding)}`;
      return [finding.action === 'Deny' ? DENIED : 'warning', `${place.file}:${place.line}`, title, what, finding.fix];
    }),
    ...warningsOf(result).map((text) => ['warning', `${file}:${line}`, title, text, '']),
  ];
}

/** A table of the cases that failed, and one of what no case reaches. */
export function testedSummary({ suites, coverage }: Tested): string {
  const cases = suites.flatMap(({ name, cases: list }) => list.map((testCase) => ({ suite: name, ...testCase })));
  const failed = cases.filter(({ differences }) => differences.length > 0);
  const rows = failed.map(({ suite, name, differences }) => [suite, name, differences.join('; ')]);
  const heading = `### Sandgate tests: ${cases.length - failed.length} passed, ${failed.length} failed`;
  const missed = coverage?.items.filter(({ reached }) => !reached) ?? [];
  const parts = missed.map(({ place, kind, name, owner }) => [`${place.file}:${place.line}`, kind, name, owner]);
  const failures = table(heading, ['suite', 'case', 'what differs'], rows);
  if (!coverage) return failures;
  return failures + table(`#### ${coverageLine(coverage)}`, ['reached by no case', 'what', 'name', 'of'], parts);
}

function table(heading: string, columns: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return `${heading}\n\n`;
  const lines = [`| ${columns.join(' | ')} |`, `|${' --- |'.repeat(columns.length)}`];
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    const line = `| ${row.map(cell).join(' | ')} |`;
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > MOST_BYTES) {
      lines.push('', `${rows.length - index} more are not shown here: a summary has at most 1 MiB.`);
      break;
    }
    lines.push(line);
  }
  return `${heading}\n\n${lines.join('\n')}\n\n`;
}

/** What Markdown, HTML and GitHub make something of, also bare addresses. */
const SPECIAL = /[\\`*_{}[\]()<>#+!|~&@$-]|:(?=\/\/)|(?<=www)\./g;

/** Text from manifests: nothing in it is markup, a link, a mention or the end of the cell. */
function cell(text: string): string {
  const lines = cutUnits(text, LONGEST_CELL).split('\n').map(printable);
  return lines.map((line) => line.replaceAll(SPECIAL, (character) => `&#${character.charCodeAt(0)};`)).join('<br>');
}
