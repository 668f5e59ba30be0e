// One offending field as programs read it: `-o json` and the library have the same.
import type { Action, FieldRef, Finding } from '../../model/finding.ts';
import { shownValue } from './finding-value.ts';

/** Field names are stable: other programs rely on them. Fields may be added. */
export interface FindingRow {
  readonly policy: string;
  readonly check: string;
  readonly action: Action;
  readonly reason: string;
  readonly detail: string;
  readonly path: string;
  readonly container?: string;
  readonly value?: unknown;
  readonly fix?: string;
}

/** The row of a field that a finding is about. */
export function findingRow({ policy, check, action, reason, detail, fix }: Finding, field: FieldRef): FindingRow {
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
  };
}
