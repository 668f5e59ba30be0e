// /metrics over a real socket: what a few reviews leave there, and what else the port says.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BARE_POD, UNSAFE_POD } from '../../../src/server/development/examples.ts';
import { startServer } from '../../../src/server/listen.ts';
import type { MetricsAddress } from '../../../src/server/telemetry/telemetry.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import { withRequest } from '../../support/reviews.ts';
import { countedIn, seriesOf } from '../../support/scrape.ts';
import { TlsClient } from '../../support/tls-client.ts';

const GATE = gateOf(policyYaml('restricted', 'podSecurity: { level: restricted }\nharden: restricted'));

interface Served {
  readonly client: TlsClient;
  readonly metricsUrl: string | undefined;
  close(): Promise<void>;
}

async function serve(metrics: MetricsAddress | undefined): Promise<Served> {
  const printed: string[] = [];
  const server = await startServer({
    gate: () => GATE,
    host: '127.0.0.1',
    port: 0,
    tls: 'development',
    logLevel: 'silent',
    drainMs: 0,
    metrics,
    print: (line) => printed.push(line),
  });
  onTestFinished(() => server.close());
  const words = printed.join('\n');
  const folder = /is in (\S+); try it:/.exec(words)?.[1] ?? '';
  const client = new TlsClient(server.url, readFileSync(join(folder, 'cert.pem'), 'utf8'));
  onTestFinished(() => client.close());
  return { client, metricsUrl: /metrics on (\S+)$/m.exec(words)?.[1], close: () => server.close() };
}

const ANY_PORT: MetricsAddress = { host: '127.0.0.1', port: 0 };

async function scrapeOf({ metricsUrl = '' }: Served): Promise<string> {
  const answer = await fetch(metricsUrl);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return answer.text();
}

test('a few reviews and exactly what they count', async () => {
  const served = await serve(ANY_PORT);
  const before = seriesOf(await scrapeOf(served));
  const privileged = {
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'a', image: 'b', securityContext: { privileged: true } }] },
  };
  await served.client.post('/mutate', BARE_POD);
  await served.client.post('/mutate', withRequest(BARE_POD, { object: privileged }));
  await served.client.post('/validate', UNSAFE_POD);
  await served.client.post('/validate', withRequest(BARE_POD, { operation: 'DELETE' }));
  await served.client.post(
    '/validate',
    withRequest(BARE_POD, { kind: { group: 'apps', version: 'v1', kind: 'Secret' } }),
  );
  await served.client.post('/validate', { kind: 'Pod' });
  await served.client.send('/mutate', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' });
  const scrape = await scrapeOf(served);

  const counted = countedIn(
    scrape,
    'sandgate_reviews_total',
    'sandgate_findings_total',
    'sandgate_injections_total',
    'sandgate_bad_requests_total',
    'sandgate_faults_total',
    'sandgate_reviews_shed_total',
    'sandgate_reviews_in_flight',
    'sandgate_review_duration_seconds_count',
    'sandgate_review_phase_duration_seconds_count',
    'sandgate_patch_bytes_count',
    'sandgate_policies_loaded',
    'sandgate_policy_generation',
  );
  expect(counted).toEqual({
    'sandgate_reviews_total{webhook="mutate",operation="CREATE",kind="Pod",decision="allowed"}': 2,
    'sandgate_reviews_total{webhook="validate",operation="CREATE",kind="Pod",decision="denied"}': 1,
    'sandgate_reviews_total{webhook="validate",operation="DELETE",kind="Pod",decision="skipped"}': 1,
    'sandgate_reviews_total{webhook="validate",operation="CREATE",kind="other",decision="skipped"}': 1,
    'sandgate_findings_total{policy="restricted",check="hostNamespaces",action="Deny"}': 1,
    'sandgate_findings_total{policy="restricted",check="capabilities_restricted",action="Deny"}': 1,
    'sandgate_findings_total{policy="restricted",check="restrictedVolumes",action="Deny"}': 1,
    'sandgate_injections_total{injection="seccompProfile",outcome="applied",skip_reason=""}': 2,
    'sandgate_injections_total{injection="runAsNonRoot",outcome="applied",skip_reason=""}': 2,
    'sandgate_injections_total{injection="allowPrivilegeEscalation",outcome="applied",skip_reason=""}': 1,
    'sandgate_injections_total{injection="allowPrivilegeEscalation",outcome="skipped",skip_reason="privileged"}': 1,
    'sandgate_injections_total{injection="capabilities",outcome="applied",skip_reason=""}': 1,
    'sandgate_injections_total{injection="capabilities",outcome="skipped",skip_reason="privileged"}': 1,
    sandgate_bad_requests_total: 2,
    'sandgate_review_duration_seconds_count{webhook="mutate"}': 2,
    'sandgate_review_duration_seconds_count{webhook="validate"}': 3,
    'sandgate_review_phase_duration_seconds_count{phase="decode"}': 5,
    'sandgate_review_phase_duration_seconds_count{phase="select"}': 5,
    'sandgate_review_phase_duration_seconds_count{phase="fill"}': 2,
    'sandgate_review_phase_duration_seconds_count{phase="judge"}': 1,
    'sandgate_review_phase_duration_seconds_count{phase="diff"}': 2,
    'sandgate_review_phase_duration_seconds_count{phase="encode"}': 5,
    sandgate_patch_bytes_count: 2,
    sandgate_policies_loaded: 1,
    sandgate_policy_generation: 1,
  });
  // The phases are the parts of the whole.
  const sum = (name: string): number =>
    Object.values(countedIn(scrape, `${name}_sum`)).reduce((total, value) => total + value, 0);
  expect(sum('sandgate_review_phase_duration_seconds')).toBeLessThan(sum('sandgate_review_duration_seconds'));
  expect(seriesOf(scrape).get('sandgate_certificate_expiry_timestamp_seconds')).toBeGreaterThan(Date.now() / 1000);
  // A deletion and a kind that is not ours were not expected; everything else was there before.
  const added = [...seriesOf(scrape).keys()].filter((series) => series.startsWith('sandgate_') && !before.has(series));
  expect(added).toHaveLength(2 * 4);
});

