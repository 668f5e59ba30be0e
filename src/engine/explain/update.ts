// Which findings in an update the stored object had before. Not everything that it had is let through: what an edit touches is judged
// anew. The decision says what became of a finding; this says where it comes from.
import { type FieldRef, type Finding, phrase } from '../../model/finding.ts';
import type { Subject } from '../../model/subject.ts';
import type { Gate } from '../gate.ts';
import { validate } from '../validate.ts';

/** A finding in an update. */
export interface FindingInUpdate {
  /** For each of its fields whether the stored object has the same there. */
  readonly before: readonly boolean[];
  /** True where the policy would refuse it, and lets it through since it was there before. */
  readonly excused: boolean;
}

/** What there is to say of an update beside its verdict. */
export interface ExplainedUpdate {
  /** One for each finding, in the same order. */
  readonly findings: readonly FindingInUpdate[];
  /** What was found in the stored object, and is not any more. */
  readonly resolved: readonly Finding[];
}

/**
 * Compares what is found in the new object with what is found in the one that it replaces. Pure.
 *
 * @param gate as the new object was judged by
 * @returns undefined for a request that replaces nothing
 */
export function explainUpdate(subject: Subject, findings: readonly Finding[], gate: Gate): ExplainedUpdate | undefined {
  const { operation, oldObject } = subject;
  if (operation !== 'UPDATE' || !oldObject) return undefined;
  // An update that changes nothing: checks that compare with the stored object have nothing to say then.
  const stored = validate({ ...subject, subresource: '', object: oldObject }, { ...gate, trace: undefined });
  const known = new Set(stored.findings.flatMap(keysOf));
  const left = new Set(findings.flatMap(keysOf));
  return {
    findings: findings.map((finding) => {
      const excused = isExcused(finding, gate);
      return { before: keysOf(finding).map((key) => excused || known.has(key)), excused };
    }),
    resolved: stored.findings.filter((finding) => !keysOf(finding).some((key) => left.has(key))),
  };
}

/** A warning of what the policy refuses, which goes to the audit log as well: an exception, or what was there before. */
function isExcused({ policy, check, action, excepted, audited }: Finding, { policies }: Gate): boolean {
  if (action !== 'Warn' || !audited || excepted) return false;
  return policies.policies.find(({ name }) => name === policy)?.actionsFor(check).action === 'Deny';
}

function keysOf(finding: Finding): readonly string[] {
  const { policy, check, fields, reason } = finding;
  // Of a finding without a field that has a value, the sentence is all there is to tell it by.
  return fields.map((field) =>
    JSON.stringify([policy, check, placeOf(field), field.value ?? phrase({ reason, detail: '' })]),
  );
}

/** A container keeps its name where others come before it. */
function placeOf({ path, container }: FieldRef): string {
  return container === undefined ? path : path.replace(/ontainers\[\d+\]/, `ontainers[${container}]`);
}
