// Whatever is in a document, judging it ends with a verdict: no exception, and a class exactly where there is no problem.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KUBERNETES_TYPES } from '../../../src/kubernetes/schema/types.ts';
import { createAjv } from '../../../src/resources/ajv.ts';
import { acceptClass } from '../../../src/resources/capability-class/accept.ts';
import { capabilityProblems } from '../../../src/resources/capability-class/references.ts';
import { CAPABILITY_CLASS_SCHEMA } from '../../../src/resources/capability-class/schema.ts';
import { isCapabilityClass } from '../../../src/resources/capability-class/validate.ts';
import { randomCases } from '../../support/random-cases.ts';

/** The schema as it ships, in the hands of an editor. */
const asPublished = createAjv().compile(CAPABILITY_CLASS_SCHEMA);

function judge(document: unknown): void {
  expect(isCapabilityClass(document)).toBe(asPublished(document));
  const { errors, value: capabilityClass } = acceptClass(document, 'a.yaml:1');
  expect(capabilityClass === undefined).toBe(errors.length > 0);
  for (const { message } of errors) expect(message).not.toMatch(/undefined|NaN|\[object/);
  if (capabilityClass) expect(capabilityProblems(document, new Map(), [])).toEqual([]);
}

test('any JSON can be judged as a class', () => {
  fc.assert(fc.property(fc.jsonValue(), judge), { numRuns: randomCases(500) });
});

/** Keys that mean something somewhere in a class, and some that only look like it. */
const KEYS = [
  ...new Set(Object.values(KUBERNETES_TYPES).flatMap((fields) => Object.keys(fields))),
  ...'template grant when reject containers initContainers volumes metadata spec'.split(' '),
  ...'__proto__ constructor toString'.split(' '),
  '',
];
const leaf = fc.constantFrom(
  '',
  'a',
  '../b',
  '/c',
  'SYS_ADMIN',
  'Always',
  true,
  false,
  null,
  0,
  -1,
  1.5,
  'has(pod.spec)',
);
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 6 },
    leaf,
    fc.array(tie('node'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...KEYS), tie('node')), { maxLength: 5 })
      .map((pairs) => Object.fromEntries(pairs)),
  ),
})).node;

test('anything where an implementation belongs', () => {
  const document = fc.array(tree, { maxLength: 3 }).map((implementations) => ({
    apiVersion: 'sandgate.dev/v1alpha1',
    kind: 'CapabilityClass',
    metadata: { name: 'docker' },
    spec: { implementations },
  }));
  fc.assert(fc.property(document, judge), { numRuns: randomCases(1000) });
});

test('anything where a part of an implementation belongs', () => {
  const part = fc.record(
    {
      name: fc.constantFrom('a', 'b'),
      when: leaf,
      template: fc.record({ metadata: tree, spec: fc.record({ containers: fc.array(tree), volumes: fc.array(tree) }) }),
      grant: fc.record({ env: fc.array(tree), volumeMounts: fc.array(tree), securityContext: tree }),
    },
    { requiredKeys: ['name'] },
  );
  const document = fc.array(part, { maxLength: 3 }).map((implementations) => ({
    apiVersion: 'sandgate.dev/v1alpha1',
    kind: 'CapabilityClass',
    metadata: { name: 'docker' },
    spec: { implementations },
  }));
  fc.assert(fc.property(document, judge), { numRuns: randomCases(1000) });
});

test('anything where a policy belongs', () => {
  const capabilities = fc.oneof(tree, fc.array(tree));
  fc.assert(
    fc.property(capabilities, (listed) => {
      capabilityProblems({ spec: { capabilities: listed } }, new Map(), ['docker']);
    }),
  );
});
