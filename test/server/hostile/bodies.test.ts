// Bodies that are no JSON, or not quite. Those that JSON.parse refuses are in ../bad-input.test.ts, too, with their words.
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ownField } from '../../../src/model/json.ts';
import { BARE_POD } from '../../../src/server/development/examples.ts';
import { hostileServer } from '../../support/hostile-server.ts';
import { inLongTests } from '../../support/long-tests.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { nestedLists, reviewText } from '../../support/review-text.ts';

const server = hostileServer();
const REVIEW = JSON.stringify(BARE_POD);

/** The review with bytes put into its name. */
function withName(bytes: readonly number[]): Buffer {
  const [before = '', after = ''] = REVIEW.split('"bare"');
  return Buffer.concat([Buffer.from(`${before}"`), Buffer.from(bytes), Buffer.from(`"${after}`)]);
}

describe('is refused in words', () => {
  test.each<[string, string | Buffer, RegExp]>([
    ['white space', ' \n\t', /not valid JSON/],
    ['a byte order mark', `\ufeff${REVIEW}`, /not valid JSON/],
    ['two reviews', REVIEW + REVIEW, /not valid JSON/],
    ['a comment', `/* */${REVIEW}`, /not valid JSON/],
    ['a trailing comma', REVIEW.replace(/\}$/, ',}'), /not valid JSON/],
    ['NaN', REVIEW.replace('"dryRun":true', '"dryRun":NaN'), /not valid JSON/],
    ['zeros', Buffer.alloc(10_000), /not valid JSON/],
    [
      'noise',
      Buffer.from(Array.from({ length: 10_000 }, (_, index) => (index * 7919) % 251)),
      /not valid (?:JSON|UTF-8)/,
    ],
    ['a line break in a string', withName([0x0a]), /not valid JSON/],
    ['an escape character in a string', withName([0x1b, 0x5b, 0x33, 0x31, 0x6d]), /not valid JSON/],
    ['invalid UTF-8 in a string', withName([0xff]), /not valid UTF-8/],
    ['an overlong slash', withName([0xc0, 0xaf]), /not valid UTF-8/],
    ['half a surrogate pair as UTF-8', withName([0xed, 0xa0, 0x80]), /not valid UTF-8/],
    ['a character cut in half', Buffer.from(`${REVIEW}é`).subarray(0, -1), /not valid UTF-8/],
    ['open lists', '['.repeat(inLongTests(1_000_000, 100_000)), /not valid JSON/],
    ['lists in lists', nestedLists(inLongTests(1_000_000, 300_000)), /expected an AdmissionReview, got a list/],
    ['as many open lists as a body holds', '['.repeat(inLongTests(7_000_000, 2_000_000)), /not valid JSON/],
    ['gzip', gzipSync(REVIEW), /not valid UTF-8/],
  ])('a body is answered with a 400: %s', async (_, body, message) => {
    for (const path of ['/mutate', '/validate']) {
      const answer = await server.send(path, body);
      expect(answer.status).toBe(400);
      expect(ownField(answer.body, 'message')).toMatch(message);
      expect(answer.text.length).toBeLessThan(1000);
    }
  });

  test('a review that ends anywhere', async () => {
    for (let length = 0; length < REVIEW.length; length += 7) {
      expect((await server.send('/validate', REVIEW.slice(0, length))).status).toBe(400);
    }
  });

  test.each([
    ['gzip', gzipSync(REVIEW)],
    ['deflate', deflateSync(REVIEW)],
    ['br', brotliCompressSync(REVIEW)],
  ])('content-encoding: %s, which no API server sends', async (encoding, body) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    expect((await server.send('/mutate', body, headers)).status).toBe(400);
  });

  test('a bomb of zeros, never unpacked', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect(
      (await server.send('/mutate', gzipSync(Buffer.alloc(inLongTests(200_000_000, 20_000_000))), headers)).status,
    ).toBe(400);
  });
});

describe('content types', () => {
  test.each([
    'APPLICATION/JSON',
    'application/json; charset=utf-8',
    'application/json; charset="UTF-8"',
    'application/json; charset=iso-8859-1',
  ])('%s is read as JSON', async (type) => {
    expect((await server.send('/mutate', REVIEW, { 'content-type': type })).status).toBe(200);
  });

  test.each([
    'text/plain; charset=utf-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json-patch+json',
    'application/jsonx',
    '*/*',
    ';',
    `application/${'x'.repeat(100)}`,
  ])('%s is not', async (type) => {
    expect((await server.send('/mutate', REVIEW, { 'content-type': type })).status).toBe(415);
  });

  test('none at all is not', async () => {
    const connection = await RawConnection.tls(server.url);
    expect((await connection.post('/mutate', REVIEW, '')).status).toBe(415);
    await connection.close();
  });
});

describe('of a key that stands twice the last counts, as for the API server', () => {
  const privileged = '{"containers":[{"name":"a","securityContext":{"privileged":true}}]}';

  test('of two keys "spec" the last counts', async () => {
    const last = await server.review(
      'validate',
      reviewText({ spec: privileged, inObject: '"spec":{"containers":[]},' }),
    );
    expect(last.message).toContain('privileged');
    const first = await server.review('validate', reviewText({ inObject: `"spec":${privileged},` }));
    expect(first.message).not.toContain('privileged');
  });

  test('of two keys "object" the last counts', async () => {
    const hidden = reviewText({ spec: privileged, inRequest: '"object":{"kind":"Pod","apiVersion":"v1"},' });
    expect((await server.review('validate', hidden)).result).toBe('denied');
  });

  test('of two keys "uid" the last counts', async () => {
    expect((await server.review('mutate', reviewText({ inRequest: '"uid":"first",' }))).result).toBe('allowed');
  });

  test('a field that is filled in', async () => {
    const spec =
      '{"hostUsers":true,"securityContext":{"runAsUser":5},"securityContext":null,"containers":[{"name":"a"}]}';
    const outcome = await server.review('mutate', reviewText({ spec }));
    expect(outcome.object).toMatchObject({ spec: { securityContext: { runAsUser: 1000, runAsNonRoot: true } } });
  });
});