test('a request that is still arriving is in flight', async () => {
  const served = await serve(ANY_PORT);
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = served.client.send('/mutate', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': '100' },
    body: 'x'.repeat(50),
  });
  slow.catch(() => resolve());
  await expect.poll(async () => seriesOf(await scrapeOf(served)).get('sandgate_reviews_in_flight')).toBe(1);
  served.client.close();
  await promise;
  await expect.poll(async () => seriesOf(await scrapeOf(served)).get('sandgate_reviews_in_flight')).toBe(0);
});

test('the port says nothing else', async () => {
  const { metricsUrl = '' } = await serve(ANY_PORT);
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/metrics/'],
    ['POST', '/metrics'],
    ['POST', '/mutate'],
    ['DELETE', '/readyz'],
  ] as const) {
    const answer = await fetch(new URL(path, metricsUrl), { method, ...(method === 'POST' && { body: 'x' }) });
    expect([answer.status, await answer.text()]).toEqual([404, 'not found: expected GET /metrics\n']);
  }
  const head = await fetch(metricsUrl, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  expect(await rawAnswer(metricsUrl, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect((await fetch(`${metricsUrl}?name=x`)).status).toBe(200);
});

/** What comes back for bytes that need not be HTTP. */
async function rawAnswer(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(bytes);
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += String(chunk);
  return text;
}

test('metrics are not served on the port of the webhook, unless asked', async () => {
  const served = await serve(ANY_PORT);
  expect((await served.client.send('/metrics')).status).toBe(404);

  const both = await serve({ ...ANY_PORT, onWebhookPort: true });
  await both.client.post('/mutate', BARE_POD);
  for (const scrape of [(await both.client.send('/metrics')).text, await scrapeOf(both)]) {
    expect(countedIn(scrape, 'sandgate_reviews_total')).toEqual({
      'sandgate_reviews_total{webhook="mutate",operation="CREATE",kind="Pod",decision="allowed"}': 1,
    });
  }
});

test('without metrics nothing is counted or said of them', async () => {
  const served = await serve(undefined);
  expect(served.metricsUrl).toBeUndefined();
  expect((await served.client.post('/mutate', BARE_POD)).status).toBe(200);
});

test('it ends with the server, and a port that is taken is said in words', async () => {
  const served = await serve(ANY_PORT);
  const port = Number(new URL(served.metricsUrl ?? '').port);
  await expect(serve({ host: '127.0.0.1', port })).rejects.toThrow(
    `cannot listen on 127.0.0.1:${port}: the port is in use`,
  );
  await served.close();
  await expect(fetch(served.metricsUrl ?? '')).rejects.toThrow('fetch failed');
});
