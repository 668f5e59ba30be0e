// What rules read and write of a pod, the table of pod fields has: what is not in it is not held against its type, and a
// rule would take whatever stands there for what it expects.
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { type FieldType, fieldsOf, isTypeName } from '../../src/kubernetes/field-type.ts';
import type { PodTemplate } from '../../src/kubernetes/pod.ts';
import { isPodTemplate } from '../../src/kubernetes/pod-shape.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { POD_SECURITY_CHECKS } from '../../src/pod-security/checks/index.ts';
import { FILL_INS, RULES } from '../../src/rules/index.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';
import { watchedPod } from './watched.ts';

/** The type at a path such as `spec.containers[*].image`; undefined where the table has none. */
function typeAt(path: string): FieldType | undefined {
  let type: FieldType = { form: 'single', name: 'PodTemplateSpec', required: true };
  for (const part of path.split('.')) {
    const [, field = '', entry] = /^(\w+)(\[\*\])?$/.exec(part) ?? [];
    const found = type.form === 'single' && isTypeName(type.name) ? fieldsOf(type.name).get(field) : undefined;
    if (!found || (entry !== undefined && found.form !== 'list')) return undefined;
    type = entry === undefined ? found : { ...found, form: 'single' };
  }
  return type;
}

test.each([
  ['spec.containers[*].image', 'string'],
  ['spec.containers[*].securityContext.capabilities.drop', 'string'],
  ['spec.nodeSelector[*]', undefined],
  ['spec.runtimeClasName', undefined],
  ['spec.containers.image', undefined],
])('the type at %s is %s', (path, name) => {
  expect(typeAt(path)?.name).toBe(name);
});

test.each(FILL_INS.map(({ id, sets }) => [id, sets] as const))('%s sets fields of the table', (_, sets) => {
  expect(sets.filter((path) => typeAt(path) === undefined)).toEqual([]);
});

describe('a watched pod', () => {
  const pod = { spec: { containers: [{ name: 'a' }], volumes: [{ name: 'v', newSource: {} }] } };

  test('is read as any other', () => {
    const unknown = new Set<string>();
    const watched = watchedPod(pod, unknown);
    expect(JSON.parse(JSON.stringify(watched))).toEqual(pod);
    expect(isPodTemplate(watched)).toBe(true);
    // JSON.stringify asks every object for it.
    expect([...unknown].filter((field) => !field.endsWith('.toJSON'))).toEqual([]);
  });

  test('notes a field that is not in the table', () => {
    const unknown = new Set<string>();
    const watched: { spec?: { runtimeClasName?: string; containers?: { user?: string }[] } } = watchedPod(pod, unknown);
    expect(watched.spec?.runtimeClasName).toBeUndefined();
    expect(Object.hasOwn(watched.spec?.containers?.[0] ?? {}, 'user')).toBe(false);
    expect([...unknown]).toEqual(['PodSpec.runtimeClasName', 'Container.user']);
  });
});

/** Every pod of the examples of checks and fill-ins, with a policy that asks for the check or the fill-in. */
function* examples(): Generator<readonly [string, string, PodTemplate]> {
  for (const { id, examples: of } of POD_SECURITY_CHECKS) {
    for (const { pod, since } of [...of.pass, ...of.fail]) {
      yield [id, `podSecurity: { level: restricted, version: ${since === undefined ? 'latest' : `v${since}`} }`, pod];
    }
  }
  for (const { key, checks, fillIns } of RULES) {
    const specOf = (parameters: unknown, beside: object = {}) => JSON.stringify({ ...beside, [key]: parameters });
    for (const { id, examples: of } of checks) {
      for (const { pod, parameters, beside } of [...of.pass, ...of.fail]) yield [id, specOf(parameters, beside), pod];
    }
    for (const { id, examples: of } of fillIns) {
      for (const { before, parameters } of of) yield [id, specOf(parameters), before];
    }
  }
}

const gates = new Map<string, Gate>();

function gateFor(spec: string): Gate {
  const gate = gates.get(spec) ?? gateOf(policyYaml('all', spec));
  gates.set(spec, gate);
  return gate;
}

/** Entries of a list that was changed are told apart by their names, also where they have none. */
const OF_DIFFERENCES = ['HostAlias.name'];

test('checks and fill-ins read fields of the table', () => {
  const unknown = new Set<string>();
  for (const [id, spec, pod] of examples()) {
    const before = unknown.size;
    const object: JsonObject = { apiVersion: 'v1', kind: 'Pod', ...structuredClone(pod) };
    mutate(subjectOf(watchedPod(object, unknown)), gateFor(spec));
    validate(subjectOf(watchedPod(object, unknown)), gateFor(spec));
    for (const field of OF_DIFFERENCES) unknown.delete(field);
    if (unknown.size > before) unknown.add(`read for ${id}`);
  }
  expect([...unknown]).toEqual([]);
});

describe('a value of another type than the field has', () => {
  const podTemplate = { spec: { automountServiceAccountToken: 'yes', containers: [{ name: 'a', image: 'b' }] } };
  const everything = gateFor('harden: restricted\npodSecurity: { level: restricted }');

  // A fill-in for this field was added once without a line for it in the shape, and overwrote the text by false.
  test.each([
    ['Sandbox', { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox', spec: { podTemplate } }, 'spec.podTemplate.'],
    ['Pod', { apiVersion: 'v1', kind: 'Pod', ...podTemplate }, ''],
  ])('of a %s is refused, and left as it is', (_, object, prefix) => {
    const says = `${prefix}spec.automountServiceAccountToken must be true or false`;
    const mutated = mutate(subjectOf(object), everything);
    expect(mutated.object).toBe(object);
    expect(mutated.warnings).toEqual([`left as it is: ${says}`]);
    const decision = validate(subjectOf(object), everything);
    expect(decision.verdict).toBe('denied');
    expect(decision.findings.map(({ check, detail }) => [check, detail])).toEqual([['shape', says]]);
  });

  test.each(FILL_INS.flatMap(({ id, sets }) => sets.map((path) => [path, id] as const)))(
    'at %s is not overwritten by %s',
    (path) => {
      const type = typeAt(path);
      const number = type?.form === 'list' || type?.name === 'string' ? 7 : 'yes';
      const wrong = type?.name === 'quantity' ? true : number;
      const object: JsonObject = { apiVersion: 'v1', kind: 'Pod', ...withField(path, wrong) };
      expect(mutate(subjectOf(object), everything).object).toBe(object);
      expect(validate(subjectOf(object), everything).findings.map(({ check }) => check)).toEqual(['shape']);
    },
  );
});

/** A template with a value at a path; `[*]` stands for the only entry of a list. */
function withField(path: string, value: unknown): JsonObject {
  let inner = value;
  for (const part of path.split('.').toReversed()) {
    const list = part.endsWith('[*]');
    inner = { [list ? part.slice(0, -'[*]'.length) : part]: list ? [inner] : inner };
  }
  return isJsonObject(inner) ? inner : {};
}
