// Compares what a case expected with what it got.
import { isDeepStrictEqual } from 'node:util';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { stringify } from 'yaml';
import type { Judged } from '../../library/offline/judge.ts';
import { phrase } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Result, Verdict } from '../../report/shapes/result.ts';
import type { Expectation, ExpectedFinding } from './suite.ts';

/** Every difference, each on one or more lines; none where everything is as expected. */
export function differences(
  expect: Expectation,
  judged: readonly Judged[],
  output: readonly JsonObject[] | undefined,
): string[] {
  const results = judged.map(({ result }) => result);
  const found: string[] = [];
  const verdict = verdictOf(results);
  if (verdict !== expect.verdict) found.push(`verdict: expected ${expect.verdict}, got ${verdict}${because(results)}`);
  if (expect.findings) found.push(...findingDifferences(expect.findings, results));
  const warnings = warningsOf(results);
  for (const part of expect.warnings ?? []) {
    if (warnings.some((warning) => warning.includes(part))) continue;
    found.push(`warnings: expected ${JSON.stringify(part)} in one of ${JSON.stringify(warnings)}`);
  }
  const filled = judged.map((item) => item.filled);
  if (output && !isDeepStrictEqual(filled, output)) found.push(`output differs:\n${dataDiff(output, filled)}`);
  return found;
}

function verdictOf(results: readonly Result[]): Verdict {
  const verdicts: readonly Verdict[] = ['denied', 'allowed', 'skipped'];
  return verdicts.find((verdict) => results.some((result) => result.verdict === verdict)) ?? 'skipped';
}

/** The reasons of a denial that was not expected. */
function because(results: readonly Result[]): string {
  const denials = results.flatMap(({ findings }) => findings.filter((finding) => finding.action === 'Deny'));
  return denials.length === 0
    ? ''
    : ` (${denials.map((finding) => `${finding.check}: ${phrase(finding)}`).join('; ')})`;
}

function findingDifferences(expected: readonly ExpectedFinding[], results: readonly Result[]): string[] {
  const rows = results.flatMap(({ findings }) => findings.flatMap(rowsOf));
  const found: string[] = [];
  for (const want of expected) {
    const same = rows.filter((row) => row.check === want.check);
    if (same.some((row) => matches(row, want))) continue;
    const got = same.length === 0 ? 'none of that check' : same.map((row) => JSON.stringify(row)).join(', ');
    found.push(`findings: expected ${JSON.stringify(want)}, got ${got}`);
  }
  const known = new Set(expected.map(({ check }) => check));
  for (const check of new Set(rows.map((row) => row.check))) {
    if (known.has(check)) continue;
    const got = rows.filter((row) => row.check === check).map((row) => JSON.stringify(row));
    found.push(`findings: expected none of ${check}, got ${got.join(', ')}`);
  }
  return found;
}

interface Row extends ExpectedFinding {
  readonly reason: string;
}

function rowsOf({ check, reason, policy, action, fields }: Result['findings'][number]): Row[] {
  return fields.map(({ path, container }) => ({
    check,
    reason,
    path,
    ...(container !== undefined && { container }),
    action,
    policy,
  }));
}

function matches(row: Row, want: ExpectedFinding): boolean {
  return (
    row.check === want.check &&
    (want.reason === undefined || row.reason === want.reason || row.reason.startsWith(`${want.reason}: `)) &&
    (want.path === undefined || row.path === want.path) &&
    (want.container === undefined || row.container === want.container) &&
    (want.action === undefined || row.action === want.action) &&
    (want.policy === undefined || row.policy === want.policy)
  );
}

/** The warnings, and the findings that are only warned about. */
function warningsOf(results: readonly Result[]): string[] {
  return results.flatMap(({ warnings, findings }) => [
    ...warnings,
    ...findings.filter((finding) => finding.action === 'Warn').map(phrase),
  ]);
}

function dataDiff(expected: readonly JsonObject[], got: readonly JsonObject[]): string {
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  const before = yamlOf(expected);
  return createTwoFilesPatch('expected', 'got', before, yamlOf(got), undefined, undefined, options).trimEnd();
}

function yamlOf(objects: readonly JsonObject[]): string {
  return objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
}
