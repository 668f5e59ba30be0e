// Traces of a running server: what is asked of it over TLS arrives at a collector, and nothing where nobody asked for that.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { traceSettings } from '../../../src/observe/traces/settings.ts';
import { BARE_POD, UNSAFE_POD } from '../../../src/server/development/examples.ts';
import { startServer } from '../../../src/server/listen.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import { seriesOf } from '../../support/scrape.ts';
import { TlsClient } from '../../support/tls-client.ts';
import { startTraceReceiver, type TraceReceiver } from '../../support/trace-receiver.ts';

const GATE = gateOf(policyYaml('restricted', 'podSecurity: { level: restricted }\nharden: restricted'));
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

interface Served {
  readonly receiver: TraceReceiver;
  readonly ask: (path: string, review: unknown, traceparent?: string) => Promise<unknown>;
  readonly metrics: () => Promise<ReadonlyMap<string, number>>;
  readonly close: () => Promise<void>;
}

async function serve(traced: boolean, env: Record<string, string> = {}): Promise<Served> {
  const receiver = await startTraceReceiver();
  const printed: string[] = [];
  const server = await startServer({
    gate: () => GATE,
    host: '127.0.0.1',
    port: 0,
    tls: 'development',
    logLevel: 'silent',
    drainMs: 0,
    metrics: { host: '127.0.0.1', port: 0 },
    traces: traced ? traceSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env }) : undefined,
    print: (line) => printed.push(line),
  });
  const words = printed.join('\n');
  const folder = /is in (\S+); try it:/.exec(words)?.[1] ?? '';
  const client = new TlsClient(server.url, readFileSync(join(folder, 'cert.pem'), 'utf8'));
  onTestFinished(async () => {
    client.close();
    await server.close();
    await receiver.stop();
  });
  return {
    receiver,
    ask: (path, review, traceparent) =>
      client.send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(traceparent !== undefined && { traceparent }) },
        body: JSON.stringify(review),
      }),
    metrics: async () => seriesOf(await (await fetch(/metrics on (\S+)$/m.exec(words)?.[1] ?? '')).text()),
    close: () => server.close(),
  };
}

test('reviews are spans below those of whoever sent them, and are sent at the latest when the server ends', async () => {
  const { receiver, ask, metrics, close } = await serve(true);
  await ask('/mutate', BARE_POD, `00-${TRACE}-${PARENT}-01`);
  await ask('/validate', UNSAFE_POD, `00-${TRACE}-${PARENT}-01`);
  await ask('/validate', UNSAFE_POD, `00-${TRACE}-${PARENT}-00`);
  await ask('/validate', { kind: 'Pod' }, `00-${TRACE}-${PARENT}-01`);
  expect((await metrics()).get('sandgate_traced_reviews_total{outcome="dropped"}')).toBe(0);
  await close();
  const spans = receiver.spans();
  const whole = spans.filter(({ parentSpanId }) => parentSpanId === PARENT);
  expect(whole.map(({ name, attributes }) => `${name} ${String(attributes['sandgate.verdict'])}`)).toEqual([
    'POST /mutate allowed',
    'POST /validate denied',
  ]);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
  for (const { spanId, start, end } of whole) {
    const parts = spans.filter(({ parentSpanId }) => parentSpanId === spanId);
    expect(parts.map(({ name }) => name)).toContain('decode');
    for (const part of parts) {
      expect(part.start).toBeGreaterThanOrEqual(start);
      // To the microsecond, which each end is rounded to.
      expect(part.end).toBeLessThanOrEqual(end + 10_000n);
    }
  }
});

test('without being asked for, nothing is sent, and no series says otherwise', async () => {
  const { receiver, ask, metrics, close } = await serve(false);
  await ask('/validate', UNSAFE_POD, `00-${TRACE}-${PARENT}-01`);
  expect([...(await metrics()).keys()].filter((name) => name.includes('traced'))).toEqual([]);
  await close();
  expect(receiver.requests).toEqual([]);
});

test('a collector that is away delays neither answers nor the end', async () => {
  const { ask, close } = await serve(true, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
  await ask('/validate', UNSAFE_POD);
  const began = performance.now();
  await close();
  expect(performance.now() - began).toBeLessThan(10_000);
});
