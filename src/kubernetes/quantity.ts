// Quantities of resources. "2048Mi" and "2Gi" are equal, and the API server stores the shorter one.
// Source: k8s.io/apimachinery/pkg/api/resource/quantity.go.

import { remembered } from '../model/remembered.ts';

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d{1,2})?$/;
/** The API server stores quantities to a billionth. */
const NANO_DIGITS = 9;
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };
const LONGEST = 64;

/**
 * The value of a quantity in billionths, or undefined for what is not a valid quantity. Quantities with the same value are
 * equal. A fraction of a billionth is rounded up, as the API server does it.
 */
export function nanosOf(quantity: unknown): bigint | undefined {
  const text = typeof quantity === 'number' ? String(quantity) : quantity;
  return typeof text === 'string' && text.length <= LONGEST ? nanosOfText(text) : undefined;
}

const nanosOfText = remembered((text): bigint | undefined => {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const binary = BINARY[suffix];
  const power = binary === undefined ? (DECIMAL[suffix] ?? Number(suffix.slice(1) || 0)) : 0;
  const digits = BigInt(`${whole}${fraction}`) * (binary === undefined ? 1n : 1n << binary);
  const exponent = power - fraction.length + NANO_DIGITS;
  const nanos = exponent >= 0 ? digits * 10n ** BigInt(exponent) : roundedUp(digits, 10n ** BigInt(-exponent));
  return sign === '-' ? -nanos : nanos;
});

/** A number of billionths as people write numbers: `0.25`, `2147483648`. */
export function plainNumber(nanos: bigint): string {
  const digits = String(nanos < 0n ? -nanos : nanos).padStart(NANO_DIGITS + 1, '0');
  const fraction = digits.slice(-NANO_DIGITS).replace(/0+$/, '');
  return `${nanos < 0n ? '-' : ''}${digits.slice(0, -NANO_DIGITS)}${fraction === '' ? '' : `.${fraction}`}`;
}

function roundedUp(digits: bigint, divisor: bigint): bigint {
  return (digits + divisor - 1n) / divisor;
}
