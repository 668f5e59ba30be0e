// What must make no difference to a decision: the order of keys, and fields that Kubernetes does not have.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { handleReview } from '../../src/admission/handle.ts';
import type { Webhook } from '../../src/admission/review.ts';
import { POD_FIELDS } from '../../src/kubernetes/pod-fields.ts';
import type { Decision } from '../../src/model/decision.ts';
import { isJsonObject, ownField, sameJson } from '../../src/model/json.ts';
import { emptyManagedFields } from '../../src/server/review/managed-fields.ts';
import { randomCases } from '../support/random-cases.ts';
import { reviewText } from '../support/review-text.ts';
import { parseObject, withRequest } from '../support/reviews.ts';
import { bodyOf, fuzzCase } from './case.ts';
import { fuzzGate } from './fuzz.ts';

const RUNS = randomCases(4000);
const GATE = fuzzGate();

type Change = (value: unknown) => unknown;

/** The decision, and the object that comes of it. */
function decide(review: unknown, webhook: Webhook): Decision | undefined {
  const handled = handleReview(review, webhook, GATE);
  if (handled.status === 400) return undefined;
  expect(handled.fault).toBeUndefined();
  expect(JSON.parse(handled.text)).toEqual(handled.reply);
  return handled.decision;
}

/** The review with its objects changed. */
function changed(review: unknown, change: Change): unknown {
  if (!isJsonObject(review)) return review;
  const request = ownField(review, 'request');
  const object = ownField(request, 'object');
  const oldObject = ownField(request, 'oldObject');
  return withRequest(review, { object: change(object), oldObject: change(oldObject) });
}

/** All there is to a decision but the object. */
function essence(decision: Decision | undefined): unknown {
  if (!decision) return undefined;
  const findings = decision.findings.map((finding) => ({
    ...finding,
    detail: parts(finding.detail),
    fields: finding.fields.map((field) => field.path).toSorted(),
  }));
  return { ...decision, findings, warnings: decision.warnings.map(parts), object: undefined };
}

/** What is said of labels and annotations is said in their order. */
function parts(sentence: string): string[] {
  return sentence.split(/, |: /).toSorted();
}

function expectSame(change: (seed: number) => Change, undo: Change = (value) => value): void {
  const property = fc.property(fuzzCase, fc.nat(), (one, seed) => {
    const body = bodyOf(one);
    const review: unknown = body === '' ? null : parseAny(body);
    const other = changed(review, change(seed));
    const [expected, found] = [decide(review, one.webhook), decide(other, one.webhook)];
    expect(essence(found)).toEqual(essence(expected));
    if (!sameJson(undo(found?.object ?? null), expected?.object ?? null)) throw new Error('filled in otherwise');
  });
  fc.assert(property, { numRuns: RUNS, seed: 7 });
}

function parseAny(text: string): unknown {
  return ownField(parseObject(`{"value":${text}}`), 'value');
}

describe('a decision does not depend', () => {
  test('a decision does not depend on the order of keys', () => {
    expectSame((seed) => (value) => shuffled(value, seed));
  });

  test('a decision does not depend on fields that Kubernetes does not have', () => {
    expectSame(() => withUnknownFields, withoutUnknownFields);
  });

  test('a decision does not depend on managedFields, which are left out before a review is parsed', () => {
    const property = fc.property(fuzzCase, (one) => {
      const body = bodyOf(one);
      const [whole, read] = [body, emptyManagedFields(Buffer.from(body))].map((text) => parseAny(text || 'null'));
      const [expected, found] = [decide(whole, one.webhook), decide(read, one.webhook)];
      expect(essence(found)).toEqual(essence(expected));
      if (!sameJson(withoutManagedFields(found?.object), withoutManagedFields(expected?.object)))
        throw new Error('filled in otherwise');
    });
    fc.assert(property, { numRuns: RUNS, seed: 7 });
  });

  test('a decision does not depend on the order of keys in the old object', () => {
    const container = '[{"name":"a","image":"nginx"}]';
    const lists = [`"containers":${container}`, `"initContainers":${container}`];
    const [spec, oldSpec] = [lists, lists.toReversed()].map((members) => `{${members.join(',')}}`);
    const decision = decide(parseAny(reviewText({ spec: spec ?? '', oldSpec: oldSpec ?? '' })), 'validate');
    expect(decision?.findings.map((finding) => finding.check)).toContain('allowPrivilegeEscalation');
    // It violated before, and the update changes nothing.
    expect(decision?.verdict).toBe('allowed');
  });
});

function shuffled(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((member: unknown) => shuffled(member, seed));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, member], index) => {
    // Not random, but no order in particular.
    const rank = Math.imul(seed + index * 0x9e3779b1, 0x85ebca6b) >>> 0;
    return { rank, entry: [key, shuffled(member, seed)] as const };
  });
  return Object.fromEntries(entries.toSorted((a, b) => a.rank - b.rank).map(({ entry }) => entry));
}

function withoutManagedFields(object: unknown): unknown {
  const metadata = ownField(object, 'metadata');
  if (!isJsonObject(object) || !isJsonObject(metadata)) return object ?? null;
  const { managedFields: _, ...rest } = metadata;
  return { ...object, metadata: rest };
}

const UNKNOWN = 'x-sandgate-unknown';
/** Fields whose keys are the user's to choose; and volumes, of which one with an unknown source is refused. */
const MAPS: ReadonlySet<string> = new Set([
  'volumes',
  ...Object.values(POD_FIELDS).flatMap((fields) =>
    Object.entries(fields).flatMap(([name, type]) => (type.startsWith('{') ? [name] : [])),
  ),
]);

function withUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownFields);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [
    key,
    MAPS.has(key) ? member : withUnknownFields(member),
  ]);
  return Object.fromEntries([[UNKNOWN, { privileged: true, spec: {} }], ...members]);
}

function withoutUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUnknownFields);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== UNKNOWN);
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutUnknownFields(member)]));
}
