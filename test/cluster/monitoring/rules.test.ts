// The alerts of the chart, as Helm renders them, in the hands of the real promtool: it takes them, each fires when it has to, and none
// when it must not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Alert } from '../../../scripts/monitoring/alert.ts';
import { ALERTS } from '../../../scripts/monitoring/alerts/index.ts';
import { EVERY_VALUE, find, template } from '../../chart/rendered.ts';
import { at } from '../control-plane/at.ts';
import { ALERT_CASES, type AlertCase, type Input } from './alert-cases.ts';
import { type MonitoringPrograms, monitoringPrograms, runPromtool } from './programs.ts';

const RULES = 'rules.yaml';
const DOCS_URL = 'https://docs.example.com/';
const VALUES = ['--set', `prometheusRule.enabled=true,prometheusRule.docsURL=${DOCS_URL}`];

let folder: string;
let programs: MonitoringPrograms;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandgate-rules-'));
  writeFileSync(join(folder, RULES), stringify(at(find(await template(VALUES), 'PrometheusRule'), 'spec')));
  programs = await monitoringPrograms();
}, 1_800_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function inputSeries(input: Input): readonly object[] {
  return Object.entries(input).map(([series, values]) => ({ series, values }));
}

/** What Prometheus makes of a text with its templates. */
function filledIn(text: string, { labels = {}, value = '' }: AlertCase['fires']): string {
  return text
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? '')
    .replaceAll(/\{\{ \$value[^}]*\}\}/g, value);
}

function expected(alert: Alert, fires: AlertCase['fires']): object {
  return {
    exp_labels: { severity: alert.severity, ...fires.labels },
    exp_annotations: {
      summary: filledIn(alert.summary, fires),
      description: filledIn(alert.description, fires),
      runbook_url: `${DOCS_URL}docs/alerts.md#${alert.name.toLowerCase()}`,
    },
  };
}

async function tested(input: Input, when: string, alertname: string, alerts: readonly object[]): Promise<string> {
  const file = `${alertname}-${Math.random()}.yaml`;
  const one = {
    interval: '1m',
    input_series: inputSeries(input),
    alert_rule_test: [{ eval_time: when, alertname, exp_alerts: alerts }],
  };
  writeFileSync(join(folder, file), stringify({ rule_files: [RULES], evaluation_interval: '1m', tests: [one] }));
  const { code, says } = await runPromtool(programs.promtool, ['test', 'rules', file], folder);
  return code === 0 ? 'as expected' : says;
}

test('promtool takes the rules, and counts every alert', async () => {
  const { code, says } = await runPromtool(programs.promtool, ['check', 'rules', '--lint-fatal', RULES], folder);
  expect(says).toContain(`SUCCESS: ${ALERTS.length} rules found`);
  expect(code).toBe(0);
});

test('it takes those with every value changed, of which one is left out', async () => {
  const { groups } = { groups: at(find(await template(EVERY_VALUE.args), 'PrometheusRule'), 'spec', 'groups') };
  writeFileSync(join(folder, 'changed.yaml'), stringify({ groups }));
  const { says } = await runPromtool(programs.promtool, ['check', 'rules', '--lint-fatal', 'changed.yaml'], folder);
  expect(says).toContain(`SUCCESS: ${ALERTS.length - 1} rules found`);
});

test('it finds what is not an expression', async () => {
  writeFileSync(
    join(folder, 'broken.yaml'),
    stringify({ groups: [{ name: 'a', rules: [{ alert: 'A', expr: 'sum(' }] }] }),
  );
  expect((await runPromtool(programs.promtool, ['check', 'rules', 'broken.yaml'], folder)).code).not.toBe(0);
});

test('there is a case of every alert, and of no other', () => {
  expect(ALERT_CASES.map((one) => one.alert).toSorted()).toEqual(ALERTS.map(({ name }) => name).toSorted());
});

describe.each(ALERT_CASES)('the alert $alert', ({ alert: name, fires, quiet }) => {
  const alert = ALERTS.find((one) => one.name === name);

  test('fires, with its labels and texts', async () => {
    if (!alert) throw new Error(`no alert is called ${name}`);
    expect(await tested(fires.input, fires.at, name, [expected(alert, fires)])).toBe('as expected');
  });

  test.each(quiet)('does not fire: $why', async ({ input, at: when }) => {
    expect(await tested(input, when, name, [])).toBe('as expected');
  });
});
