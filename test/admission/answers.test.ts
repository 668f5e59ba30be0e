// What was said is only said again of the same: whatever was said before, in whatever order, and however much.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerOnce, type Encoded } from '../../src/admission/answers.ts';
import type { PatchOperation } from '../../src/engine/diff.ts';

function encoded(about: string, patch: readonly PatchOperation[], padding = 0): Encoded {
  const answer = { allowed: true, patch: JSON.stringify(patch), warnings: [about, 'x'.repeat(padding)] };
  return { answer, text: JSON.stringify(answer), patchBytes: 0 };
}

function set(path: string, value: unknown): PatchOperation {
  return { op: 'add', path, value };
}

const operation = fc.oneof(
  fc.record({
    op: fc.constantFrom('add' as const, 'replace' as const),
    path: fc.constantFrom('/a', '/b'),
    value: fc.jsonValue(),
  }),
  fc.record({ op: fc.constant('remove' as const), path: fc.constantFrom('/a', '/b') }),
);
const question = fc.record({ about: fc.constantFrom('p', 'q'), patch: fc.array(operation, { maxLength: 3 }) });

test('each patch has its own answer', () => {
  fc.assert(
    fc.property(fc.array(question, { maxLength: 60 }), (questions) => {
      for (const { about, patch } of questions) {
        const { answer } = answerOnce(about, patch, () => encoded(about, patch));
        expect(answer.warnings?.[0]).toBe(about);
        expect(JSON.parse(answer.patch ?? '')).toEqual(JSON.parse(JSON.stringify(patch)));
      }
    }),
  );
});

test('what comes often is known among many that come once', () => {
  const often = [set('/often', 1)];
  let said = 0;
  for (let turn = 0; turn < 500; turn++) {
    answerOnce('among many', often, () => {
      said++;
      return encoded('among many', often);
    });
    const once = [set('/once', turn)];
    const { answer } = answerOnce('among many', once, () => encoded('among many', once));
    expect(answer.patch).toBe(JSON.stringify(once));
  }
  expect(said).toBe(1);
});

test('once it is too much, all is forgotten and nothing mixed up', () => {
  for (let turn = 0; turn < 1000; turn++) {
    const patch = [set('/a', turn % 7)];
    const { answer } = answerOnce(`about ${turn % 500}`, patch, () => encoded(`about ${turn % 500}`, patch, 15_000));
    expect(answer).toMatchObject({
      patch: JSON.stringify(patch),
      warnings: [`about ${turn % 500}`, expect.anything()],
    });
  }
});

test('nothing is kept of the object that the patch was made for', () => {
  const value = { runAsUser: 1000 };
  answerOnce('kept', [set('/securityContext', value)], () => encoded('kept', [set('/securityContext', value)]));
  value.runAsUser = 0;
  const root = answerOnce('kept', [set('/securityContext', value)], () => encoded('root', []));
  expect(root.answer.warnings?.[0]).toBe('root');
});
