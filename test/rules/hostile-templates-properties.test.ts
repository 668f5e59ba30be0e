// Whatever a template of the right shape holds: no check and no fill-in of a rule throws, and filling in twice changes nothing more.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { viewOf } from '../../src/kubernetes/containers.ts';
import {
  type FieldType,
  fieldsOf,
  isTypeName,
  type ScalarName,
  type TypeName,
} from '../../src/kubernetes/field-type.ts';
import type { PodTemplate } from '../../src/kubernetes/pod.ts';
import { isPodTemplate } from '../../src/kubernetes/pod-shape.ts';
import { NO_REQUEST } from '../../src/rules/check.ts';
import { NO_NOTES, WHOLE_TEMPLATE } from '../../src/rules/fill-in.ts';
import { RULES } from '../../src/rules/index.ts';
import { randomCases } from '../support/random-cases.ts';
import { boundRule } from './bound.ts';

const WORDS = [
  '',
  'a',
  'Always',
  'Never',
  'HTTP_PROXY',
  'LD_PRELOAD',
  '__proto__',
  'constructor',
  '10.0.0.1',
  '::',
  'a\n;b',
  '/x/../y',
  '\u200b',
  'ClusterFirst',
];

const SCALARS: Readonly<Record<ScalarName, fc.Arbitrary<unknown>>> = {
  string: fc.oneof(fc.constantFrom(...WORDS), fc.string()),
  boolean: fc.boolean(),
  integer: fc.constantFrom(-1, 0, 1, 30, 80, 65535, 2147483648, Number.MAX_SAFE_INTEGER),
  quantity: fc.constantFrom('1', '1Gi', 'x', 1, null),
  intOrString: fc.constantFrom(1, 'http'),
  any: fc.anything(),
};

/** Values of a type of the table: every field may be absent or null, and what the table does not have may be there as well. */
function arbitraryOf(name: ScalarName | TypeName, depth: number): fc.Arbitrary<unknown> {
  if (!isTypeName(name)) return SCALARS[name];
  if (depth === 0) return fc.constant({});
  const fields = [...fieldsOf(name)].map(([field, type]) => [field, fc.option(fieldOf(type, depth))] as const);
  return fc.record({ ...Object.fromEntries(fields), unknown: fc.anything() }, { requiredKeys: [] });
}

function fieldOf({ form, name }: FieldType, depth: number): fc.Arbitrary<unknown> {
  const entry = arbitraryOf(name, depth - 1);
  if (form === 'list') return fc.array(entry, { maxLength: 2 });
  return form === 'map' ? fc.dictionary(SCALARS.string.map(String), entry, { maxKeys: 3 }) : entry;
}

const templates = arbitraryOf('PodTemplateSpec', 7).filter((value): value is PodTemplate => isPodTemplate(value));

/** The policies of every example, each rule by itself. */
const POLICIES = RULES.flatMap(({ key, checks, fillIns }) => {
  const ofChecks = checks.flatMap(({ examples }) => [...examples.pass, ...examples.fail]);
  const all: readonly { readonly parameters: unknown; readonly beside?: object }[] = [
    ...ofChecks,
    ...fillIns.flatMap(({ examples }) => examples),
  ];
  const policies = new Map(
    all.map(({ parameters, beside }) => [JSON.stringify([parameters, beside]), { parameters, beside }]),
  );
  return [...policies.values()].map(({ parameters, beside }) => boundRule(key, parameters, beside));
});

test('no check and no fill-in throws, and a second run changes nothing', () => {
  fc.assert(
    fc.property(templates, fc.constantFrom(...POLICIES), (template, policy) => {
      const request = { ...NO_REQUEST, object: { ...template }, old: template, oldObject: { ...template } };
      const view = viewOf(template);
      for (const { check, describe } of policy.checks) {
        const violations = check(view, request);
        if (violations) expect(describe(violations).reason).not.toBe('');
      }
      for (const { fill } of policy.fillIns) {
        const once = fill(template, WHOLE_TEMPLATE, NO_NOTES);
        expect(isPodTemplate(once)).toBe(true);
        expect(fill(once, WHOLE_TEMPLATE, NO_NOTES)).toBe(once);
      }
    }),
    { numRuns: randomCases(2000) },
  );
});
