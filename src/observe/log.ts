// The log: JSON lines on stdout, one per decision. No line holds an object, or any value a user wrote into one.
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Decision } from '../model/decision.ts';
import { displayName, type Subject } from '../model/subject.ts';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type Log = Pick<Logger, 'error' | 'warn' | 'info' | 'debug'>;

/** Longer than any name Kubernetes allows. */
const TEXT_LIMIT = 256;
const LIST_LIMIT = 50;

/** Lines are written together, which costs less than half: after this many characters, or that many milliseconds. */
const WRITE_LENGTH = 16_000;
const WRITE_MS = 100;

/** A log to stdout, or to another stream. */
export function createLog(level: LogLevel, destination: DestinationStream = stdout()): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}

/** Written in the background: a reader that stalls must not stall reviews. What is left is written on exit. */
function stdout(): DestinationStream {
  return pino.destination({ sync: false, minLength: WRITE_LENGTH, periodicFlush: WRITE_MS });
}

/** All that one line about a review is made of. */
export interface ReviewEntry {
  readonly uid: string;
  readonly webhook: string;
  readonly subject: Subject;
  readonly decision?: Decision | undefined;
  readonly patchBytes: number;
  readonly durationMs: number;
  /** What was thrown, where a bug of ours kept us from deciding. */
  readonly fault?: unknown;
}

/** Writes the line of a review. */
export function logReview(log: Log, entry: ReviewEntry): void {
  const { subject, decision } = entry;
  const line = {
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
    checks: decision && listed(decision.findings.map((finding) => `${finding.check}:${finding.action}`)),
    injected: decision && listed(decision.injected),
    notInjected:
      decision && listed(decision.notInjected.map((fill) => `${fill.policy}/${fill.injection}:${fill.code}`)),
    patchBytes: entry.patchBytes,
    durationMs: Math.round(entry.durationMs * 1000) / 1000,
  };
  if (decision) log.info(line, 'reviewed');
  else log.error({ ...line, err: entry.fault }, 'failed to review');
}

function bounded(text: string): string {
  return text.length <= TEXT_LIMIT ? text : `${text.slice(0, TEXT_LIMIT - 1)}…`;
}

/** Each once, and undefined where there are none, so that the line has no such field. */
function listed(values: readonly string[]): readonly string[] | undefined {
  if (values.length === 0) return undefined;
  return [...new Set(values)].slice(0, LIST_LIMIT).map(bounded);
}
