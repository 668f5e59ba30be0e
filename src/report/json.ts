// JSON: results in the form that CI jobs and editors rely on, and filled-in objects as they are.
import type { ExceptionUse } from '../model/finding.ts';
import { exceptionsUsed } from './shapes/exceptions-used.ts';
import type { FilledFile } from './shapes/filled-file.ts';
import { shownValue } from './shapes/finding-value.ts';
import type { Format } from './shapes/format.ts';
import { isNotable, type Result, summarize } from './shapes/result.ts';
import type { Style } from './terminal/style.ts';

export const json: Format = { name: 'json', judged: resultsJson, filledIn: objectsJson };

function resultsJson(results: readonly Result[], _: Style, quiet = false): string {
  const shown = quiet ? results.filter(isNotable) : results;
  const exceptions = exceptionsUsed(results);
  const summary = summarize(results);
  return asciiControls(lines({ results: shown.map(resultRow), summary, ...(exceptions.length > 0 && { exceptions }) }));
}

/** Field names are stable: other programs rely on them. Fields may be added. */
function resultRow(result: Result): object {
  return {
    source: result.source,
    object: result.object,
    verdict: result.verdict,
    ...(result.deniedAt && { deniedAt: result.deniedAt }),
    ...(result.skipReason && { skipReason: result.skipReason }),
    findings: result.findings.flatMap(({ policy, check, action, reason, detail, fields, fix, excepted }) =>
      fields.map((field) => {
        const { path, container } = field;
        const value = shownValue(field);
        return {
          policy,
          check,
          action,
          reason,
          detail,
          path,
          ...(container !== undefined && { container }),
          ...(value !== undefined && { value }),
          ...(fix !== '' && { fix }),
          ...(excepted && { exception: exceptionRow(excepted) }),
        };
      }),
    ),
    warnings: [...result.warnings, ...(result.unchecked ?? [])],
    patch: result.patch,
  };
}

function exceptionRow({ name, reason, expires, requestedBy }: ExceptionUse): object {
  return {
    ...(name !== undefined && { name }),
    reason,
    ...(expires !== undefined && { expires }),
    ...(requestedBy !== undefined && { requestedBy }),
  };
}

/** One object as it is, several as a List, like kubectl. */
function objectsJson(files: readonly FilledFile[]): string {
  const objects = files.flatMap((file) => file.documents.flatMap(({ objects: all }) => all.map(({ after }) => after)));
  const [only, ...others] = objects;
  return lines(others.length === 0 && only ? only : { apiVersion: 'v1', kind: 'List', items: objects });
}

/**
 * What JSON.stringify leaves as it is and a terminal acts upon, or shows in another order: DEL, the C1 controls, the line
 * breaks of Unicode and the marks for the direction of text. They can only stand inside of strings.
 */
const CONTROLS = /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu;

/** The same JSON with these characters escaped. */
function asciiControls(written: string): string {
  return written.replace(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function lines(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
