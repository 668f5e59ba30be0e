// What another version of Sandgate printed for `check -o json`, as results: docs/check-json.md is the contract.
import type { PatchOperation } from '../../engine/diff.ts';
import type { InputObject } from '../../library/offline/objects.ts';
import { SKIPS, type SkipCode } from '../../model/decision.ts';
import { ACTIONS, type Action, type ExceptionUse, type FieldRef, type Finding } from '../../model/finding.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import type { ObjectRef, Result, SourceRef, Verdict } from '../../report/shapes/result.ts';

/** A result without what only the file knows. */
export type PrintedResult = Omit<Result, 'placeOf'>;

const VERDICTS: readonly Verdict[] = ['allowed', 'denied', 'skipped'];

/**
 * The results of a report.
 * @returns undefined where it is none: where it is not JSON, or some result has no source, object or verdict
 */
export function printedResults(text: string): readonly PrintedResult[] | undefined {
  const rows = ownField(parsed(text), 'results');
  if (!Array.isArray(rows)) return undefined;
  const results = rows.map(resultOf);
  return results.every((result) => result !== undefined) ? results : undefined;
}

/** The results by the objects that they are about: each can be taken once. */
export class ResultsByObject {
  readonly #bySource = new Map<string, PrintedResult[]>();

  constructor(results: readonly PrintedResult[]) {
    for (const result of results.toReversed()) {
      const { file, document, line } = result.source;
      const key = sourceKey(file, document, line);
      const others = this.#bySource.get(key);
      if (others) others.push(result);
      else this.#bySource.set(key, [result]);
    }
  }

  /** How many were not taken yet. */
  get left(): number {
    return [...this.#bySource.values()].reduce((sum, results) => sum + results.length, 0);
  }

  /** The next result about an object of this place; undefined where there is none. */
  take({ file, document, line }: InputObject): PrintedResult | undefined {
    return this.#bySource.get(sourceKey(file, document, line))?.pop();
  }
}

function sourceKey(file: string, document: number, line: number): string {
  return JSON.stringify([file, document, line]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function resultOf(row: unknown): PrintedResult | undefined {
  const source = sourceOf(ownField(row, 'source'));
  const object = objectOf(ownField(row, 'object'));
  const verdict = VERDICTS.find((one) => one === ownField(row, 'verdict'));
  if (!source || !object || !verdict) return undefined;
  const deniedAt = ownField(row, 'deniedAt');
  const skipReason = ownField(row, 'skipReason');
  return {
    source,
    object,
    verdict,
    ...((deniedAt === 'pod' || deniedAt === 'object') && { deniedAt }),
    ...(isSkipCode(skipReason) && { skipReason }),
    findings: findingsOf(objectsIn(row, 'findings')),
    warnings: [],
    patch: objectsIn(row, 'patch').flatMap((one) => (isOperation(one) ? [one] : [])),
  };
}

function sourceOf(value: unknown): SourceRef | undefined {
  const file = stringField(value, 'file');
  const [document, line] = [ownField(value, 'document'), ownField(value, 'line')];
  if (file === undefined || typeof document !== 'number' || typeof line !== 'number') return undefined;
  return { file, document, line };
}

function objectOf(value: unknown): ObjectRef | undefined {
  const text = (key: string): string => stringField(value, key) ?? '';
  if (!isJsonObject(value)) return undefined;
  return { apiVersion: text('apiVersion'), kind: text('kind'), namespace: text('namespace'), name: text('name') };
}

/** A report has a row for each field. Those of one check of one policy share their sentence. */
function findingsOf(rows: readonly JsonObject[]): readonly Finding[] {
  const groups = Map.groupBy(rows, ({ policy, check, action, reason, detail, exception }) =>
    JSON.stringify([policy, check, action, reason, detail, exception]),
  );
  return [...groups.values()].map(findingOf);
}

function findingOf(rows: readonly JsonObject[]): Finding {
  const text = (key: string): string => stringField(rows[0], key) ?? '';
  const exception = ownField(rows[0], 'exception');
  const action = actionOf(text('action'));
  return {
    policy: text('policy'),
    rule: `policy "${text('policy')}"`,
    check: text('check'),
    action,
    audited: action === 'Audit',
    fix: text('fix'),
    reason: text('reason'),
    detail: text('detail'),
    fields: rows.map(fieldOf),
    ...(isJsonObject(exception) && { excepted: exceptionOf(exception) }),
  };
}

/** One that this version does not know counts as the strictest. */
function actionOf(text: string): Action {
  return ACTIONS.find((action) => action === text) ?? 'Deny';
}

function fieldOf(row: JsonObject): FieldRef {
  const container = stringField(row, 'container');
  const path = stringField(row, 'path') ?? '';
  return { path, ...(container !== undefined && { container }), ...('value' in row && { value: row.value }) };
}

function exceptionOf(row: JsonObject): ExceptionUse {
  const [name, requestedBy, expires] = ['name', 'requestedBy', 'expires'].map((key) => stringField(row, key));
  return { name, reason: stringField(row, 'reason') ?? '', requestedBy, expires, end: undefined, inWords: '' };
}

function objectsIn(row: unknown, key: string): readonly JsonObject[] {
  const list = ownField(row, key);
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

function isSkipCode(value: unknown): value is SkipCode {
  return typeof value === 'string' && Object.hasOwn(SKIPS, value);
}

function isOperation(value: unknown): value is PatchOperation {
  return stringField(value, 'op') !== undefined && stringField(value, 'path') !== undefined;
}
