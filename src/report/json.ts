// JSON: results in the form that CI jobs and editors rely on, and filled-in objects as they are.
import { auditGroups } from './shapes/audit-groups.ts';
import type { Comparison } from './shapes/comparison.ts';
import { byKind, type Coverage, countReached } from './shapes/coverage.ts';
import { exceptionsUsed } from './shapes/exceptions-used.ts';
import type { Explained } from './shapes/explained.ts';
import { explainedRow } from './shapes/explained-rows.ts';
import type { FilledFile } from './shapes/filled-file.ts';
import type { Format, JudgedOptions, ReplayedOptions } from './shapes/format.ts';
import { asciiControls } from './shapes/json-text.ts';
import { isNotable, type Result, summarize } from './shapes/result.ts';
import { findingRow } from './shapes/rows.ts';
import type { Tested } from './shapes/tested.ts';
import type { Unread } from './shapes/unread.ts';
import type { Style } from './terminal/style.ts';
import { warningsOf } from './terminal/words.ts';

export const json: Format = {
  name: 'json',
  judged: resultsJson,
  audited: auditJson,
  replayed: replayJson,
  compared: comparisonJson,
  filledIn: objectsJson,
  tested: suitesJson,
  explained: explainedJson,
};

function resultsJson(results: readonly Result[], _: Style, options: JudgedOptions = {}): string {
  return asciiControls(lines(judgedRow(results, options)));
}

/** As the results of `check`, and what they come to by namespace, owner, policy and check. */
function auditJson(results: readonly Result[], _: Style, options: JudgedOptions = {}): string {
  const { unread = [] } = options;
  const running = results.reduce((sum, { pods }) => sum + (pods?.running ?? 0), 0);
  const denied = results.reduce((sum, { pods }) => sum + (pods?.denied ?? 0), 0);
  const whole = {
    ...judgedRow(results, options),
    pods: { running, denied },
    groups: auditGroups(results),
    unread: unread.map(unreadRow),
  };
  return asciiControls(lines(whole));
}

/** As the results of `check`, each with the requests that it stands for, and what became of all events. */
function replayJson(results: readonly Result[], _: Style, options: ReplayedOptions): string {
  const { unread = [], events } = options;
  return asciiControls(lines({ ...judgedRow(results, options), events, unread: unread.map(unreadRow) }));
}

/** Field names are stable, as those of results. */
function comparisonJson({ changed, unit, judged, counts, unread }: Comparison): string {
  const rows = changed.map(({ from, to, changes, count }) => ({
    source: to.source,
    object: to.object,
    ...(to.owner && { owner: to.owner }),
    count,
    changes,
    from: sideRow(from),
    to: sideRow(to),
  }));
  return asciiControls(lines({ changed: rows, summary: { unit, judged, ...counts }, unread: unread.map(unreadRow) }));
}

function sideRow({ verdict, deniedAt, skipReason, findings, patch }: Result): object {
  return {
    verdict,
    ...(deniedAt && { deniedAt }),
    ...(skipReason && { skipReason }),
    findings: findings.flatMap((finding) => finding.fields.map((field) => findingRow(finding, field))),
    patch,
  };
}

function unreadRow({ message, place }: Unread): object {
  return { message, ...(place && { place }) };
}

function judgedRow(results: readonly Result[], { quiet = false }: JudgedOptions): object {
  const shown = quiet ? results.filter(isNotable) : results;
  const exceptions = exceptionsUsed(results);
  const summary = summarize(results);
  return { results: shown.map(resultRow), summary, ...(exceptions.length > 0 && { exceptions }) };
}

/** Field names are stable: other programs rely on them. Fields may be added. */
function resultRow(result: Result): object {
  return {
    source: result.source,
    object: result.object,
    ...(result.owner && { owner: result.owner }),
    ...(result.pods && { pods: { running: result.pods.running, denied: result.pods.denied } }),
    ...(result.requests && { requests: result.requests }),
    verdict: result.verdict,
    ...(result.deniedAt && { deniedAt: result.deniedAt }),
    ...(result.skipReason && { skipReason: result.skipReason }),
    findings: result.findings.flatMap((finding) => finding.fields.map((field) => findingRow(finding, field))),
    warnings: warningsOf(result),
    patch: result.patch,
  };
}

/** Field names are stable, as those of results. */
function explainedJson(explained: Explained): string {
  if ('names' in explained) return asciiControls(lines({ names: explained.names }));
  const summary = summarize(explained.objects.map(({ result }) => result));
  return asciiControls(lines({ objects: explained.objects.map(explainedRow), summary }));
}

/** Field names are stable, as those of results. */
function suitesJson({ suites, coverage }: Tested): string {
  const rows = suites.map(({ file, name, cases }) => ({
    file,
    name,
    cases: cases.map((one) => ({
      name: one.name,
      line: one.place.line,
      passed: one.differences.length === 0,
      differences: one.differences,
    })),
  }));
  const all = rows.flatMap(({ cases }) => cases);
  const passed = all.filter((one) => one.passed).length;
  const summary = { passed, failed: all.length - passed };
  return asciiControls(lines({ suites: rows, summary, ...(coverage && { coverage: coverageRow(coverage) }) }));
}

function coverageRow(coverage: Coverage): object {
  const kinds = [...byKind(coverage)].map(([kind, items]) => [kind, countReached(items)] as const);
  const missed = coverage.items.filter(({ reached }) => !reached);
  return {
    ...countReached(coverage.items),
    kinds: Object.fromEntries(kinds),
    unreached: missed.map(({ kind, owner, name, place: { file, line, column } }) => {
      return { kind, name, of: owner, file, line, column };
    }),
  };
}

/** One object as it is, several as a List, like kubectl. */
function objectsJson(files: readonly FilledFile[]): string {
  const objects = files.flatMap((file) => file.documents.flatMap(({ objects: all }) => all.map(({ after }) => after)));
  const [only, ...others] = objects;
  return lines(others.length === 0 && only ? only : { apiVersion: 'v1', kind: 'List', items: objects });
}

function lines(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
