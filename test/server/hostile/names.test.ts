// Text from users on its way into messages, warnings, audit annotations and logs: one line each, of bounded length.
import { describe, expect, test } from 'vitest';
import { ownField } from '../../../src/model/json.ts';
import { hostileServer } from '../../support/hostile-server.ts';
import { inLongTests } from '../../support/long-tests.ts';
import { type ReviewParts, reviewText } from '../../support/review-text.ts';

const server = hostileServer();

/** A megabyte, or several times as much as any sentence may have. */
const MANY = inLongTests(1_000_000, 50_000);

const TEXTS: readonly (readonly [string, string])[] = [
  ['quotes', `a"b'c\`d\\e`],
  ['a line break', 'a\nviolates nothing\r\nHTTP/1.1 200 OK'],
  ['null and backspace', 'a\u0000\b\u007f'],
  ['ANSI escapes', '\u001b[2J\u001b[31mred\u001b]0;title\u0007'],
  ['control characters of eight bits', '\u009b31m\u0085\u009d'],
  ['separators of Unicode', 'a\u2028b\u2029c'],
  ['letters turned round', 'exe.\u202egpj\u2066x\u2069'],
  ['half a surrogate pair', '\ud800\udfff\ud800'],
  ['JSON', '","verdict":"allowed","x":"'],
  ['patterns of replace', "$&$1$$$`$'"],
  ['format directives', '%s %o %d %n %c'],
  ['a path', '../../etc/passwd'],
  ['nothing', ''],
  ['spaces', '   '],
  ['emoji beyond the basic plane', '😀'.repeat(300)],
  ['letters without end', 'x'.repeat(MANY)],
  ['line breaks without end', '\n'.repeat(MANY)],
  ['emoji without end', '😀'.repeat(MANY / 4)],
];

/** Of a pod that is refused. */
function spec(container: string, rest = ''): string {
  return `{"hostNetwork":true,${rest}"containers":[${container}]}`;
}

/** The places a text can stand in, each in a pod that is refused for it or along with it. */
function placesOf(text: string): readonly (readonly [string, ReviewParts])[] {
  const json = JSON.stringify(text);
  const plain = spec('{"name":"a"}');
  return [
    ['the name', { name: text, metadata: `{"name":${json}}`, spec: plain }],
    ['the prefix of a name', { name: '', metadata: `{"generateName":${json}}`, spec: plain }],
    ['the namespace', { namespace: text, spec: plain }],
    ['the uid', { uid: text, spec: plain }],
    ['the user', { inRequest: `"userInfo":{"username":${json},"groups":[${json}]},`, spec: plain }],
    ['a container', { spec: spec(`{"name":${json},"securityContext":{"privileged":true}}`) }],
    ['an image', { spec: spec(`{"name":"a","image":${json}}`) }],
    ['a capability', { spec: spec(`{"name":"a","securityContext":{"capabilities":{"add":[${json}]}}}`) }],
    ['a mount of proc', { spec: spec(`{"name":"a","securityContext":{"procMount":${json}}}`) }],
    ['a profile', { spec: spec('{"name":"a"}', `"securityContext":{"seccompProfile":{"type":${json}}},`) }],
    [
      'a label of SELinux',
      { spec: spec('{"name":"a"}', `"securityContext":{"seLinuxOptions":{"user":${json},"type":${json}}},`) },
    ],
    ['a sysctl', { spec: spec('{"name":"a"}', `"securityContext":{"sysctls":[{"name":${json},"value":""}]},`) }],
    ['a volume', { spec: spec('{"name":"a"}', `"volumes":[{"name":${json},"hostPath":{}}],`) }],
    ['a kind of volume', { spec: spec('{"name":"a"}', `"volumes":[{"name":"v",${json}:{}}],`) }],
    ['a probe', { spec: spec(`{"name":"a","livenessProbe":{"httpGet":{"host":${json}}}}`) }],
    ['a RuntimeClass', { spec: spec('{"name":"a"}', `"runtimeClassName":${json},`) }],
    ['a label', { metadata: `{"labels":{${json}:${json}}}`, spec: plain }],
    [
      'an AppArmor annotation',
      {
        metadata: `{"annotations":{${JSON.stringify(`container.apparmor.security.beta.kubernetes.io/${text}`)}:${json}}}`,
        spec: plain,
      },
    ],
  ];
}

/** A field whose name is the text has the wrong type. */
function misshapen(text: string): ReviewParts {
  return { kind: 'Sandbox', metadata: `{"labels":{${JSON.stringify(text)}:1}}`, spec: '{"containers":[]}' };
}

describe.each(TEXTS)('a text with %s', (_, text) => {
  test.each(placesOf(text))('it stays one bounded line as %s', async (_place, parts) => {
    const before = server.lines.length;
    const sent = reviewText(parts);
    // The reply is checked to be one line here, and no longer than a message may be.
    expect((await server.review('validate', sent)).result).toBe('denied');
    await server.review('mutate', sent);
    expectPlainLog(before);
  });

  test('it stays one bounded line as a field of the wrong type', async () => {
    const before = server.lines.length;
    const sent = reviewText(misshapen(text));
    expect((await server.review('validate', sent)).message).toContain('spec.podTemplate.metadata.labels');
    expect((await server.review('mutate', sent)).warnings).toHaveLength(1);
    expectPlainLog(before);
  });

  test.each(['operation', 'subResource'])('it stays one bounded line as the %s', async (field) => {
    const before = server.lines.length;
    const sent = reviewText({ spec: '{"hostNetwork":true,"containers":[]}' }).replace(
      '"operation":"CREATE"',
      () => `"operation":"CREATE",${JSON.stringify(field)}:${JSON.stringify(text)}`,
    );
    for (const webhook of ['mutate', 'validate'] as const) await server.review(webhook, sent);
    expectPlainLog(before);
  });

  test('it stays one bounded line as a kind and a resource', async () => {
    const before = server.lines.length;
    const json = JSON.stringify(text);
    const sent = reviewText({ spec: '{"hostNetwork":true,"containers":[]}' })
      .replace('"version":"v1","resource":"pods"', () => `"version":${json},"resource":${json}`)
      .replace('"version":"v1","kind":"Pod"', () => `"version":${json},"kind":"Pod"`);
    expect((await server.review('validate', sent)).result).toBe('denied');
    await server.review('mutate', sent);
    expectPlainLog(before);
  });
});

/** Every line logged since is short, and none of its values would break a line or colour a terminal. */
function expectPlainLog(since: number): void {
  const lines = server.lines.slice(since);
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    const text = JSON.stringify(line);
    expect(text.length).toBeLessThan(16_000);
    expect(text).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    expect(String(ownField(line, 'msg'))).toBe('reviewed');
  }
}

test('a uid of a megabyte comes back whole, or the API server would not know its answer', async () => {
  const uid = 'u'.repeat(1_000_000);
  const answer = await server.send('/mutate', reviewText({ uid }));
  expect(ownField(ownField(answer.body, 'response'), 'uid')).toBe(uid);
  expect(JSON.stringify(server.lines.at(-1)).length).toBeLessThan(2000);
});

test('a refusal names what it is about in short', async () => {
  const name = 'x'.repeat(1_000_000);
  const answer = await server.send('/validate', reviewText({ name, spec: '{"hostNetwork":true}' }));
  expect(answer.text.length).toBeLessThan(20_000);
});
