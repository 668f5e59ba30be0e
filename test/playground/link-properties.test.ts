// A link gives back what was put into it, and one that somebody made up gives a sentence.
import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fragmentOf, LARGEST_STATE, LONGEST_FRAGMENT, stateOf } from '../../playground/link.ts';

/** The fragment of a text that is not a state. */
function fragmentWith(text: string | Uint8Array): string {
  return `v1.${deflateRawSync(text).toString('base64url')}`;
}

test('a link gives back the two texts that it was made of', async () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(texts, texts, async (policies, manifests) => {
      const fragment = await fragmentOf({ policies, manifests });
      expect(fragment).toMatch(/^v1\.[\w-]+$/);
      expect(await stateOf(fragment ?? '')).toEqual({ ok: true, state: { policies, manifests } });
    }),
    { numRuns: 30 },
  );
});

test.each([1, 20, 48])('a link of which the last %i characters are missing says so', async (missing) => {
  const whole = (await fragmentOf({ policies: 'kind: IsolationPolicy\n', manifests: 'kind: Pod\n' })) ?? '';
  const message = 'This link cannot be read: it was cut off or changed.';
  expect(await stateOf(whole.slice(0, -missing))).toEqual({ ok: false, message });
});

/** The length of the fragment for a text; undefined where it is too much. */
async function lengthOf(policies: string): Promise<number | undefined> {
  return (await fragmentOf({ policies, manifests: '' }))?.length;
}

test('texts that are too much for a link give none', async () => {
  const noise = Array.from({ length: 1000 }, (_, index) => createHash('sha256').update(`${index}`).digest('hex'));
  expect(await lengthOf(noise.join(''))).toBeUndefined();
  expect(await lengthOf(noise.slice(0, 100).join(''))).toBeLessThan(LONGEST_FRAGMENT);
  expect(await lengthOf('a'.repeat(LARGEST_STATE))).toBeUndefined();
});

test.each([
  ['is not one of this page', 'results-of-tuesday', 'it does not start as a link of this page does'],
  ['is too long', `v1.${'A'.repeat(LONGEST_FRAGMENT)}`, `it is longer than ${LONGEST_FRAGMENT} characters`],
  ['has characters that are not base64', 'v1.%%%', 'it was cut off or changed'],
  ['holds nothing', 'v1.', 'it was cut off or changed'],
  [
    'unpacks to twenty megabytes',
    fragmentWith(Buffer.alloc(20 * LARGEST_STATE)),
    `it holds more than ${LARGEST_STATE} bytes`,
  ],
  ['holds text that is not JSON', fragmentWith('kind: Pod'), 'it was cut off or changed'],
  ['holds text that is not UTF-8', fragmentWith(new Uint8Array([0x22, 0xff, 0x22])), 'it was cut off or changed'],
  ['holds one text', fragmentWith('["a"]'), 'it does not hold policies and manifests'],
  ['holds something else than texts', fragmentWith('[1,{}]'), 'it does not hold policies and manifests'],
])('a link that %s says what is wrong with it', async (_, fragment, why) => {
  expect(await stateOf(fragment)).toEqual({ ok: false, message: `This link cannot be read: ${why}.` });
});
