// Spans on their way to a collector: as OTLP has them, and few enough whatever happens. A real collector takes them in
// test/cluster/live/traces.test.ts.
import { describe, expect, onTestFinished, test } from 'vitest';
import { decideReview } from '../../../src/admission/handle.ts';
import type { Subject } from '../../../src/model/subject.ts';
import { VERSION } from '../../../src/model/version.ts';
import type { ReviewEntry } from '../../../src/observe/log.ts';
import { PhaseClock } from '../../../src/observe/phase-clock.ts';
import type { ExportTiming, TraceOutcome } from '../../../src/observe/traces/exporter.ts';
import { traceSettings } from '../../../src/observe/traces/settings.ts';
import { createTraces, type Traces } from '../../../src/observe/traces/traces.ts';
import { gateOf, policyYaml, subjectOf } from '../../support/gate.ts';
import { startTraceReceiver, type TraceReceiver } from '../../support/trace-receiver.ts';

const GATE = gateOf(policyYaml('p', 'podSecurity: { level: baseline }'));
const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** An answered review, with the times of its parts and the moment when it began. */
function reviewed(over: Partial<Subject> = {}): { entry: ReviewEntry; start: number; began: number } {
  const containers = [{ name: 'a', image: 'b', securityContext: { privileged: true } }];
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers } };
  const start = performance.now();
  const clock = new PhaseClock();
  clock.start(performance.now());
  const handled = decideReview('u-1', subjectOf(pod, { namespace: 'shop', ...over }), 'validate', GATE, clock.mark);
  clock.mark('encode');
  const durationMs = performance.now() - start;
  return { entry: { ...handled, webhook: 'validate', durationMs, phases: clock.times }, start, began: clock.began };
}

interface Exported {
  readonly receiver: TraceReceiver;
  readonly traces: Traces;
  readonly outcomes: (readonly [TraceOutcome, number, string?])[];
  readonly review: (traceparent?: string) => void;
}

async function exporting(
  answer?: Parameters<typeof startTraceReceiver>[0],
  timing: Partial<ExportTiming> = {},
  env: Record<string, string> = {},
): Promise<Exported> {
  const receiver = await startTraceReceiver(answer);
  const outcomes: (readonly [TraceOutcome, number, string?])[] = [];
  const settings = traceSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env });
  if (!settings) throw new Error('no settings');
  const listener = {
    onOutcome: (outcome: TraceOutcome, reviews: number, problem?: string): void =>
      void outcomes.push(problem === undefined ? [outcome, reviews] : [outcome, reviews, problem]),
    onFault(fault: unknown): void {
      throw fault;
    },
  };
  const traces = createTraces(settings, listener, { everyMs: 10, ...timing });
  onTestFinished(async () => {
    await traces.stop();
    await receiver.stop();
  });
  return {
    receiver,
    traces,
    outcomes,
    review(traceparent) {
      const { entry, start, began } = reviewed();
      traces.reviewed(entry, { traceparent, start, began });
    },
  };
}

