// Every injection is held to its own examples: alone, on frozen input, and twice.
import { describe, expect, test } from 'vitest';
import type { PodTemplate } from '../../src/kubernetes/pod.ts';
import { type FillIn, type InjectionExample, WHOLE_TEMPLATE } from '../../src/rules/fill-in.ts';
import { INJECTIONS } from '../../src/rules/fill-ins.ts';
import { frozen } from './frozen.ts';

/** One run, with the codes it noted. An example whose policy does not ask for the injection runs nothing. */
function run(fillIn: FillIn | undefined, template: PodTemplate): { after: PodTemplate; skips: string[] } {
  const skips: string[] = [];
  const after = fillIn?.(template, WHOLE_TEMPLATE, (code, text) => {
    expect(text).not.toBe('');
    skips.push(code);
  });
  return { after: after ?? template, skips };
}

function changes(example: InjectionExample): boolean {
  return example.after !== undefined;
}

describe.each(INJECTIONS)('fill-in $id', ({ compile, examples, title, sets }) => {
  test('it has a title and says what it sets', () => {
    expect(title).toMatch(/^[A-Z].*\.$/);
    expect(sets.length).toBeGreaterThan(0);
  });

  test('has an example that changes something and one that does not', () => {
    expect(examples.some(changes)).toBe(true);
    expect(examples.some((example) => !changes(example))).toBe(true);
  });

  test.each(examples)('the example is filled in: $name', ({ spec, before, after, skips = [] }) => {
    const fillIn = compile(frozen(spec));
    const first = run(fillIn, frozen(before));
    expect(first.after).toEqual(after ?? before);
    if (after === undefined) expect(first.after).toBe(before);
    expect(first.skips).toEqual(skips);
    expect(run(fillIn, frozen(first.after)).after).toBe(first.after);
  });
});
