// Runs the examples of every check: they are its documentation and its tests at once.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../src/kubernetes/containers.ts';
import { valueAt } from '../../src/kubernetes/path-keys.ts';
import { phrase, type Violation } from '../../src/model/finding.ts';
import type { Check, CheckPod, PassExample } from '../../src/pod-security/check.ts';
import { POD_SECURITY_CHECKS } from '../../src/pod-security/checks/index.ts';

describe.each(POD_SECURITY_CHECKS)('check $id', (check) => {
  it('has examples of both kinds, with names of their own', () => {
    const { pass, fail } = check.examples;
    expect(pass).not.toHaveLength(0);
    expect(fail).not.toHaveLength(0);
    const names = [...pass, ...fail].map((example) => example.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(check.examples.pass)('the example passes: $name', (example) => {
    expect(ruleFor(check, example)(viewOf(example.pod))).toBeUndefined();
  });

  it.each(check.examples.fail)('the example fails: $name', (example) => {
    const violations = violationsOf(check, example);
    expect(phrase(check.describe(violations))).toBe(example.says);
    expect(violations.map(({ path }) => path)).toEqual(example.paths);
    expect(violations.map(({ value }) => value)).toEqual(example.values);
    for (const { path, container, value } of violations) {
      expect(container !== undefined).toBe(/^spec\.\w+ontainers\[|^metadata\.annotations\[container\./.test(path));
      expect(value, path).toBe(valueAt(example.pod, path));
    }
  });

  it.each(check.examples.fail)('describes only what is left: $name', (example) => {
    const violations = violationsOf(check, example);
    for (const name of new Set(violations.map(({ container }) => container))) {
      const left = violations.filter(({ container }) => container !== name);
      if (name === undefined || left.length === 0) continue;
      const said = phrase(check.describe(left));
      expect(said).not.toContain(`"${name}"`);
      expect(said).not.toContain('undefined');
      for (const { container } of left)
        if (container !== undefined) expect(said).toMatch(new RegExp(`["/]${container}["=]`));
    }
  });

  it('has an example at every version', () => {
    const { pass, fail } = check.examples;
    const rules = new Set([...pass, ...fail].map((example) => ruleFor(check, example)));
    expect(rules.size).toBe(check.versions.length);
  });

  it('has a title that is a sentence and a fix that is not', () => {
    expect(check.title).toMatch(/^[A-Z].*\.$/);
    expect(check.fix).toMatch(/^[a-z].*[^.]$/);
  });
});

describe('the registry', () => {
  it('is the folder', () => {
    const files = readdirSync(new URL('../../src/pod-security/checks/', import.meta.url));
    const ids = POD_SECURITY_CHECKS.map((check) => check.id);
    expect(['index', ...ids].sort()).toEqual(files.map((file) => file.replace(/\.ts$/, '')).sort());
    expect(ids).toEqual(ids.toSorted());
  });
});

function violationsOf(check: Check, example: PassExample): readonly Violation[] {
  const violations = ruleFor(check, example)(viewOf(example.pod));
  if (violations === undefined) throw new Error('passes');
  return violations;
}

/** The rule at the version of an example, or the newest. */
function ruleFor(check: Check, { since }: PassExample): CheckPod {
  const version =
    since === undefined ? check.versions.at(-1) : check.versions.findLast((v) => minor(v.since) <= minor(since));
  if (version === undefined) throw new Error(`${check.id} has no rule at ${since}`);
  return version.check;
}

function minor(version: string): number {
  return Number(version.slice('1.'.length));
}
