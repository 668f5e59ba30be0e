// What people call values elsewhere is refused with the name that it has here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ALIASES } from '../../scripts/chart/aliases.ts';
import { readValues } from '../../scripts/chart/values.ts';
import { helm, helm3 } from '../support/helm.ts';
import { CHART, template } from './rendered.ts';

const PATHS = new Set(readValues(readFileSync(join(CHART, 'values.yaml'), 'utf8')).map((value) => value.path));

test('what is meant is a value, and what was typed is none', () => {
  for (const [typed, meant] of Object.entries(ALIASES)) {
    expect([typed, meant, PATHS.has(meant), PATHS.has(typed)]).toEqual([typed, meant, true, false]);
    const group = typed.split('.').slice(0, -1).join('.');
    expect([typed, group === '' || PATHS.has(group)]).toEqual([typed, true]);
  }
});

describe.concurrent.each([
  { name: 'Helm 4', run: helm },
  { name: 'Helm 3', run: helm3 },
])('by $name', ({ run }) => {
  test.each(Object.entries(ALIASES))('%s: did you mean %s', async (typed, meant) => {
    const says = `${typed}: the chart has no such value: did you mean ${meant}?`;
    // Whatever is in it: a list, a map or a word.
    for (const value of ['[{"name":"a"}]', '{"enabled":true}', '"a"', '0']) {
      await expect(template(['--set-json', `${typed}=${value}`], { run })).rejects.toThrow(says);
    }
  });
});
