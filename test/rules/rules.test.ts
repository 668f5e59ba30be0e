// Every rule is its folder, explains itself, and is held to its own examples: those of its checks on the pods they name,
// those of its fill-ins alone, on frozen input, and twice.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { viewOf } from '../../src/kubernetes/containers.ts';
import { valueAt } from '../../src/kubernetes/path-keys.ts';
import type { PodTemplate } from '../../src/kubernetes/pod.ts';
import { phrase } from '../../src/model/finding.ts';
import { type CheckRequest, NO_REQUEST, type SpecAround } from '../../src/rules/check.ts';
import { type Fill, type FillNotes, WHOLE_TEMPLATE } from '../../src/rules/fill-in.ts';
import { RULES } from '../../src/rules/index.ts';
import { SELECTS_WINDOWS } from '../../src/rules/platform.ts';
import { boundCheck, boundRule } from './bound.ts';
import { frozen } from './frozen.ts';

const FOLDER = resolve(import.meta.dirname, '../../src/rules');

const CHECKS = RULES.flatMap(({ key, checks }) => checks.map((check) => ({ key, ...check })));
const FILL_INS = RULES.flatMap(({ key, fillIns }) => fillIns.map((fillIn) => ({ key, ...fillIn })));

/** One run, with what it noted. Parameters that do not ask for the fill-in run nothing. */
function run(fill: Fill | undefined, template: PodTemplate, old?: PodTemplate) {
  const skips: string[] = [];
  const warns: string[] = [];
  const notes: FillNotes = {
    skip: (code, text) => {
      expect(text).not.toBe('');
      skips.push(code);
    },
    warn: (text) => warns.push(text),
    claim: () => true,
  };
  const after = fill?.(template, { ...WHOLE_TEMPLATE, old }, notes);
  return { after: after ?? template, skips, warns };
}

function onWindows(template: PodTemplate): PodTemplate {
  return { ...template, spec: { ...template.spec, os: { name: 'windows' } } };
}

test('every folder of src/rules is a rule in the index, and every rule a folder', () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(RULES.map(({ key }) => key).toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
});

test('no two checks and no two fill-ins have the same id', () => {
  for (const members of [CHECKS, FILL_INS]) {
    expect(new Set(members.map(({ id }) => id)).size).toBe(members.length);
  }
});

describe.each(RULES.map((rule) => [rule.key, rule] as const))('the rule %s', (key, { checks, fillIns, parameters }) => {
  test('has a README that begins with its key', () => {
    expect(readFileSync(join(FOLDER, key, 'README.md'), 'utf8')).toMatch(new RegExp(`^# ${key}\n\n\\S`));
  });

  test('describes its parameters', () => {
    expect(parameters.description).toMatch(/^[A-Z].*\.$/);
  });

  test('has a file for each of its checks and fill-ins, named after it', () => {
    for (const { id } of [...checks, ...fillIns]) expect(existsSync(join(FOLDER, key, `${id}.ts`)), id).toBe(true);
  });
});

describe.each(CHECKS)('the check $id of a rule', ({ key, id, title, fix, platform, examples, describe: inWords }) => {
  function check(parameters: unknown, pod: PodTemplate, request?: Partial<CheckRequest>, beside?: SpecAround) {
    return boundCheck(id, key, parameters, beside)?.check(viewOf(frozen(pod)), {
      ...NO_REQUEST,
      object: { ...pod },
      ...request,
    });
  }

  test('is described by a sentence, and its fix by an instruction', () => {
    expect(title).toMatch(/^[A-Z].*\.$/);
    expect(fix).toMatch(/^[a-z].*[^.]$/);
  });

  test('has examples of pods that pass and of pods that fail', () => {
    expect(examples.pass.length).toBeGreaterThan(0);
    expect(examples.fail.length).toBeGreaterThan(0);
  });

  test.each(examples.pass)('lets the example pass: $name', ({ parameters, pod, request, beside }) => {
    expect(check(parameters, pod, request, beside)).toBeUndefined();
  });

  test.each(examples.fail)(
    'refuses the example: $name',
    ({ parameters, pod, request, says, paths, values, beside }) => {
      const violations = check(parameters, pod, request, beside) ?? [];
      expect(phrase(inWords(violations))).toBe(says);
      expect(violations.map(({ path }) => path)).toEqual(paths);
      expect(violations.map(({ value }) => value)).toEqual(values);
      for (const { path, value, inObject } of violations) {
        // A finding about the pod as a whole shows nothing of it.
        expect(value, path).toBe(path === 'spec' ? undefined : valueAt(inObject ? request?.object : pod, path));
      }
    },
  );

  const onLinux = platform === 'linux' ? examples.fail : [];
  test.each(onLinux)('lets pass on Windows: $name', ({ parameters, pod, request }) => {
    expect(check(parameters, onWindows(pod), request)).toBeUndefined();
  });
});

describe.each(FILL_INS)('the fill-in $id of a rule', ({ key, id, title, sets, platform, examples }) => {
  function fillOf(parameters: unknown): Fill | undefined {
    return boundRule(key, frozen(parameters)).fillIns.find((bound) => bound.id === id)?.fill;
  }

  test('is described by a sentence, and names the fields it sets', () => {
    expect(title).toMatch(/^[A-Z].*\.$/);
    expect(sets.length).toBeGreaterThan(0);
  });

  test('has an example that changes something and one that does not', () => {
    expect(examples.some((example) => example.after !== undefined)).toBe(true);
    expect(examples.some((example) => example.after === undefined)).toBe(true);
  });

  test.each(examples)('as in its example: $name', ({ parameters, old, before, after, skips = [], warns = [] }) => {
    const fill = fillOf(parameters);
    const first = run(fill, frozen(before), frozen(old));
    expect(first.after).toEqual(after ?? before);
    if (after === undefined) expect(first.after).toBe(before);
    expect(first.skips).toEqual(skips);
    expect(first.warns).toEqual(warns);
    expect(run(fill, frozen(first.after), frozen(old)).after).toBe(first.after);
  });

  const onLinux = platform === 'linux' ? examples : [];
  test.each(onLinux)('leaves Windows alone: $name', ({ parameters, before }) => {
    const windows = frozen(onWindows(before));
    expect(run(fillOf(parameters), windows)).toEqual({ after: windows, skips: [], warns: [] });
  });

  test.each(onLinux)('leaves pods alone that select Windows nodes, and says so: $name', ({ parameters, before }) => {
    const windows = frozen({ ...before, spec: { ...before.spec, nodeSelector: { 'kubernetes.io/os': 'windows' } } });
    const fill = fillOf(parameters);
    expect(run(fill, windows)).toEqual({ after: windows, skips: [], warns: fill ? [SELECTS_WINDOWS] : [] });
  });
});
