// A decision as the response that answers the API server.
import { type PatchOperation, patchBetween } from '../engine/diff.ts';
import { base64OfText } from '../model/base64.ts';
import type { Decision } from '../model/decision.ts';
import { exceptionName, type Finding } from '../model/finding.ts';
import { shortLine } from '../model/one-line.ts';
import type { MarkPhase } from '../model/phase.ts';
import { displayName, type Subject } from '../model/subject.ts';
import { type Answer, answerOnce, type Basis, type Encoded } from './answers.ts';
import { injectedFields } from './injected.ts';
import { boundAnnotations, boundWarnings } from './limits.ts';
import { causeMessage, refusalMessage } from './message.ts';
import { type AdmissionReply, type RefusalStatus, replyWith, type StatusCause, type Webhook } from './review.ts';
import { clausesOf, clauseText } from './rules.ts';

/** More causes would only make the response larger: a pod can have thousands of offending fields. */
const MOST_CAUSES = 100;
const NOTHING: readonly PatchOperation[] = [];

/**
 * The response to a decision. Only the mutating webhook may answer with a patch, and never an empty one: the API server
 * takes that for no patch at all.
 */
export function encodeDecision(subject: Subject, decision: Decision, webhook: Webhook, mark?: MarkPhase): Encoded {
  const patch = webhook === 'mutate' && decision.verdict !== 'denied' ? patchOf(subject, decision) : NOTHING;
  if (webhook === 'mutate') mark?.('diff');
  return answerOnce(basisOf(subject, decision, patch), () => encode(subject, decision, patch));
}

/** In characters: enough to tell two pods apart. */
const LONGEST_ABOUT = 1024;

function basisOf(subject: Subject, decision: Decision, patch: readonly PatchOperation[]): Basis {
  const { verdict, skip, policies, findings, warnings, errors } = decision;
  // Only a refusal names the object.
  const names = verdict === 'denied' ? [subject.kind.group, subject.resource, displayName(subject)] : [];
  // Warnings can name images, and differ from pod to pod.
  const about = `${verdict}:${skip ?? ''}:${policies.join(',')}:${warnings.join(';').slice(0, LONGEST_ABOUT)}`;
  return { about, names, patch, findings, warnings, errors };
}

function encode(subject: Subject, decision: Decision, patch: readonly PatchOperation[]): Encoded {
  const encoded = base64OfText(patch.length === 0 ? '' : JSON.stringify(patch));
  const allowed = decision.verdict !== 'denied';
  const warnings = boundWarnings(warningTexts(decision));
  const auditAnnotations = boundAnnotations({
    policy: decision.policies.join(','),
    decision: decision.skip === undefined ? decision.verdict : `${decision.verdict}:${decision.skip}`,
    violations: auditText(decision),
    exceptions: exceptionsUsed(decision),
    injected: injectedFields(patch),
    exempt: decision.skip ?? '',
    error: decision.errors.join('; '),
  });
  const answer: Answer = {
    allowed,
    ...(encoded.bytes > 0 && { patch: encoded.base64, patchType: 'JSONPatch' }),
    ...(warnings.length > 0 && { warnings }),
    ...(auditAnnotations && { auditAnnotations }),
    ...(!allowed && { status: refusal(subject, decision.findings.filter(denies)) }),
  };
  return { answer, text: JSON.stringify(answer), patchBytes: encoded.bytes };
}

function patchOf(subject: Subject, decision: Decision): readonly PatchOperation[] {
  // On a deletion there is nothing a patch could be applied to.
  return subject.object && decision.object ? patchBetween(subject.object, decision.object) : NOTHING;
}

function denies(finding: Finding): boolean {
  return finding.action === 'Deny';
}

/** A refusal leaves out violations that only warn: they come with the request that is let in. */
function warningTexts(decision: Decision): readonly string[] {
  if (decision.findings.length === 0 || decision.verdict === 'denied') return decision.warnings;
  const warned = decision.findings.filter((finding) => finding.action === 'Warn');
  return [...clausesOf(warned).map((clause) => clauseText('would violate', clause)), ...decision.warnings];
}

function auditText(decision: Decision): string {
  const audited = decision.findings.filter((finding) => finding.audited || finding.action === 'Audit');
  const refused = clausesOf(audited.filter(denies)).map((clause) => clauseText('violates', clause));
  const noted = clausesOf(audited.filter((finding) => !denies(finding)));
  return [...refused, ...noted.map((clause) => clauseText('would violate', clause))].join('; ');
}

/** The exceptions that cover something, each once. */
function exceptionsUsed({ findings }: Decision): string {
  return [...new Set(findings.map((finding) => exceptionName(finding) ?? ''))].filter((name) => name !== '').join(', ');
}

function refusal(subject: Subject, findings: readonly Finding[]): RefusalStatus {
  return {
    status: 'Failure',
    reason: 'Forbidden',
    code: 403,
    message: refusalMessage(subject, findings),
    details: {
      name: bounded(displayName(subject)),
      group: bounded(subject.kind.group),
      kind: bounded(subject.resource),
      causes: causesOf(clausesOf(findings).flatMap((clause) => clause.findings)),
    },
  };
}

/** One cause per offending field of a finding; where several policies say the same, one cause for all of them. */
function causesOf(findings: readonly Finding[]): readonly StatusCause[] {
  const causes: StatusCause[] = [];
  /** By message, which is long and the same for every field of a finding. */
  const said = new Map<string, Set<string>>();
  for (const finding of findings) {
    const message = causeMessage(finding);
    const fields = said.get(message) ?? new Set();
    said.set(message, fields);
    for (const { path } of finding.fields) {
      if (causes.length === MOST_CAUSES) return causes;
      const field = shortLine(path, 1024);
      if (fields.has(field)) continue;
      fields.add(field);
      causes.push({ reason: 'FieldValueForbidden', message, field });
    }
  }
  return causes;
}

/**
 * The reply where a bug of ours prevented a decision. A mutation is let through unchanged, since validation follows; a
 * validation is refused, because the object was not judged.
 */
export function encodeFault(uid: string, subject: Subject, fault: unknown, webhook: Webhook): AdmissionReply {
  const auditAnnotations = boundAnnotations({ error: `internal error: ${faultText(fault)}` }) ?? {};
  const about = `${bounded(subject.resource)} "${bounded(displayName(subject))}"`;
  if (webhook === 'mutate') {
    const warnings = boundWarnings([`sandgate failed to fill in ${about}, which is a bug in it; left as it is`]);
    return replyWith({ uid, allowed: true, warnings, auditAnnotations });
  }
  return replyWith({
    uid,
    allowed: false,
    auditAnnotations,
    status: {
      status: 'Failure',
      reason: 'InternalError',
      code: 500,
      message: `sandgate failed to judge ${about}, which is a bug in it; what was not judged is refused`,
    },
  });
}

/** A name on one line, no longer than Kubernetes allows; it may not be a valid one. */
function bounded(name: string): string {
  return shortLine(name, 260);
}

/** Any value can be thrown, not only errors. */
function faultText(fault: unknown): string {
  if (fault instanceof Error) return `${fault.name}: ${fault.message}`;
  return typeof fault === 'string' ? fault : `a thrown ${typeof fault}`;
}
