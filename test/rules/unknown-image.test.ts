// When the check unknownImage runs, and with which action.
import { expect, test } from 'vitest';
import { unknownImage } from '../../src/rules/identity/unknownImage.ts';

test.each([
  [{ images: [] }, undefined],
  [{ unknownImage: 'Deny' }, undefined],
  [{ unknownImage: 'Warn' }, 'Warn'],
  [{ unknownImage: 'Ignore' }, undefined],
] as const)('identity %j asks for the action %s', (identity, action) => {
  expect(unknownImage.action?.(identity)).toBe(action);
});

test.each([
  [{}, false],
  [{ unknownImage: 'Ignore' }, false],
  [{ runAsUser: 1 }, false],
  [{ runAsUser: 1, unknownImage: 'Deny' }, true],
] as const)('identity %j is checked: %s', (identity, checked) => {
  expect(unknownImage.compile(identity, {}) !== undefined).toBe(checked);
});
