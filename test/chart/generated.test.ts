// What is made from code is fresh. To renew it: npm run docs.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { withValuesTable } from '../../scripts/chart/values-table.ts';
import { renderChart } from '../../scripts/chart.ts';
import { CHART } from './rendered.ts';

const ROOT = resolve(import.meta.dirname, '../..');

test.each([...renderChart()])('%s is fresh', (path, text) => {
  expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text);
});

test('the chart has the version of the program', () => {
  const chart: unknown = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8'));
  expect(chart).toMatchObject({ version: manifest.version, appVersion: manifest.version });
});

test('a page without the marks of the table is not written over', () => {
  expect(() => withValuesTable('# Install\n', [])).toThrow(/expected the lines/);
});
