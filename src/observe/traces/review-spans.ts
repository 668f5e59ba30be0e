// A review as spans: one for the whole of it, below that of the API server, and one for each part of the work.
import { exceptionName } from '../../model/finding.ts';
import { cutUnits, oneLine } from '../../model/one-line.ts';
import { PHASES } from '../../model/phase.ts';
import { displayName } from '../../model/subject.ts';
import type { ReviewEntry } from '../log.ts';

/** OTLP's numbers for the kinds of spans. */
const INTERNAL = 1;
const SERVER = 2;
/** OTLP's number for what went wrong; a refusal is not. */
const ERROR = 2;

export type AttributeValue = string | number | boolean | readonly string[];
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** True where the parent is in another process. */
  readonly isParentRemote: boolean;
  readonly name: string;
  readonly kind: typeof INTERNAL | typeof SERVER;
  /** In milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
  readonly status: typeof ERROR | undefined;
}

/** Where a review belongs, and when its parts were. */
export interface ReviewTimes {
  readonly traceId: string;
  readonly parentSpanId: string | undefined;
  /** When the whole request was there, in milliseconds since 1970... */
  readonly start: number;
  /** ...and when the work on it began: before that it waited for others, or for something to be looked up. */
  readonly began: number;
}

/** Longer than any name Kubernetes allows. */
const TEXT_LIMIT = 256;
const LIST_LIMIT = 50;

/**
 * The spans of an answered review, that of the whole first.
 * @param newSpanId makes 16 hexadecimal digits
 */
export function reviewSpans(entry: ReviewEntry, times: ReviewTimes, newSpanId: () => string): readonly Span[] {
  const { traceId, parentSpanId, start, began } = times;
  const { webhook, durationMs, phases, decision } = entry;
  const spanId = newSpanId();
  const spans: Span[] = [
    {
      traceId,
      spanId,
      parentSpanId,
      isParentRemote: parentSpanId !== undefined,
      name: `POST /${webhook}`,
      kind: SERVER,
      start,
      end: start + durationMs,
      attributes: attributesOf(entry),
      status: decision ? undefined : ERROR,
    },
  ];
  if (!phases) return spans;
  // A review is worked on without interruption, and its parts come in this order but for what several policies do in turns.
  let at = began;
  for (const phase of PHASES) {
    if (phases[phase] <= 0) continue;
    const part = { traceId, spanId: newSpanId(), parentSpanId: spanId, isParentRemote: false, name: phase };
    const end = at + phases[phase];
    spans.push({ ...part, kind: INTERNAL, start: at, end, attributes: {}, status: undefined });
    at = end;
  }
  return spans;
}

/** The same as the log has, and nothing that a user wrote into an object but names. */
function attributesOf(entry: ReviewEntry): Attributes {
  const { uid, webhook, subject, decision, patchBytes } = entry;
  const { group, kind } = subject.kind;
  return {
    'http.request.method': 'POST',
    'http.response.status_code': 200,
    'url.path': `/${webhook}`,
    'k8s.namespace.name': bounded(subject.namespace) || undefined,
    'sandgate.uid': bounded(uid),
    'sandgate.operation': bounded(subject.operation),
    'sandgate.kind': bounded(group === '' ? kind : `${kind}.${group}`),
    'sandgate.subresource': bounded(subject.subresource) || undefined,
    'sandgate.name': bounded(displayName(subject)) || undefined,
    'sandgate.dry_run': subject.dryRun || undefined,
    'sandgate.verdict': decision?.verdict ?? 'failed',
    'sandgate.skip': decision?.skip,
    'sandgate.policies': listed(decision?.policies),
    'sandgate.checks': listed(decision?.findings.map(({ policy, check, action }) => `${policy}/${check}:${action}`)),
    'sandgate.exceptions': listed(decision?.findings.flatMap((finding) => exceptionName(finding) ?? [])),
    'sandgate.injected': listed(decision?.injected),
    'sandgate.patch_bytes': webhook === 'mutate' ? patchBytes : undefined,
  };
}

function bounded(text: string): string {
  return oneLine(cutUnits(text, TEXT_LIMIT));
}

function listed(values: readonly string[] = []): readonly string[] | undefined {
  return values.length === 0 ? undefined : [...new Set(values)].slice(0, LIST_LIMIT).map(bounded);
}
