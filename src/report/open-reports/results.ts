// What a report of openreports.io says of one object: a result for each finding, and for each policy that found nothing.
// The fields are those of ReportResult in openreports/reports-api, apis/openreports.io/v1alpha1/report_types.go.
import { ALL_CHECKS } from '../../engine/all-checks.ts';
import { type Action, type Finding, phrase } from '../../model/finding.ts';
import { shownValue } from '../shapes/finding-value.ts';
import type { ObjectRef, Result } from '../shapes/result.ts';
import { shownFindings } from '../terminal/finding-lines.ts';
import { printable } from '../terminal/printable.ts';

/** The outcomes that the API has. */
export type Outcome = 'pass' | 'fail' | 'warn' | 'error' | 'skip';

/** How many results have which outcome. */
export type OutcomeCounts = Record<Outcome, number>;

/** One entry of `results`. */
export interface ReportResult {
  readonly policy: string;
  readonly rule?: string;
  readonly category?: string;
  readonly severity?: 'critical' | 'high' | 'medium' | 'low' | 'info';
  readonly result: Outcome;
  readonly scored: boolean;
  readonly resources: readonly ObjectRef[];
  readonly message?: string;
  readonly properties?: Readonly<Record<string, string>>;
}

const OUTCOMES: Readonly<Record<Action, Outcome>> = { Deny: 'fail', Warn: 'warn', Audit: 'warn' };
const SEVERITIES = { Deny: 'high', Warn: 'medium', Audit: 'low' } as const;

/** The results of one object; none of one that was skipped, since no policy was asked. */
export function reportResults(result: Result): readonly ReportResult[] {
  if (result.verdict === 'skipped') return [];
  const resources = [result.object];
  const found = shownFindings(result.findings);
  const violated = new Set(found.map(({ policy }) => policy));
  const passed = (result.policies ?? []).filter((policy) => !violated.has(policy));
  return [
    ...found.map((finding) => violation(result, finding)),
    ...passed.map((policy): ReportResult => ({ policy, result: 'pass', scored: true, resources })),
  ];
}

/** What lets a finding in is an exception that somebody wrote down: the rule was not applied to it. */
function violation(result: Result, finding: Finding): ReportResult {
  const { policy, rule, check, action, excepted } = finding;
  return {
    // Findings about the shape of an object belong to no policy.
    policy: policy === '' ? rule : policy,
    rule: check,
    category: CATEGORIES.get(check) ?? 'Isolation',
    severity: SEVERITIES[action],
    result: excepted === undefined ? OUTCOMES[action] : 'skip',
    scored: action === 'Deny',
    resources: [result.object],
    message: printable(phrase(finding)),
    properties: propertiesOf(result, finding),
  };
}

function propertiesOf(result: Result, { action, fields, fix, excepted }: Finding): Record<string, string> {
  const containers = new Set(fields.flatMap(({ container }) => container ?? []));
  const values = fields.flatMap((field) => shownValue(field) ?? []).map((value) => JSON.stringify(value));
  const { file, line } = result.placeOf(fields[0]?.path ?? '');
  const properties: Record<string, string> = {
    action,
    paths: fields.map(({ path }) => path).join(', '),
    containers: [...containers].join(', '),
    values: values.join(', '),
    fix,
    exception: excepted?.inWords ?? '',
    deniedAt: result.deniedAt ?? '',
    pods: result.pods ? String(result.pods.running) : '',
    // Objects of a cluster have no lines.
    source: line === 0 ? file : `${file}:${line}`,
  };
  const given = Object.entries(properties).filter(([, text]) => text !== '');
  return Object.fromEntries(given.map(([key, text]) => [key, printable(text)]));
}

const CATEGORIES = new Map(
  ALL_CHECKS.map(({ id, origin }) => {
    if (origin === 'baseline') return [id, 'Pod Security Standards (Baseline)'];
    return [id, origin === 'restricted' ? 'Pod Security Standards (Restricted)' : 'Isolation'];
  }),
);

/** How many of these results have which outcome: the `summary` of a report. */
export function outcomeCounts(results: readonly Pick<ReportResult, 'result'>[]): OutcomeCounts {
  const counts: OutcomeCounts = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
  for (const { result } of results) counts[result]++;
  return counts;
}
