// Traces of reviews in a real collector, below those of a real API server.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import type { ReceivedSpan } from '../../support/trace-receiver.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { createNamespace } from '../control-plane/namespaces.ts';
import { type Collector, startCollector } from '../support/collector.ts';
import { AGENTS_TIER, type GatedCluster, startGatedCluster } from '../support/gated-cluster.ts';

/** The collector is built from source where nobody has built it yet, beside whatever else the machine does. */
const BUILT_WITHIN_MS = 600_000;
const SOON = { timeout: 30_000, interval: 200 };

let collector: Collector;
let cluster: GatedCluster;
let plane: ControlPlane;

beforeAll(async () => {
  collector = await startCollector();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.http, OTEL_RESOURCE_ATTRIBUTES: 'k8s.cluster.name=test' };
  cluster = await startGatedCluster({ tracesTo: collector.grpc, serve: { args: ['--traces'], env } });
  plane = cluster.plane;
}, BUILT_WITHIN_MS);

afterAll(async () => {
  await cluster?.stop();
  await collector?.stop();
});

function podIn(namespace: string, name: string, securityContext: JsonObject = {}): JsonObject {
  const containers = [{ name: 'a', image: 'example.com/a:1', securityContext }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name }, spec: { containers } };
}

/** Our spans about an object, by their names. */
function ours(namespace: string, name: string): ReadonlyMap<string, ReceivedSpan> {
  const spans = collector.received.spans().filter(({ service }) => service === 'sandgate');
  const about = spans.filter(
    ({ attributes: of }) => of['k8s.namespace.name'] === namespace && of['sandgate.name'] === name,
  );
  return new Map(about.map((span) => [span.name, span]));
}

test('the span of a review is below that of the API server which called the webhook', async () => {
  const namespace = await createNamespace(plane, AGENTS_TIER);
  await expectOk(plane.admin.create(podIn(namespace, 'fine')));
  await expect
    .poll(() => [...ours(namespace, 'fine').keys()].toSorted(), SOON)
    .toEqual(['POST /mutate', 'POST /validate']);
  for (const span of ours(namespace, 'fine').values()) {
    const parent = (): ReceivedSpan | undefined =>
      collector.received.spans().find(({ spanId }) => spanId === span.parentSpanId);
    await expect.poll(parent, SOON).toBeDefined();
    expect(parent()).toMatchObject({ service: 'apiserver', traceId: span.traceId });
    // On two clocks of one machine.
    expect(span.start).toBeGreaterThan((parent()?.start ?? 0n) - 2_000_000n);
    expect(span.start).toBeLessThan((parent()?.end ?? 0n) + 2_000_000n);
  }
  const [mutate, validate] = [...ours(namespace, 'fine').values()];
  expect(mutate?.traceId).toBe(validate?.traceId);
});

test('the parts of a review are below it, one after the other, and a refusal says by which checks', async () => {
  const namespace = await createNamespace(plane, AGENTS_TIER);
  expect((await plane.admin.create(podIn(namespace, 'unsafe', { privileged: true }))).status).toBe(403);
  await expect.poll(() => ours(namespace, 'unsafe').get('POST /validate'), SOON).toBeDefined();
  const review = ours(namespace, 'unsafe').get('POST /validate');
  expect(review?.attributes).toMatchObject({
    'sandgate.verdict': 'denied',
    'sandgate.operation': 'CREATE',
    'sandgate.kind': 'Pod',
    'sandgate.policies': ['agents'],
    'sandgate.checks': expect.arrayContaining(['agents/privileged:Deny']) as unknown,
  });
  const parts = collector.received.spans().filter(({ parentSpanId }) => parentSpanId === review?.spanId);
  expect(parts.map(({ name }) => name)).toEqual(['decode', 'select', 'judge', 'encode']);
  let at = review?.start ?? 0n;
  for (const { start, end } of parts) {
    expect(start).toBeGreaterThanOrEqual(at);
    at = end;
  }
  expect(at).toBeLessThanOrEqual(review?.end ?? 0n);
});
