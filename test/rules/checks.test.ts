// Every isolation check is held to its own examples.
import { describe, expect, test } from 'vitest';
import { viewOf } from '../../src/kubernetes/containers.ts';
import { phrase } from '../../src/model/finding.ts';
import { ISOLATION_CHECKS } from '../../src/rules/checks.ts';
import { unknownImage } from '../../src/rules/identity/unknownImage.ts';

describe.each(ISOLATION_CHECKS)('check $id', ({ title, fix, compile, examples }) => {
  test('it has a title, a fix and examples', () => {
    expect(title).toMatch(/^[A-Z].*\.$/);
    expect(fix).not.toMatch(/\.$/);
    expect(examples.pass.length).toBeGreaterThan(0);
    expect(examples.fail.length).toBeGreaterThan(0);
  });

  test('does not apply where a policy says nothing', () => {
    expect(compile({})).toBeUndefined();
  });

  test.each(examples.pass)('the example passes: $name', ({ spec, pod }) => {
    expect(compile(spec)?.(viewOf(pod))).toBeUndefined();
  });

  test.each(examples.fail)('the example fails: $name', ({ spec, pod, says, paths }) => {
    const failure = compile(spec)?.(viewOf(pod));
    expect(failure && phrase(failure)).toBe(says);
    expect(failure?.fields.map(({ path }) => path)).toEqual(paths);
  });
});

describe('unknownImage', () => {
  test.each([
    [{ images: [] }, undefined],
    [{ unknownImage: 'Deny' }, undefined],
    [{ unknownImage: 'Warn' }, 'Warn'],
    [{ unknownImage: 'Ignore' }, undefined],
  ] as const)('%j asks for the action %s', (identity, action) => {
    expect(unknownImage.action?.({ identity })).toBe(action);
  });

  test.each([
    [{}, false],
    [{ unknownImage: 'Ignore' }, false],
    [{ runAsUser: 1 }, false],
    [{ runAsUser: 1, unknownImage: 'Deny' }, true],
  ] as const)('%j is checked: %s', (identity, checked) => {
    expect(unknownImage.compile({ identity }) !== undefined).toBe(checked);
  });
});
