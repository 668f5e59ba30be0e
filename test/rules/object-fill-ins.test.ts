// Fill-ins of objects around a template are held to their own examples, on frozen input, and twice.
import { describe, expect, test } from 'vitest';
import { RULES } from '../../src/rules/index.ts';
import { WORKLOADS } from '../../src/workloads/index.ts';
import { qualifiedKind } from '../../src/workloads/workload.ts';
import { boundRule } from './bound.ts';
import { frozen } from './frozen.ts';

const FILL_INS = RULES.flatMap(({ key, objectFillIns }) => objectFillIns.map((fillIn) => ({ key, ...fillIn })));

describe.each(FILL_INS)('the fill-in $id of objects', ({ key, id, title, kinds, examples }) => {
  test('is described by a sentence', () => {
    expect(title).toMatch(/^[A-Z].*\.$/);
  });

  test('is for kinds around whose templates the webhook fills in', () => {
    const rows = WORKLOADS.filter((row) => row.fillInAround).map(qualifiedKind);
    expect(rows).toEqual(expect.arrayContaining([...kinds]));
  });

  test.each(examples)('as in its example: $name', ({ parameters, kind, before, after }) => {
    const fill = boundRule(key, frozen(parameters)).objectFillIns.find((bound) => bound.id === id)?.fill;
    const first = fill?.(frozen(before), kind);
    expect(first).toEqual(after ?? before);
    if (after === undefined) expect(first).toBe(before);
    expect(fill?.(frozen(first ?? {}), kind)).toBe(first);
  });
});
