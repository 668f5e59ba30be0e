// `sandgate review`: what an API server sent, answered offline.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { BARE_POD, folderWith, sandgate } from './console.ts';

const REVIEWS = resolve(import.meta.dirname, '../reviews');
const POD = readFileSync(resolve(REVIEWS, 'pod-create-validate.json'), 'utf8');

test('a refusal exits with 1, the reply of the mutating webhook with 0 and a patch', async () => {
  const folder = folderWith({ 'review.json': POD });
  const refused = await sandgate(folder, 'review -p restricted -f review.json');
  expect(refused.code).toBe(1);
  expect(refused.json()).toMatchObject({
    kind: 'AdmissionReview',
    response: { allowed: false, status: { code: 403 } },
  });
  expect((await sandgate(folder, 'review -p restricted -f review.json --validate')).stdout).toBe(refused.stdout);
  const patched = await sandgate(folder, 'review -p agents -f - --mutate', { stdin: POD });
  expect(patched.code).toBe(0);
  expect(patched.json()).toMatchObject({ response: { allowed: true, patchType: 'JSONPatch' } });
  expect(patched.stdout).toContain('\n  "response": {\n');
});

test('a Deployment is let in, as the webhook does', async () => {
  const printed = await sandgate('/', `review -p restricted -f ${REVIEWS}/deployment-create-validate.json`);
  expect(printed.code).toBe(0);
  expect(printed.json()).toMatchObject({ response: { allowed: true } });
});

test.each([
  ['a Pod', BARE_POD, 'review.json: '],
  ['no JSON', '{"a": [', 'review.json:1:'],
  ['two documents', 'a: 1\n---\nb: 2\n', 'review.json: 2 documents (expected one AdmissionReview)'],
  ['nothing', '', 'review.json: 0 documents (expected one AdmissionReview)'],
])('%s is not a review', async (_, text, message) => {
  const printed = await sandgate(folderWith({ 'review.json': text }), 'review -p restricted -f review.json');
  expect(printed).toMatchObject({ code: 2, stdout: '' });
  expect(printed.stderr).toContain(`sandgate: ${message}`);
});
