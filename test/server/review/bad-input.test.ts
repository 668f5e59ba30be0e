// Whatever is sent, the answer is in words and never a 5xx, and what is a review is answered as one.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownField } from '../../../src/model/json.ts';
import { BARE_POD } from '../../../src/server/development/examples.ts';
import { applyReply } from '../../support/api-server.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import { objectOf, parseObject } from '../../support/reviews.ts';
import { type Answer, startTestServer, type TestServer } from '../../support/tls-client.ts';

const GATE = gateOf(
  policyYaml(
    'restricted',
    'podSecurity: { level: restricted }\nharden: restricted\nidentity: { runAsUser: 1000, runAsNonRoot: true }',
  ),
);
const JSON_TYPE = { 'content-type': 'application/json' };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(() => GATE);
});
afterAll(() => server.close());

function post(body: string | Buffer, headers: Readonly<Record<string, string>> = JSON_TYPE): Promise<Answer> {
  return server.client.send('/validate', { method: 'POST', headers, body });
}

describe('bodies that are no review', () => {
  test.each<[string, string | Buffer, RegExp]>([
    ['nothing', '', /^the body is empty: expected an AdmissionReview as JSON$/],
    ['no JSON', '{"kind": ', /^the body is not valid JSON: /],
    ['YAML', 'kind: AdmissionReview', /^the body is not valid JSON: /],
    ['half of a JSON', JSON.stringify(BARE_POD).slice(0, 200), /^the body is not valid JSON: /],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), /^the body is not valid UTF-8: /],
    ['UTF-16', Buffer.from('{}', 'utf16le'), /^the body is not valid JSON: /],
    ['null', 'null', /^expected an AdmissionReview, got null$/],
    ['a list', '[]', /^expected an AdmissionReview, got a list$/],
    ['a pod', '{"kind":"Pod","apiVersion":"v1"}', /^kind: expected AdmissionReview, got "Pod"$/],
    [
      'the old API',
      '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1","request":{}}',
      /list v1 in the/,
    ],
    [
      'a request of a wrong type',
      JSON.stringify({ ...BARE_POD, request: 'x' }),
      /^request: expected an object, got "x"$/,
    ],
    ['deep nesting', '['.repeat(100_000) + ']'.repeat(100_000), /^expected an AdmissionReview, got a list$/],
  ])('a body of %s is answered with a 400', async (_, body, message) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 400, headers: { 'content-type': 'application/json; charset=utf-8' } });
    expect(ownField(answer.body, 'message')).toMatch(message);
  });
});

describe('content types', () => {
  const body = JSON.stringify(BARE_POD);
  test.each(['application/json', 'application/json; charset=utf-8', 'application/json;charset=UTF-8'])(
    'the content type %s is accepted',
    async (type) => {
      expect((await post(body, { 'content-type': type })).status).toBe(200);
    },
  );
  test.each(['text/plain', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'nonsense'])(
    'the content type %j is answered with a 415',
    async (type) => {
      expect(await post(body, { 'content-type': type })).toMatchObject({
        status: 415,
        body: { message: 'expected content-type: application/json' },
      });
    },
  );
});

/** The bare pod with a spec and metadata of its own, sent as text, since some keys cannot be written as literals. */
function podReview(metadata: string, spec: string): string {
  const text = JSON.stringify(BARE_POD);
  const object = `{"kind":"Pod","apiVersion":"v1","metadata":${metadata},"spec":${spec}}`;
  // A function, since the text may hold patterns such as $&.
  return text.replace(JSON.stringify(objectOf(BARE_POD)), () => object);
}

describe('reviews of hostile objects are answered as reviews', () => {
  test.each<[string, string, string]>([
    ['__proto__ as a label', '{"name":"x","labels":{"__proto__":"y"}}', '{"containers":[]}'],
    [
      '__proto__ as a field',
      '{"name":"x","__proto__":{"labels":{"a":"b"}}}',
      '{"__proto__":{"hostNetwork":true},"containers":[]}',
    ],
    [
      'constructor',
      '{"name":"x","constructor":{"prototype":{"a":1}}}',
      '{"containers":[{"name":"a","constructor":{}}]}',
    ],
    ['containers that are no list', '{"name":"x"}', '{"containers":{"length":1}}'],
    ['containers of null', '{"name":"x"}', '{"containers":[null,null]}'],
    ['a spec that is text', '{"name":"x"}', '"spec"'],
    ['metadata that is a list', '[]', '{"containers":[]}'],
    [
      'a name of control characters',
      '{"name":"x\\u0000\\n\\u202e"}',
      '{"hostNetwork":true,"containers":[{"name":"a\\n"}]}',
    ],
    ['half a surrogate pair', '{"name":"\\ud800"}', '{"hostNetwork":true,"containers":[{"name":"\\udfff"}]}'],
    ['large numbers', '{"name":"x"}', '{"activeDeadlineSeconds":9223372036854775807,"containers":[]}'],
  ])('a review is answered as one with %s', async (_, metadata, spec) => {
    const body = podReview(metadata, spec);
    const sent = parseObject(body);
    for (const type of ['mutate', 'validate'] as const) {
      const answer = await server.client.send(`/${type}`, { method: 'POST', headers: JSON_TYPE, body });
      expect(answer.status).toBe(200);
      const outcome = applyReply({ name: type, type }, sent, answer.body);
      expect(outcome).toMatchObject({ lostWarnings: [], lostAnnotations: [] });
      expect(outcome.result).not.toBe('error');
      expect(outcome.message).not.toMatch(/\p{Cc}/u);
      expect(answer.text).not.toContain('bug');
    }
  });
});

function padded(bytes: number): string {
  return podReview(`{"name":"x","annotations":{"a":"${'x'.repeat(bytes)}"}}`, '{"containers":[]}');
}

describe('size', () => {
  test('2 MB are fine: the old object comes along, too', async () => {
    expect((await post(padded(2_000_000))).status).toBe(200);
  });
  test('9 MB are too much, and who sends them hears so', async () => {
    expect(await post(padded(9_000_000))).toMatchObject({
      status: 413,
      body: { message: 'the body is larger than 8388608 bytes' },
    });
  });
});
