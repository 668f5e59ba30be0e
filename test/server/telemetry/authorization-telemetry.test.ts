// A line when it begins to fail and one when it is over; and everything is counted.
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createLog } from '../../../src/observe/log.ts';
import { authorizationEvents } from '../../../src/server/telemetry/authorization-telemetry.ts';
import { seriesOf } from '../../support/scrape.ts';

function events(registry?: Registry) {
  const lines: unknown[] = [];
  let now = 0;
  const log = createLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
  return {
    lines,
    events: authorizationEvents(log, registry, () => now),
    pass: (ms: number): void => {
      now += ms;
    },
  };
}

test('however many fail, it is said once; and once that it is over', () => {
  const { events: on, lines, pass } = events();
  on.onAsked('allowed', 1);
  expect(lines).toEqual([]);
  for (let index = 0; index < 100; index++) {
    on.onAsked('failed', 1000, `reason ${index}`);
    pass(100);
    on.onAsked('denied', 1);
    pass(100);
  }
  expect(lines).toMatchObject([{ level: 'warn', msg: 'authorization failing', problem: 'reason 0' }]);
  pass(9900);
  on.onAsked('denied', 1);
  on.onAsked('allowed', 1);
  expect(lines.slice(1)).toMatchObject([{ level: 'info', msg: 'authorization recovered', failures: 100 }]);
  on.onAsked('failed', 1, 'again');
  expect(lines.slice(2)).toMatchObject([{ msg: 'authorization failing', problem: 'again' }]);
});

function requests(outcome: string): string {
  return `sandgate_authorization_requests_total{outcome="${outcome}"}`;
}

test('every question is counted, and every series is there from the start', async () => {
  const registry = new Registry();
  const { events: on } = events(registry);
  const before = seriesOf(await registry.metrics());
  for (const outcome of ['allowed', 'denied', 'failed']) expect(before.get(requests(outcome))).toBe(0);
  expect(before.get('sandgate_authorization_cache_hits_total')).toBe(0);
  on.onAsked('allowed', 3);
  on.onAsked('failed', 1000, 'x');
  on.onKnown();
  on.onKnown();
  const after = seriesOf(await registry.metrics());
  expect(['allowed', 'denied', 'failed'].map((outcome) => after.get(requests(outcome)))).toEqual([1, 0, 1]);
  expect(after.get('sandgate_authorization_cache_hits_total')).toBe(2);
  expect(after.get('sandgate_authorization_request_duration_seconds_count')).toBe(2);
  expect(after.get('sandgate_authorization_request_duration_seconds_bucket{le="0.005"}')).toBe(1);
  expect([...after.keys()].length).toBe([...before.keys()].length);
});
