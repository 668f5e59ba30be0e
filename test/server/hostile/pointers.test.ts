// Keys that mean something to JavaScript or to JSON pointers, wherever a tenant can put one.
import { describe, expect, test } from 'vitest';
import { patchBetween } from '../../../src/engine/diff.ts';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { fieldPrefix, findTemplates, putTemplate } from '../../../src/workloads/template.ts';
import { hostileServer } from '../../support/hostile-server.ts';
import { applyPatch } from '../../support/json-patch.ts';
import { type ReviewParts, reviewText } from '../../support/review-text.ts';
import { parseObject } from '../../support/reviews.ts';

const server = hostileServer();

const MAGIC = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'toJSON',
  'hasOwnProperty',
  'valueOf',
  'then',
  'length',
];
/** What would change the verdict if it were inherited: safe settings for an unsafe pod, unsafe ones for a safe pod. */
const INHERITED = {
  safe: '{"privileged":false,"allowPrivilegeEscalation":false,"runAsNonRoot":true,"capabilities":{"drop":["ALL"]},"hostNetwork":false,"seccompProfile":{"type":"RuntimeDefault"}}',
  unsafe:
    '{"privileged":true,"allowPrivilegeEscalation":true,"runAsUser":0,"hostNetwork":true,"hostPID":true,"prototype":{"privileged":true}}',
};
const UNSAFE = { container: '"name":"a","securityContext":{"privileged":true}', spec: '"hostNetwork":true' };
const SAFE_CONTEXT = '"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}';
const SAFE = {
  container: `"name":"a","securityContext":{${SAFE_CONTEXT}}`,
  spec: '"securityContext":{"runAsNonRoot":true,"runAsUser":1000,"fsGroup":1000,"seccompProfile":{"type":"RuntimeDefault"}}',
};

/** A member in front of everything an object of the pod has; empty for none. */
function partsWith(member: string, pod: typeof SAFE): ReviewParts {
  const container = `{${member}${pod.container}}`;
  return {
    metadata: `{${member}"labels":{${member.replace(/:.*,$/s, ':"x",')}"a":"b"},"name":"web"}`,
    spec: `{${member}${pod.spec},"containers":[${container}],"initContainers":[],"volumes":[{${member}"name":"v","emptyDir":{}}]}`,
    inObject: member,
    inTemplate: '',
    inRequest: member,
  };
}

describe.each(['Pod', 'Sandbox'] as const)('in a %s', (kind) => {
  test.each(MAGIC)('%s changes nothing, at any depth', async (key) => {
    for (const [pod, inherited] of [
      [UNSAFE, INHERITED.safe],
      [SAFE, INHERITED.unsafe],
    ] as const) {
      const plain = reviewText({ kind, ...partsWith('', pod) });
      const magic = reviewText({ kind, ...partsWith(`"${key}":${inherited},`, pod) });
      const [expected, found] = await Promise.all([plain, magic].map((text) => server.review('validate', text)));
      expect(found).toMatchObject({ result: pod === SAFE ? 'allowed' : 'denied', message: expected?.message });
      const [filled, alsoFilled] = await Promise.all([plain, magic].map((text) => server.review('mutate', text)));
      expect(alsoFilled?.operations).toBe(filled?.operations);
      expect(alsoFilled?.audit).toEqual(filled?.audit);
    }
    expect(Object.prototype).not.toHaveProperty('privileged');
  });
});

test.each(MAGIC)('%s as a whole field that is read', async (key) => {
  for (const value of [INHERITED.unsafe, '[]', '"x"', 'null']) {
    const context = `{"${key}":${value}}`;
    const spec = `{"securityContext":${context},"containers":[{"name":"${key}","securityContext":{"capabilities":${context}}}],"volumes":[{"name":"${key}","${key}":${value}}]}`;
    for (const kind of ['Pod', 'Sandbox'] as const) {
      const text = reviewText({ kind, metadata: `{"annotations":{"${key}":"x"},"labels":{"${key}":"x"}}`, spec });
      const mutated = await server.review('mutate', text);
      expect(mutated.operations).toBeGreaterThan(0);
      expect(JSON.stringify(mutated.object)).toContain(`"${key}":${value}`);
      await server.review('validate', text);
    }
  }
});

/** Written as text, since a literal cannot have all of these keys. */
function taskSet(keys: readonly string[]): JsonObject {
  const tasks = keys.map((key) => `${JSON.stringify(key)}:{"template":{"spec":{"n":9007199254740993}},"x":[]}`);
  return parseObject(`{"spec":{"tasks":{${tasks.join(',')}}}}`);
}

describe('templates in a map, as a row with * finds them', () => {
  const KEYS = ['plain', 'a/b', 'a~b', '~0', '~1', '~01', '/', '', ' ', '-', '0', '00', '*', 'é', '\u0000', ...MAGIC];
  const pointer = { templates: ['/spec/tasks/*/template'] };

  function fillAll(before: JsonObject): JsonObject {
    let after = before;
    for (const { tokens, value } of findTemplates(before, pointer)) {
      if (!isJsonObject(value)) continue;
      after = putTemplate(after, tokens, { ...value, metadata: { 'x/y~z': { '~1': 1 } } });
    }
    return after;
  }

  test.each(KEYS)('the key %j is escaped in the path of a patch', (key) => {
    const before = taskSet([key]);
    const patch = patchBetween(before, fillAll(before));
    const escaped = key.replaceAll('~', '~0').replaceAll('/', '~1');
    expect(patch).toEqual([
      { op: 'add', path: `/spec/tasks/${escaped}/template/metadata`, value: { 'x/y~z': { '~1': 1 } } },
    ]);
    expect(JSON.stringify(applyPatch(before, patch))).toBe(JSON.stringify(fillAll(before)));
  });

  test('all of them at once', () => {
    const before = taskSet(KEYS);
    const text = JSON.stringify(before);
    const patch = patchBetween(before, fillAll(before));
    expect(patch).toHaveLength(KEYS.length);
    expect(applyPatch(before, patch)).toEqual(fillAll(before));
    expect(patchBetween(fillAll(before), fillAll(fillAll(before)))).toEqual([]);
    expect(JSON.stringify(before)).toBe(text);
  });

  test('a leaf below keys that must be escaped', () => {
    const before = parseObject('{"a/b":{"c~d":{"":{"x":1}}}}');
    const after = putTemplate(before, ['a/b', 'c~d', ''], { x: 2, 'y/~': 3 });
    const patch = patchBetween(before, after);
    expect(patch.map((operation) => operation.path)).toEqual(['/a~1b/c~0d//x', '/a~1b/c~0d//y~1~0']);
    expect(applyPatch(before, patch)).toEqual(after);
  });

  test('templates in a list are found and patched by their index', () => {
    const before = parseObject('{"spec":{"tasks":[{"template":{}},null,{"template":{"spec":{}}},7]}}');
    const found = findTemplates(before, pointer).map(({ tokens }) => fieldPrefix(tokens));
    // What is neither a task nor absent is found where a task should be.
    expect(found).toEqual(['spec.tasks[0].template.', 'spec.tasks[2].template.', 'spec.tasks[3].']);
    const patch = patchBetween(before, fillAll(before));
    expect(patch.map((operation) => operation.path)).toEqual([
      '/spec/tasks/0/template/metadata',
      '/spec/tasks/2/template/metadata',
    ]);
    expect(applyPatch(before, patch)).toEqual(fillAll(before));
  });
});
