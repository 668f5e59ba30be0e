// What the environment says of traces, by OpenTelemetry's specification.
import { describe, expect, test } from 'vitest';
import { SAMPLERS, samplerOf } from '../../../src/observe/traces/sampler.ts';
import { traceSettings } from '../../../src/observe/traces/settings.ts';
import { traceParentOf } from '../../../src/observe/traces/trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('without any variable traces go to a collector on this machine, and all that nobody decided about are recorded', () => {
  expect(traceSettings({})).toEqual({
    url: new URL('http://localhost:4318/v1/traces'),
    headers: {},
    timeoutMs: 10_000,
    sampler: 'parentbased_always_on',
    ratio: 1,
    resource: { 'service.name': 'sandgate' },
  });
});

describe('a variable is understood', () => {
  test.each<{ name: string; env: Record<string, string>; is: object }>([
    {
      name: 'an address for all signals has the path of traces put behind it',
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c.example:4318/otlp/' },
      is: { url: new URL('https://c.example:4318/otlp/v1/traces') },
    },
    {
      name: 'an address for traces is used as it is, and comes first',
      env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t:1/x', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:2' },
      is: { url: new URL('http://t:1/x') },
    },
    {
      name: 'headers are pairs, percent-encoded',
      env: { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20YTpi=, x=1' },
      is: { headers: { authorization: 'Basic YTpi=', x: '1' } },
    },
    {
      name: 'the name of the service comes before that among the attributes',
      env: { OTEL_SERVICE_NAME: 'gate', OTEL_RESOURCE_ATTRIBUTES: 'service.name=x,k8s.cluster.name=prod' },
      is: { resource: { 'service.name': 'gate', 'k8s.cluster.name': 'prod' } },
    },
    {
      name: 'a sampler with its argument',
      env: { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
      is: { sampler: 'traceidratio', ratio: 0.25 },
    },
    {
      name: 'one that is empty is as good as none',
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_EXPORTER_OTLP_TIMEOUT: ' ' },
      is: { url: new URL('http://localhost:4318/v1/traces'), timeoutMs: 10_000 },
    },
  ])('as it should: $name', ({ env, is }) => {
    expect(traceSettings(env)).toMatchObject(is);
  });

  test('all is off where the SDK is', () => {
    expect(traceSettings({ OTEL_SDK_DISABLED: 'True' })).toBeUndefined();
  });
});

test.each<[env: Record<string, string>, message: RegExp]>([
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /^OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" is not spoken \(expected http\/json/],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
    /^OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" is not an address/,
  ],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'x' }, /^OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "x" is not an address/],
  [
    { OTEL_TRACES_SAMPLER: 'jaeger_remote' },
    /^OTEL_TRACES_SAMPLER: "jaeger_remote" is not known \(expected one of always_on,/,
  ],
  [{ OTEL_TRACES_SAMPLER_ARG: '2' }, /^OTEL_TRACES_SAMPLER_ARG: "2" \(expected a number from 0 to 1\)/],
  [{ OTEL_EXPORTER_OTLP_TIMEOUT: '0' }, /^OTEL_EXPORTER_OTLP_TIMEOUT: "0"/],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'secret' }, /^OTEL_EXPORTER_OTLP_HEADERS: a pair has no "="/],
])('a value that means nothing is a mistake: %j', (env, message) => {
  expect(() => traceSettings(env)).toThrow(message);
  expect(() => traceSettings(env)).not.toThrow(/secret/);
});

describe('the header traceparent', () => {
  test('names the trace, the span above and whether that is recorded', () => {
    expect(traceParentOf(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled: true });
    expect(traceParentOf(`00-${TRACE}-${SPAN}-00`)?.isSampled).toBe(false);
    expect(traceParentOf(`00-${TRACE}-${SPAN}-03`)?.isSampled).toBe(true);
    // Of a version to come, that part is read which all versions have.
    expect(traceParentOf(`cc-${TRACE}-${SPAN}-01-what-comes`)?.traceId).toBe(TRACE);
  });

  test.each([
    undefined,
    ['00', TRACE],
    '',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01\n`,
  ])('is none where it cannot be read: %j', (header) => {
    expect(traceParentOf(header)).toBeUndefined();
  });
});

describe('a sampler', () => {
  const sampled = traceParentOf(`00-${TRACE}-${SPAN}-01`);
  const unsampled = traceParentOf(`00-${TRACE}-${SPAN}-00`);

  test.each([
    ['always_on', [true, true, true]],
    ['always_off', [false, false, false]],
    ['traceidratio', [true, true, true]],
    ['parentbased_always_on', [true, false, true]],
    ['parentbased_always_off', [true, false, false]],
    ['parentbased_traceidratio', [true, false, true]],
  ] as const)('%s records: below one that is recorded, below one that is not, on its own', (name, is) => {
    const sampler = samplerOf(name, 1);
    expect([sampled, unsampled, undefined].map((parent) => sampler(parent, TRACE))).toEqual(is);
    expect(SAMPLERS).toContain(name);
  });

  test('by ratio records about so many, and the same ones everywhere', () => {
    const sampler = samplerOf('traceidratio', 0.25);
    const ids = Array.from({ length: 1000 }, (_, index) => {
      const low = BigInt.asUintN(56, BigInt(index) * 0x9e_37_79_b9_7f_4a_7cn);
      return `${'a'.repeat(18)}${low.toString(16).padStart(14, '0')}`;
    });
    const recorded = ids.filter((id) => sampler(undefined, id));
    expect(recorded.length).toBeGreaterThan(200);
    expect(recorded.length).toBeLessThan(300);
    expect(ids.filter((id) => samplerOf('traceidratio', 0)(undefined, id))).toEqual([]);
  });
});
