// Quantities, compared as numbers.
import { expect, test } from 'vitest';
import { nanosOf, plainNumber } from '../../src/kubernetes/quantity.ts';

test.each([
  ['2Gi', '2048Mi'],
  ['0.25', '250m'],
  ['1e3', '1k'],
  ['1E3', '1000'],
  ['1E', '1000P'],
  ['.5', '0.500'],
  ['0.1Ki', '102.4'],
  ['1.', '1'],
  ['+1', '1'],
  ['1e-3', '1m'],
  [2, '2'],
])('%s is %s', (a, b) => {
  expect(nanosOf(a)).toBeTypeOf('bigint');
  expect(nanosOf(a)).toBe(nanosOf(b));
});

test.each(['', ' 1', '1 Gi', '1GI', 'Gi', '.', '1.2.3', '0x1', 'NaN', '1e', '9'.repeat(100), null, {}, [], true])(
  '%j is none',
  (value) => {
    expect(nanosOf(value)).toBeUndefined();
  },
);

test.each([
  ['2Gi', '2147483648'],
  ['250m', '0.25'],
  ['1n', '0.000000001'],
  ['-1Ki', '-1024'],
  ['0', '0'],
])('%s reads %s', (quantity, text) => {
  expect(plainNumber(nanosOf(quantity) ?? 1n)).toBe(text);
});

test('finer than a billionth is rounded up', () => {
  expect(nanosOf('0.1n')).toBe(1n);
});
