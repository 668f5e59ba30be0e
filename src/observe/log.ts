// The log: JSON lines on stdout, one per decision. No line contains an object, or any value that a user wrote into one.
import { type DestinationStream, type Logger, pino } from 'pino';
import type { AnsweredPolicyReview } from '../admission/policy-review.ts';
import type { AdmissionReply, Webhook } from '../admission/review.ts';
import type { Explanation } from '../engine/explain/logged-selection.ts';
import type { Decision } from '../model/decision.ts';
import { exceptionName } from '../model/finding.ts';
import { cutUnits, oneLine } from '../model/one-line.ts';
import { displayName, type Subject } from '../model/subject.ts';
import type { PolicyReviewLine, ReviewLine, SelectionLine } from './log-lines.ts';
import { stdoutStream } from './log-stream.ts';
import type { PhaseTimes } from './phase-clock.ts';

/** The levels of `--log-level`, from few lines to many, and none at all. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'silent'] as const;
/** The lowest level that is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What is used of a pino logger. */
export type Log = Pick<Logger, 'error' | 'warn' | 'info' | 'debug' | 'isLevelEnabled'>;

/** Longer than any name Kubernetes allows. */
const TEXT_LIMIT = 256;
const LIST_LIMIT = 50;

/** A log to stdout, or to another stream. */
export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  if (destination) return logTo(destination, level);
  const stream = stdoutStream();
  const log = logTo(stream, level);
  stream.onRecovery((lines) => log.warn({ lines }, 'log lines lost'));
  return log;
}

function logTo(stream: DestinationStream, level: LogLevel): Log {
  // Words, as Kubernetes' own programs and every log collector have them: pino's numbers mean something to pino alone.
  const formatters = { level: (label: string) => ({ level: label }) };
  return pino({ level, base: null, formatters, timestamp: pino.stdTimeFunctions.isoTime }, stream);
}

/** What is logged and counted of one answered review. */
export interface ReviewEntry {
  readonly uid: string;
  readonly webhook: Webhook;
  readonly subject: Subject;
  readonly decision?: Decision | undefined;
  /** What was answered. Not logged. */
  readonly reply?: AdmissionReply | undefined;
  readonly patchBytes: number;
  readonly durationMs: number;
  /** The times of its parts, where they were measured. */
  readonly phases?: PhaseTimes | undefined;
  /** What was thrown, where a bug of ours kept us from deciding. */
  readonly fault?: unknown;
}

/** Logs an answered review. */
export function logReview(log: Log, entry: ReviewEntry): void {
  const { subject, decision } = entry;
  const line: ReviewLine = {
    uid: bounded(entry.uid),
    webhook: entry.webhook,
    user: bounded(subject.user.username),
    operation: bounded(subject.operation),
    kind: bounded(subject.kind.group === '' ? subject.kind.kind : `${subject.kind.kind}.${subject.kind.group}`),
    subresource: subject.subresource === '' ? undefined : bounded(subject.subresource),
    namespace: bounded(subject.namespace),
    name: bounded(displayName(subject)),
    dryRun: subject.dryRun || undefined,
    verdict: decision?.verdict,
    skip: decision?.skip,
    policies: decision && listed(decision.policies),
    checks: decision && listedOnce(decision.findings.map((finding) => `${finding.check}:${finding.action}`)),
    exceptions: decision && listedOnce(decision.findings.flatMap((finding) => exceptionName(finding) ?? [])),
    injected: decision && listed(decision.injected),
    notInjected:
      decision && listedOnce(decision.notInjected.map((fill) => `${fill.policy}/${fill.injection}:${fill.code}`)),
    patchBytes: entry.patchBytes,
    durationMs: Math.round(entry.durationMs * 1000) / 1000,
  };
  if (decision) log.info(line, 'reviewed');
  else log.error({ ...line, err: entry.fault }, 'failed to review');
}

/** Logs which policies match a review and why the others do not. */
export function logSelection(log: Log, entry: ReviewEntry, explanations: Iterable<Explanation>): void {
  const selection: string[] = [];
  let more = 0;
  for (const { policy, template, mismatch } of explanations) {
    const where = template === '' ? '' : ` (${template})`;
    if (selection.length < LIST_LIMIT) selection.push(bounded(`${policy}${where}: ${mismatch ?? 'matches'}`));
    else more++;
  }
  const line: SelectionLine = {
    uid: bounded(entry.uid),
    webhook: entry.webhook,
    skip: entry.decision?.skip,
    selection,
    more: more === 0 ? undefined : more,
  };
  log.debug(line, 'selected');
}

/** Logs an answered review of a policy or a class. */
export function logPolicyReview(log: Log, { uid, subject, allowed, fault }: AnsweredPolicyReview): void {
  const line: PolicyReviewLine = {
    uid: bounded(uid),
    user: bounded(subject.user.username),
    operation: bounded(subject.operation),
    kind: subject.kind.kind,
    namespace: subject.namespace === '' ? undefined : bounded(subject.namespace),
    name: bounded(displayName(subject)),
    dryRun: subject.dryRun || undefined,
    allowed,
  };
  if (fault === undefined) log.info(line, 'reviewed a policy');
  else log.error({ ...line, err: fault }, 'failed to review a policy');
}

/**
 * Logs that a request was not a review. Its content is quoted in the answer to its sender, but not in the log, except for the
 * two values that say what it claims to be.
 */
export function logBadRequest(log: Log, problem: string): void {
  const quoted = /^(?:kind|apiVersion): /.test(problem) ? problem : problem.replace(/".*/s, '…');
  log.warn({ problem: bounded(quoted) }, 'not a review');
}

/** Bounded, and without control characters: JSON does not escape those from U+0080 on, nor the line separators of Unicode. */
function bounded(text: string): string {
  return oneLine(cutUnits(text, TEXT_LIMIT));
}

/** Undefined where there are none, so that the line has no such field. */
function listed(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : values.slice(0, LIST_LIMIT).map(bounded);
}

/** The same, each once. */
function listedOnce(values: readonly string[]): readonly string[] | undefined {
  return values.length < 2 ? listed(values) : listed([...new Set(values)]);
}
