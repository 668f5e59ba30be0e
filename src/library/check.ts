// Judges manifests, as `sandgate check` does.

import { exceptionsUsed } from '../report/shapes/exceptions-used.ts';
import { type Result, summarize } from '../report/shapes/result.ts';
import { findingRow } from '../report/shapes/rows.ts';
import { inputsOf } from './inputs.ts';
import { gapsOf } from './offline/gaps/gaps.ts';
import { judge } from './offline/judge.ts';
import type { CheckReport, CheckResult, Options, Policies, SourceFile } from './types.ts';

/**
 * Judges every object of some files as a cluster with these policies would. Files that cannot be read are among the problems,
 * and do not hide the verdicts on the others.
 * @throws TypeError for policies that loadPolicies did not return, and for an implementation that a class does not have
 */
export function check(files: readonly SourceFile[], policies: Policies, options: Options = {}): CheckReport {
  const { objects, offline, problems, notes, assumed } = inputsOf(files, policies, options);
  const judged: Result[] = [];
  const results = objects.map((object) => {
    const { result } = judge(object, offline);
    judged.push(result);
    const gaps = gapsOf(object, result, offline.gate.policies, assumed).map(({ message }) => message);
    return rowOf(result, gaps);
  });
  const exceptions = exceptionsUsed(judged);
  const used = exceptions.length > 0 && { exceptions };
  return { results, summary: summarize(results), ...used, problems, notes: [...notes] };
}

function rowOf(result: Result, gaps: readonly string[]): CheckResult {
  const { source, object, verdict, deniedAt, skipReason, findings, warnings, patch } = result;
  return {
    source,
    object,
    verdict,
    ...(deniedAt && { deniedAt }),
    ...(skipReason && { skipReason }),
    findings: findings.flatMap((finding) =>
      finding.fields.map((field) => ({ ...findingRow(finding, field), place: placeOf(result, field.path) })),
    ),
    warnings: [...new Set([...warnings, ...gaps])],
    patch,
  };
}

function placeOf(result: Result, path: string): CheckResult['findings'][number]['place'] {
  const { file, line, column } = result.placeOf(path);
  return { file, line, column };
}
