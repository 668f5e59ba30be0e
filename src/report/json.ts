// JSON: results in the form that CI jobs and editors rely on, and filled-in objects as they are.
import type { FilledFile } from './shapes/filled-file.ts';
import type { Format } from './shapes/format.ts';
import { type Result, summarize } from './shapes/result.ts';

export const json: Format = { name: 'json', judged: resultsJson, filledIn: objectsJson };

function resultsJson(results: readonly Result[]): string {
  return lines({ results: results.map(resultRow), summary: summarize(results) });
}

/** Field names are stable: other programs rely on them. Fields may be added. */
function resultRow(result: Result): object {
  return {
    source: result.source,
    object: result.object,
    verdict: result.verdict,
    ...(result.deniedAt && { deniedAt: result.deniedAt }),
    ...(result.skipReason && { skipReason: result.skipReason }),
    findings: result.findings.flatMap(({ policy, check, action, reason, detail, fields, fix }) =>
      fields.map(({ path, container }) => ({
        policy,
        check,
        action,
        reason,
        detail,
        path,
        ...(container !== undefined && { container }),
        ...(fix !== '' && { fix }),
      })),
    ),
    warnings: result.warnings,
    patch: result.patch,
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