describe('a review', () => {
  test('is one span below that of the sender, with a span for each part of the work', async () => {
    const { receiver, review, outcomes } = await exporting(undefined, {}, { OTEL_EXPORTER_OTLP_HEADERS: 'x-key=k' });
    const before = BigInt(Date.now() - 5) * 1_000_000n;
    review(PARENT);
    await expect.poll(() => outcomes).toEqual([['exported', 1]]);
    const [request] = receiver.requests;
    expect(request?.path).toBe('/v1/traces');
    expect(request?.headers).toMatchObject({ 'content-type': 'application/json', 'x-key': 'k' });
    expect(request?.body).toContain(`"scope":{"name":"sandgate","version":"${VERSION}"}`);
    const [whole, ...parts] = receiver.spans();
    expect(whole).toMatchObject({
      service: 'sandgate',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      parentSpanId: '00f067aa0ba902b7',
      name: 'POST /validate',
      kind: 2,
      flags: 0x3_01,
      status: {},
      attributes: {
        'k8s.namespace.name': 'shop',
        'sandgate.uid': 'u-1',
        'sandgate.name': 'web',
        'sandgate.verdict': 'denied',
        'sandgate.policies': ['p'],
        'sandgate.checks': ['p/privileged:Deny'],
      },
    });
    expect(whole?.start).toBeGreaterThan(before);
    expect(whole?.end).toBeLessThan(BigInt(Date.now() + 5) * 1_000_000n);
    expect(parts.map(({ name }) => name)).toEqual(['select', 'judge', 'encode']);
    for (const part of parts) {
      expect(part).toMatchObject({ traceId: whole?.traceId, parentSpanId: whole?.spanId, kind: 1, flags: 0x1_01 });
      expect(part.end).toBeGreaterThanOrEqual(part.start);
    }
    expect(new Set(receiver.spans().map(({ spanId }) => spanId)).size).toBe(4);
  });

  test('begins a trace where the sender says nothing, and is not recorded where the sender is not', async () => {
    const { receiver, review } = await exporting();
    review(PARENT.replace(/01$/, '00'));
    review();
    await expect.poll(() => receiver.spans().length).toBe(4);
    expect(receiver.spans()[0]?.parentSpanId).toBeUndefined();
    expect(receiver.spans()[0]?.traceId).toMatch(/^[\da-f]{32}$/);
  });

  test('that a bug of ours kept from being decided is an error, and a refusal is none', async () => {
    const { receiver, traces } = await exporting();
    const { entry, start, began } = reviewed();
    traces.reviewed({ ...entry, decision: undefined, fault: new Error('x') }, { traceparent: PARENT, start, began });
    await expect
      .poll(() => receiver.spans()[0])
      .toMatchObject({ status: { code: 2 }, attributes: { 'sandgate.verdict': 'failed' } });
  });

  test('has no attribute that is longer than a name can be', async () => {
    const { receiver, traces } = await exporting();
    const { entry, start, began } = reviewed({ name: `a\n${'b'.repeat(5000)}` });
    traces.reviewed(entry, { traceparent: PARENT, start, began });
    await expect.poll(() => String(receiver.spans()[0]?.attributes['sandgate.name'])).toMatch(/^a\\u000ab{250,}…$/);
    expect(receiver.requests[0]?.body.length).toBeLessThan(4000);
  });
});

describe('a collector', () => {
  test('that is busy is asked again, and gets the same spans', async () => {
    const { receiver, review, outcomes } = await exporting((request) => [request === 1 ? 503 : 200]);
    review();
    await expect.poll(() => outcomes).toEqual([['exported', 1]]);
    expect(receiver.requests.map(({ body }) => body)).toEqual([receiver.requests[0]?.body, receiver.requests[0]?.body]);
  });

  test('that stays busy is asked so many times and no more', async () => {
    const { receiver, review, outcomes } = await exporting(() => [429, 'slow down']);
    review();
    await expect.poll(() => outcomes).toEqual([['failed', 1, '429 slow down']]);
    expect(receiver.requests).toHaveLength(3);
  });

  test.each([
    { what: 'refuses a request', answer: [400, 'bad'] as const, problem: '400 bad' },
    {
      what: 'does not take some spans',
      answer: [200, '{"partialSuccess":{"rejectedSpans":"2"}}'] as const,
      problem: '{"partialSuccess":{"rejectedSpans":"2"}}',
    },
  ])('that $what is not asked again', async ({ answer, problem }) => {
    const { receiver, review, outcomes } = await exporting(() => answer);
    review();
    await expect.poll(() => outcomes).toEqual([['failed', 1, problem]]);
    expect(receiver.requests).toHaveLength(1);
  });

  test('that does not answer is waited for as long as the settings say', async () => {
    const env = { OTEL_EXPORTER_OTLP_TIMEOUT: '20' };
    const { review, outcomes } = await exporting(() => [-1], { attempts: 1 }, env);
    review();
    await expect.poll(() => outcomes).toEqual([['failed', 1, 'no answer within 20 ms']]);
  });

  test('that is away costs so many reviews in memory and no more; the others are counted', async () => {
    const { review, outcomes } = await exporting(() => [-1], { most: 5, everyMs: 1e6 });
    for (let i = 0; i < 8; i++) review();
    expect(outcomes).toEqual([
      ['dropped', 1],
      ['dropped', 1],
      ['dropped', 1],
    ]);
  });
});

test('many reviews go in batches, one request at a time', async () => {
  const { receiver, review, outcomes } = await exporting(undefined, { batch: 10 });
  for (let i = 0; i < 25; i++) review();
  const exported = (): number => outcomes.reduce((sum, [, reviews]) => sum + reviews, 0);
  await expect.poll(exported).toBe(25);
  expect(outcomes.every(([, reviews]) => reviews <= 10)).toBe(true);
  expect(receiver.spans().filter(({ name }) => name === 'POST /validate')).toHaveLength(25);
});

test('what waits is sent at the end', async () => {
  const { receiver, review, traces } = await exporting(undefined, { everyMs: 1e6 });
  review();
  await traces.stop();
  expect(receiver.spans()).toHaveLength(4);
});
