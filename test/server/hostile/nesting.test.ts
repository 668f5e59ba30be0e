// Values nested ten thousand deep, wherever a tenant can put one: whatever recurses over them would run out of stack.
import { describe, expect, test } from 'vitest';
import { sameJson } from '../../../src/model/json.ts';
import { hostileServer } from '../../support/hostile-server.ts';
import { inLongTests } from '../../support/long-tests.ts';
import { nestedLists, nestedObjects, type ReviewParts, reviewText } from '../../support/review-text.ts';

const server = hostileServer();
const LEVELS = 10_000;
const DEEP = nestedObjects(LEVELS);
const PRIVILEGED = '"securityContext":{"privileged":true}';

/** Where it stands, and whether a template with it can be read at all. */
const PLACES: readonly (readonly [string, ReviewParts, 'read' | 'misshapen'])[] = [
  ['an unknown field of the object', { inObject: `"x":${DEEP},` }, 'read'],
  ['an unknown field of the template', { inTemplate: `"x":${DEEP},` }, 'read'],
  ['an unknown field of metadata', { metadata: `{"x":${DEEP}}` }, 'read'],
  ['managed fields', { metadata: `{"managedFields":[{"fieldsV1":${DEEP}}]}` }, 'read'],
  ['a __proto__', { metadata: `{"__proto__":${DEEP}}`, spec: `{"__proto__":${DEEP},"containers":[]}` }, 'read'],
  ['metadata', { metadata: nestedLists(LEVELS) }, 'misshapen'],
  ['a label', { metadata: `{"labels":{"a":${DEEP}}}` }, 'misshapen'],
  ['labels', { metadata: `{"labels":${nestedLists(LEVELS)}}` }, 'misshapen'],
  ['an annotation', { metadata: `{"annotations":${DEEP}}` }, 'misshapen'],
  ['spec', { spec: DEEP }, 'read'],
  ['a list for a spec', { spec: nestedLists(LEVELS) }, 'misshapen'],
  ['an unknown field of spec', { spec: `{"x":${DEEP},"containers":[{"name":"a"}]}` }, 'read'],
  ['containers', { spec: `{"containers":${nestedLists(LEVELS)}}` }, 'misshapen'],
  ['a container', { spec: `{"containers":[${DEEP}]}` }, 'read'],
  ['a name', { spec: `{"containers":[{"name":${DEEP}}]}` }, 'misshapen'],
  ['the security context', { spec: `{"securityContext":${DEEP},"containers":[{"name":"a"}]}` }, 'read'],
  ['one of a container', { spec: `{"containers":[{"name":"a","securityContext":${DEEP}}]}` }, 'read'],
  ['capabilities', { spec: `{"containers":[{"name":"a","securityContext":{"capabilities":${DEEP}}}]}` }, 'read'],
  ['a seccomp profile', { spec: `{"securityContext":{"seccompProfile":${DEEP}},"containers":[]}` }, 'read'],
  ['a probe', { spec: `{"containers":[{"name":"a","livenessProbe":{"httpGet":${DEEP}}}]}` }, 'read'],
  ['a volume', { spec: `{"volumes":[${DEEP}],"containers":[]}` }, 'read'],
  ['its source', { spec: `{"volumes":[{"name":"v","hostPath":${DEEP}}],"containers":[]}` }, 'read'],
  ['env', { spec: `{"containers":[{"name":"a","env":${nestedLists(LEVELS)}}]}` }, 'read'],
];

describe.each(['Pod', 'Sandbox'] as const)('in a %s', (kind) => {
  test.each(PLACES)('deep nesting is answered: %s', async (_, parts, shape) => {
    const text = reviewText({ kind, ...parts });
    const mutated = await server.review('mutate', text);
    expect(mutated.result).toBe('allowed');
    if (shape === 'misshapen') expect(mutated.warnings.join()).toMatch(/^left as it is: .* must be /);
    const validated = await server.review('validate', text);
    if (shape === 'misshapen') expect(validated.message).toMatch(/violates the shape of a pod template/);
    // An update from the same, and from another.
    for (const oldSpec of [parts.spec ?? '{"containers":[]}', DEEP]) {
      await server.review('mutate', reviewText({ kind, ...parts, oldSpec }));
      await server.review('validate', reviewText({ kind, ...parts, oldSpec }));
    }
  });
});

test.each<[string, string]>([
  ['the request', `"x":${DEEP},`],
  ['options', `"options":${DEEP},`],
  ['what else is known of the user', `"userInfo":{"extra":${DEEP}},`],
  ['an old object that is not looked at', `"oldObject":{"x":${DEEP}},`],
])('deep nesting is answered in %s', async (_, inRequest) => {
  for (const webhook of ['mutate', 'validate'] as const) await server.review(webhook, reviewText({ inRequest }));
});

describe('an update of a template that is too deep to be compared by recursion', () => {
  const before = `{"x":${DEEP},"containers":[{"name":"a",${PRIVILEGED}}]}`;

  test('is let in where nothing changed', async () => {
    const text = reviewText({ kind: 'Sandbox', spec: before, oldSpec: before });
    const outcome = await server.review('validate', text);
    expect(outcome.result).toBe('allowed');
    expect(outcome.warnings.join()).toContain('privileged');
    expect((await server.review('mutate', text)).audit['mutate/exempt']).toBe('template-unchanged');
  });

  test('is refused where something at the bottom did', async () => {
    const after = before.replace(DEEP, nestedObjects(LEVELS, '2'));
    const text = reviewText({ kind: 'Sandbox', spec: after, oldSpec: before });
    expect((await server.review('validate', text)).result).toBe('denied');
  });
});

function parse(text: string): unknown {
  return JSON.parse(text);
}

describe('equality of JSON', () => {
  test.each<[string, string, boolean]>([
    ['{"a":1,"b":[null,{}]}', '{"b":[null,{}],"a":1}', true],
    ['{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}', true],
    ['{"__proto__":{"a":1}}', '{"__proto__":{"a":2}}', false],
    ['{"__proto__":{}}', '{}', false],
    ['{"constructor":1}', '{"a":1}', false],
    ['{"toString":null,"a":1}', '{"toString":null,"a":1}', true],
    ['{"a":null}', '{}', false],
    ['{"a":null}', '{"b":null}', false],
    ['[1,2]', '[2,1]', false],
    ['[1]', '[1,1]', false],
    ['[]', '{}', false],
    ['{"0":1}', '[1]', false],
    ['1', '"1"', false],
    ['null', '{}', false],
    ['-0', '0', true],
  ])('%s and %s: %s', (left, right, same) => {
    expect(sameJson(parse(left), parse(right))).toBe(same);
    expect(sameJson(parse(right), parse(left))).toBe(same);
  });

  test('JSON as deep as a body holds is compared', () => {
    const levels = inLongTests(1_000_000, 100_000);
    const text = nestedLists(levels);
    expect(sameJson(parse(text), parse(text))).toBe(true);
    expect(sameJson(parse(text), parse(nestedLists(levels - 1)))).toBe(false);
  });
});
