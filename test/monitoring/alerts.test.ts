// What is said of the alerts beside their expressions.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { THRESHOLDS } from '../../scripts/monitoring/alert.ts';
import { ALERTS } from '../../scripts/monitoring/alerts/index.ts';
import { ownField } from '../../src/model/json.ts';
import { LOG_LINES } from '../../src/observe/log-lines.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** As GitHub makes them of headings. */
function anchorsIn(page: string): readonly string[] {
  const headings = readFileSync(join(ROOT, 'docs', page), 'utf8').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

test('names are unlike, and say whose they are', () => {
  const names = ALERTS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^Sandgate[A-Z]\w+$/.test(name))).toEqual([]);
});

test.each(ALERTS)('$name says in one line what is the matter, in sentences what it means, and what to do', (alert) => {
  expect(alert.summary).toMatch(/^[^\n]{10,90}[^.\n]$/);
  expect(alert.description).toMatch(/\.$/);
  expect(alert.todo).toMatch(/\.$/);
  expect(anchorsIn('alerts.md')).toContain(alert.name.toLowerCase());
});

test.each(ALERTS)('the links of $name lead to pages and headings that there are', ({ todo }) => {
  const links = [...todo.matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)];
  for (const [, page = '', anchor] of links) {
    expect(anchor === undefined || anchorsIn(page).includes(anchor), `${page}#${anchor}`).toBe(true);
  }
});

test('lines of the log that alerts name are logged', () => {
  const known = new Set(LOG_LINES.map(({ msg }) => msg));
  const named = ALERTS.flatMap(({ todo }) =>
    [...todo.matchAll(/[Ll]og (?:says|names)[^.]*?\./g)].map(([text]) => text),
  );
  const messages = named.flatMap((text) => [...text.matchAll(/`([a-z ]+)`/g)].map(([, msg = '']) => msg));
  expect(messages.length).toBeGreaterThan(5);
  expect(messages.filter((msg) => !known.has(msg))).toEqual([]);
});

test('the thresholds that the docs show are the values of the chart', () => {
  const values: unknown = parse(readFileSync(join(ROOT, 'charts/sandgate/values.yaml'), 'utf8'));
  expect(ownField(ownField(values, 'prometheusRule'), 'thresholds')).toEqual(THRESHOLDS);
});
