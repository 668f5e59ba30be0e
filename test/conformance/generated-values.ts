// The values that generated pods are made of: mostly those that a check looks at, good and bad, and some that nobody
// expects. Fields are absent, null or empty as often as they are anything: that is where evaluators differ.
import fc, { type Arbitrary } from 'fast-check';

/** One of these, by weight. */
export function weighted<T>(...choices: readonly (readonly [weight: number, arbitrary: Arbitrary<T>])[]): Arbitrary<T> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

/** One of these values. */
export function one(...values: readonly unknown[]): Arbitrary<unknown> {
  return fc.constantFrom(...values);
}

/** Now and then null, which to Go is the same as absent. */
export function orNull(arbitrary: Arbitrary<unknown>, weight = 9): Arbitrary<unknown> {
  return weighted([weight, arbitrary], [1, one(null)]);
}

/** An object with some of these fields. */
export function someOf(
  fields: Readonly<Record<string, Arbitrary<unknown>>>,
  required: readonly string[] = [],
): Arbitrary<Record<string, unknown>> {
  return fc.record(fields, { requiredKeys: [...required] });
}

/** A list of up to `maxLength`. */
export function listOf(element: Arbitrary<unknown>, maxLength: number): Arbitrary<unknown> {
  return fc.array(element, { maxLength });
}

/** Mostly the safe value. */
export function mostly(safe: boolean): Arbitrary<unknown> {
  return weighted([4, one(safe)], [1, one(!safe)], [1, one(null)]);
}

/**
 * Text of whole characters, since half a surrogate pair is U+FFFD by the time an API server sends it, and of those that
 * Unicode 15.0 knows or will never know. Later ones are printable to Node and not yet to Go, and
 * Go's %q, which a few messages use, then escapes them.
 */
const SETTLED_TEXT = fc.string({
  unit: fc.integer({ min: 0, max: 0x87f }).map((code) => String.fromCodePoint(code)),
  maxLength: 4,
});

/** Text that breaks what does not quote it, or takes it for a key or a number. */
export const oddText: Arbitrary<string> = weighted(
  [4, fc.constantFrom('', 'q"uote', 'back\\slash', 'é', '😀', 'constructor', '__proto__', 'toString', '0', ' ')],
  [2, fc.constantFrom('\uFFFD', '\uFF00', '\uE000', 'z\u0000\u0007\b\t\n\v\f\r\u001b\u007f')],
  [1, fc.constant('\u0080\u00a0\u00ad\u200b\u2028\ufeff\u{E0001}')],
  [3, SETTLED_TEXT],
);

/** The name of a container or volume. Few, so that some occur twice. */
export const name: Arbitrary<string> = weighted([8, fc.constantFrom('a', 'b', 'c', 'd')], [1, oddText]);
