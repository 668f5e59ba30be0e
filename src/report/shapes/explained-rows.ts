// What `explain` says, as programs read it: `-o json` and the library have the same. docs/explain-json.md describes the fields; field
// names are stable, and fields may be added.
import type { ExplainedLevel } from '../../engine/explain/level.ts';
import type { ExplainedTemplate } from '../../engine/explain/object.ts';
import type { FindingInUpdate } from '../../engine/explain/update.ts';
import type { ExplainedValue } from '../../engine/explain/values.ts';
import type { Finding } from '../../model/finding.ts';
import { isJsonObject } from '../../model/json.ts';
import type { ExplainedResult } from './explained.ts';
import { shownValue } from './finding-value.ts';
import type { Result } from './result.ts';
import { type FindingRow, findingRow } from './rows.ts';

/** An object and what explains its verdict. */
export interface ExplainedRow
  extends Pick<ExplainedResult, 'operation'>,
    Pick<Result, 'source' | 'object' | 'verdict' | 'deniedAt' | 'skipReason' | 'warnings'> {
  readonly templates: readonly TemplateRow[];
  readonly filledInAround: readonly ExplainedValue[];
  readonly findings: readonly FindingInUpdateRow[];
  /** Of an update: what was found in the stored object, and is not any more. */
  readonly resolved?: readonly FindingRow[];
  readonly changes: readonly ChangeRow[];
}

/** One field that a finding is about; of an update, whether the stored object has the same there. */
export interface FindingInUpdateRow extends FindingRow {
  readonly before?: boolean;
  /** Where the policy would refuse it, and lets it through since it was there before. */
  readonly excused?: true;
}

/** One pod template. */
export interface TemplateRow extends Omit<ExplainedTemplate, 'podSecurity'> {
  readonly podSecurity?: ExplainedLevel;
}

/** The row of an object. */
export function explainedRow({ result, explained, operation, update }: ExplainedResult): ExplainedRow {
  const { source, object, verdict, deniedAt, skipReason, findings, warnings } = result;
  return {
    source,
    object,
    operation,
    verdict,
    ...(deniedAt && { deniedAt }),
    ...(skipReason && { skipReason }),
    templates: explained.templates.map(templateRow),
    filledInAround: explained.around.map(valueRow),
    findings: findings.flatMap((finding, index) => rowsOf(finding, update?.findings[index])),
    ...(update && { resolved: update.resolved.flatMap((finding) => rowsOf(finding)) }),
    changes: changesOf(result),
    warnings,
  };
}

function rowsOf(finding: Finding, inUpdate?: FindingInUpdate): readonly FindingInUpdateRow[] {
  return finding.fields.map((field, index) => ({
    ...findingRow(finding, field),
    ...(inUpdate && { before: inUpdate.before[index] ?? false }),
    ...(inUpdate?.excused && { excused: true }),
  }));
}

/** One thing to change, so that the object is let in. */
export interface ChangeRow {
  readonly check: string;
  readonly policy: string;
  readonly paths: readonly string[];
  readonly fix: string;
}

/** What would have to change; nothing where the object is let in. */
export function changesOf({ findings }: ExplainedResult['result']): readonly ChangeRow[] {
  return findings
    .filter(({ action }) => action === 'Deny')
    .map(({ check, policy, fields, fix }) => ({ check, policy, paths: fields.map(({ path }) => path), fix }));
}

function templateRow({
  path,
  policies,
  capabilities,
  values,
  podSecurity,
  exceptions,
}: ExplainedTemplate): TemplateRow {
  return {
    path,
    policies,
    capabilities,
    values: values.map(valueRow),
    ...(podSecurity && { podSecurity }),
    exceptions,
  };
}

function valueRow(value: ExplainedValue): ExplainedValue {
  const { value: _, replaced: __, images, ...rest } = value;
  const shown = shownSetting(value.path, value.value);
  const replaced = shownSetting(value.path, value.replaced);
  return {
    ...rest,
    ...(shown !== undefined && { value: shown }),
    ...(images && { images }),
    ...(replaced !== undefined && { replaced }),
  };
}

/** The longest object that is shown, by its JSON in UTF-16 units. */
const LONGEST = 256;

/** A value as findings show it, and small objects, such as a seccomp profile; of environment variables nothing. */
export function shownSetting(path: string, value: unknown): unknown {
  if (!isJsonObject(value) || /(?:^|\.)env(?:From)?(?:[.[]|$)/.test(path)) return shownValue({ path, value });
  return JSON.stringify(value).length <= LONGEST ? value : undefined;
}
