// Numbers that JavaScript cannot hold, beside the fields that are filled in: the patch must leave them as they are written.
import { describe, expect, test } from 'vitest';
import { ownField, stringField } from '../../../src/model/json.ts';
import { hostileServer } from '../../support/hostile-server.ts';
import { parseLossless, patchText, printLossless } from '../../support/lossless-json.ts';
import { type ReviewParts, reviewText } from '../../support/review-text.ts';

const server = hostileServer();

const NUMBERS = [
  '9223372036854775807',
  '-9223372036854775808',
  '18446744073709551616',
  '9007199254740993',
  '1.0',
  '1e2',
  '1E400',
  '-1e400',
  '1e-400',
  '-0',
  '-0.0',
  '0.1',
  '0.30000000000000004000',
  '3.141592653589793238462643383279',
];

/** Fills in something right beside every one of the numbers. */
function around(number: string): string {
  const unknown = `"x":${number},"y":[${number},{"z":${number}}]`;
  // A fraction is of the wrong type in these fields.
  const whole = Number.isInteger(Number(number)) ? number : '30';
  return `{"terminationGracePeriodSeconds":${whole},"activeDeadlineSeconds":${whole},${unknown},
"securityContext":{${unknown},"supplementalGroups":[1.0,9223372036854775807]},
"initContainers":[{"name":"i","securityContext":{${unknown}},"ports":[{"containerPort":1.0}]}],
"containers":[{"name":"a",${unknown},"securityContext":{${unknown},"capabilities":{${unknown},"add":[]}}},{"name":"b","resources":{"limits":{"cpu":${number}}}}],
"volumes":[{"name":"v","emptyDir":{"sizeLimit":${number}}}],"tolerations":[{"tolerationSeconds":${whole}}]}`;
}

/** The object as the API server holds it once the patch is applied, and the patch. */
async function patched(parts: ReviewParts): Promise<{ before: string; after: string }> {
  const text = reviewText(parts);
  const answer = await server.send('/mutate', text);
  const patch = stringField(ownField(answer.body, 'response'), 'patch');
  if (patch === undefined) throw new Error(`nothing was filled in: ${answer.text}`);
  const before = printLossless(ownField(ownField(parseLossless(text), 'request'), 'object'));
  return { before, after: patchText(before, Buffer.from(patch, 'base64').toString()) };
}

/** Every leaf by its path, numbers as they are written. */
function leavesOf(text: string): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) leaves.set(path, value);
    else for (const [key, member] of Object.entries(value)) walk(member, `${path}/${key}`);
  };
  walk(parseLossless(text), '');
  return leaves;
}

describe.each(['Pod', 'Sandbox'] as const)('in a %s', (kind) => {
  test.each(NUMBERS)('the number %s comes through a patch unchanged', async (number) => {
    const { before, after } = await patched({ kind, spec: around(number) });
    const kept = leavesOf(after);
    const original = leavesOf(before);
    for (const [path, value] of original) expect([path, kept.get(path)]).toEqual([path, value]);
    expect(kept.size).toBeGreaterThan(original.size + 5);
    expect(after.split(number).length).toBe(before.split(number).length);
  });
});

test('a number that is filled in is written as it is in the policy', async () => {
  const { after } = await patched({ spec: around('1.0') });
  expect(after).toContain('"runAsUser":1000');
});

function asUser(number: string): ReviewParts {
  const spec = `{"containers":[{"name":"a","securityContext":{"runAsUser":${number}}}]}`;
  return { kind: 'Sandbox', spec };
}

describe('numbers in fields that are read', () => {
  test.each(['0', '-0', '0.0', '0e9', '1e-400'])('a user of %s is root', async (number) => {
    expect((await server.review('validate', reviewText(asUser(number)))).message).toContain('runAsUser=0');
    const { after } = await patched(asUser(number));
    expect(after).toContain(`"runAsUser":${number}`);
  });

  test.each(['1.0', '1e3', '9223372036854775807', '65534.0'])('a user of %s is somebody', async (number) => {
    expect((await server.review('validate', reviewText(asUser(number)))).message).not.toMatch(
      /runAsUser=0|the shape of/,
    );
    const { after } = await patched(asUser(number));
    expect(after).toContain(`"runAsUser":${number}`);
  });

  test.each(['0.5', '1e400', '-1e400', '1e-3'])('a user of %s is none', async (number) => {
    const text = reviewText(asUser(number));
    expect((await server.review('validate', text)).message).toContain('runAsUser must be an integer');
    expect((await server.review('mutate', text)).operations).toBe(0);
  });
});

test('the reader keeps what JSON.parse does not', () => {
  const text = '{"a":[9223372036854775807,1.0,-0,1e400],"b":"1.0"}';
  expect(printLossless(parseLossless(text))).toBe(text);
  expect(patchText(text, '[{"op":"add","path":"/a/-","value":0.10}]')).toBe(text.replace('1e400', '1e400,0.10'));
});
