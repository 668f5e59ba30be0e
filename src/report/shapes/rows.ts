// One offending field as programs read it: `-o json` and the library have the same.
import type { Action, ExceptionUse, FieldRef, Finding } from '../../model/finding.ts';
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
  /** The exception that covers it. */
  readonly exception?: ExceptionRow;
}

/** An exception that covers a field. */
export interface ExceptionRow {
  readonly name?: string;
  readonly reason: string;
  readonly expires?: string;
  readonly requestedBy?: string;
}

/** The row of a field that a finding is about. */
export function findingRow(
  { policy, check, action, reason, detail, fix, excepted }: Finding,
  field: FieldRef,
): FindingRow {
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
}

function exceptionRow({ name, reason, expires, requestedBy }: ExceptionUse): ExceptionRow {
  return {
    ...(name !== undefined && { name }),
    reason,
    ...(expires !== undefined && { expires }),
    ...(requestedBy !== undefined && { requestedBy }),
  };
}
