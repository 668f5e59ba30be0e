// Spans as OTLP has them in JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): identifiers as hexadecimal digits,
// numbers of 64 bits as strings, enumerations as numbers.
import { VERSION } from '../../model/version.ts';
import type { Attributes, AttributeValue, Span } from './review-spans.ts';

/** Of the flags of a span: recorded; and that it is known whether its parent is remote, and that it is. */
const SAMPLED = 0x01;
const KNOWS_REMOTE = 0x1_00;
const IS_REMOTE = 0x2_00;

/** The body of a request to export these spans. */
export function exportRequest(spans: readonly Span[], resource: Attributes): string {
  const scopeSpans = [{ scope: { name: 'sandgate', version: VERSION }, spans: spans.map(spanOf) }];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: attributesOf(resource) }, scopeSpans }] });
}

function spanOf(span: Span): object {
  const { traceId, spanId, parentSpanId, isParentRemote, name, kind, start, end, attributes, status } = span;
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    flags: SAMPLED | KNOWS_REMOTE | (isParentRemote ? IS_REMOTE : 0),
    name,
    kind,
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(end),
    attributes: attributesOf(attributes),
    status: status === undefined ? {} : { code: status },
  };
}

/** Microseconds are what the clock has; more digits of milliseconds since 1970 do not fit a number. */
function nanoseconds(ms: number): string {
  return `${Math.round(ms * 1000)}000`;
}

function attributesOf(attributes: Attributes): readonly object[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValueOf(value) }],
  );
}

function anyValueOf(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return { intValue: String(value) };
  return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } };
}
