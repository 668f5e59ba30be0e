// Texts of any code points, also of those that are not characters.
import fc from 'fast-check';

/**
 * What `fc.string({ unit: 'binary' })` makes: half surrogate pairs, too. That one takes a second to be made, for a table of
 * all code points by which it recognizes examples.
 */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.nat(0x7f), fc.nat(0xffff), fc.nat(0x10_ffff)))
  .map((codePoints) => String.fromCodePoint(...codePoints));
