// Whatever the dashboard and the alerts ask for exists, with the labels they ask by.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ALERTS } from '../../scripts/monitoring/alerts/index.ts';
import { withDefaults } from '../../scripts/monitoring/alerts-page.ts';
import { knownSeries, OWN_METRICS } from '../../scripts/monitoring/series.ts';
import { isJsonObject, ownField } from '../../src/model/json.ts';
import { problemsIn, seriesIn } from './promql.ts';

const KNOWN = knownSeries();
const DASHBOARD: unknown = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../charts/sandgate/dashboards/sandgate.json'), 'utf8'),
);

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = ownField(value, key);
  return Array.isArray(list) ? list : [];
}

const PANELS = listAt(DASHBOARD, 'panels').filter((panel) => ownField(panel, 'type') !== 'row');
const QUERIES = PANELS.flatMap((panel) =>
  listAt(panel, 'targets').map((target) => ({
    panel: String(ownField(panel, 'title')),
    expr: String(ownField(target, 'expr')),
    legend: String(ownField(target, 'legendFormat')),
  })),
);
const VARIABLES = listAt(ownField(DASHBOARD, 'templating'), 'list').filter(
  (variable) => ownField(variable, 'type') === 'query',
);

describe('an expression is found fault with', () => {
  test.each([
    ['sum(rate(sandgate_review_total[5m]))', 'no series sandgate_review_total'],
    ['sum(sandgate_review_duration_seconds)', 'no series sandgate_review_duration_seconds'],
    ['sandgate_reviews_total_bucket', 'no series sandgate_reviews_total_bucket'],
    ['sandgate_reviews_total{verdict="denied"}', 'sandgate_reviews_total has no label verdict'],
    ['sum by (policy) (sandgate_reviews_total)', 'no series here has the label policy'],
    ['sandgate_policies_loaded == on (check) sandgate_policies_loaded', 'no series here has the label check'],
    ['{namespace="sandgate"}', 'a selector without a name, with namespace'],
    ['sum(rate(sandgate_reviews_total[5m])', 'cannot be read at '],
    ['1 + 1', 'no series at all'],
  ])('it is said what is wrong with %s', (expression, says) => {
    expect(problemsIn(expression, KNOWN).join('\n')).toContain(says);
  });

  test('no fault is found with one that is right', () => {
    const expression =
      'histogram_quantile(0.9, sum by (le, webhook) (rate(sandgate_review_duration_seconds_bucket{pod=~"a"}[$__rate_interval])))';
    expect(problemsIn(expression, KNOWN)).toEqual([]);
  });
});

test.each(ALERTS)('$name asks for what there is', ({ expr }) => {
  expect(problemsIn(withDefaults(expr), KNOWN)).toEqual([]);
});

test.each(QUERIES)('the panel $panel asks for what there is: $expr', ({ expr }) => {
  expect(problemsIn(expr, KNOWN)).toEqual([]);
});

test.each(QUERIES)(
  'what the panel $panel writes beside a line is what the query groups by: $legend',
  ({ expr, legend }) => {
    const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
    const grouped = /by \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? [];
    expect(named.filter((label) => !grouped.includes(label ?? ''))).toEqual([]);
  },
);

test('the variables of the dashboard take the values of labels that there are', () => {
  const asked = VARIABLES.map((variable) =>
    /^label_values\((.+), (\w+)\)$/.exec(String(ownField(variable, 'definition'))),
  );
  expect(asked).not.toContain(null);
  expect(asked).toHaveLength(2);
  for (const [, selector = '', label = ''] of asked.flatMap((match) => (match ? [match] : []))) {
    expect(problemsIn(selector, KNOWN)).toEqual([]);
    expect(seriesIn(selector).filter((name) => KNOWN.get(name)?.has(label))).toHaveLength(1);
  }
});

test('every metric of ours is on the dashboard', () => {
  const shown = new Set(QUERIES.flatMap(({ expr }) => seriesIn(expr)));
  const missing = OWN_METRICS.filter(
    ({ name }) => !['', '_bucket', '_sum', '_count'].some((part) => shown.has(`${name}${part}`)),
  );
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test('each panel has a number and a place of its own, within the width that Grafana has', () => {
  const all = listAt(DASHBOARD, 'panels');
  const ids = all.map((panel) => ownField(panel, 'id'));
  expect(new Set(ids).size).toBe(ids.length);
  const cells = all.flatMap((panel) => {
    const place = ownField(panel, 'gridPos');
    const [x, y, w, h] = ['x', 'y', 'w', 'h'].map((key) => Number(ownField(place, key)));
    if (x === undefined || y === undefined || w === undefined || h === undefined) throw new Error('no place');
    expect(x + w).toBeLessThanOrEqual(24);
    return Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`);
  });
  expect(new Set(cells).size).toBe(cells.length);
  expect(all.every((panel) => isJsonObject(panel))).toBe(true);
});
