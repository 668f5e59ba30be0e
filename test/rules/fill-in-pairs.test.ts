// Fill-ins that touch the same field: in two policies, whichever has the higher priority, and in one. The pairs are found by what
// fill-ins write into example pods, so that a new rule is tried as well.
import { describe, expect, test } from 'vitest';
import { enforcementByRow, type Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { valueAt } from '../../src/kubernetes/path-keys.ts';
import type { PodTemplate } from '../../src/kubernetes/pod.ts';
import { isJsonObject, type JsonObject, sameJson, stringField } from '../../src/model/json.ts';
import { createPolicySet } from '../../src/policy/select.ts';
import { acceptPolicy } from '../../src/resources/isolation-policy/accept.ts';
import { NO_NOTES, WHOLE_TEMPLATE } from '../../src/rules/fill-in.ts';
import { RULES } from '../../src/rules/index.ts';
import { subjectOf } from '../support/gate.ts';
import { frozen } from './frozen.ts';

/** Parameters of one rule, and what one of its fill-ins writes by them. */
interface Candidate {
  readonly key: string;
  readonly id: string;
  readonly parameters: unknown;
  /** The fields that it writes in any of the pods. */
  readonly writes: ReadonlySet<string>;
}

const FILL_INS = RULES.flatMap(({ key, fillIns }) => fillIns.map((fillIn) => ({ key, ...fillIn })));

/** A pod that says nothing, and the pods of the examples. */
const PODS: readonly PodTemplate[] = [
  {
    metadata: {},
    spec: {
      initContainers: [{ name: 'i', image: 'app:1.0' }],
      containers: [
        { name: 'a', image: 'app:1.0', env: [{ name: 'MINE', value: 'x' }] },
        { name: 'b', image: 'b:1.0' },
      ],
      volumes: [{ name: 'v', emptyDir: {} }],
    },
  },
  ...FILL_INS.flatMap(({ examples }) => examples.map(({ before }) => before)),
];

function selectable(name: string, spec: JsonObject) {
  const document = { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy', metadata: { name }, spec };
  return acceptPolicy(document, name).value;
}

/** Every value that is not an object, by its path; members of lists by name, and lists without names as a whole. */
function leavesOf(value: unknown, path = '', into = new Map<string, unknown>()): Map<string, unknown> {
  if (Array.isArray(value) && value.length > 0 && value.every((member) => stringField(member, 'name') !== undefined)) {
    for (const member of value) leavesOf(member, `${path}[${stringField(member, 'name')}]`, into);
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) leavesOf(member, `${path}.${key}`, into);
  } else if (value !== null && value !== undefined) into.set(path, value);
  return into;
}

/** The leaves that filling in adds or changes. */
function changes(before: unknown, after: unknown): ReadonlyMap<string, unknown> {
  const known = leavesOf(before);
  return new Map([...leavesOf(after)].filter(([path, value]) => !sameJson(known.get(path), value)));
}

/** The field that a leaf belongs to, in whichever container: the variable, and not its value. */
function fieldOf(leaf: string): string {
  return leaf.replace(/(ontainers)\[[^\]]*\]/, '$1[*]').replace(/(env\[[^\]]*\]).*$/, '$1');
}

function candidates(): readonly Candidate[] {
  const seen = new Set<string>();
  return FILL_INS.flatMap(({ key, id, examples }) =>
    [
      ...examples.flatMap(({ parameters, after }) => (after === undefined ? [] : [parameters])),
      ...(id === 'addEnv' ? OTHER_ENV : []),
    ].flatMap((parameters): Candidate[] => {
      const text = JSON.stringify([id, parameters]);
      const policy = selectable('p', { [key]: parameters })?.policy;
      const fill = policy?.fillIns.find((fillIn) => fillIn.id === id)?.fill;
      if (seen.has(text) || !fill) return [];
      seen.add(text);
      const writes = PODS.flatMap((pod) => {
        const filled = fill(frozen(pod), WHOLE_TEMPLATE, NO_NOTES);
        return filled === pod ? [] : [...changes(pod, filled).keys()].map(fieldOf);
      });
      return [{ key, id, parameters, writes: new Set(writes) }];
    }),
  );
}

/** Values of one's own for variables that other rules fill in. */
const OTHER_ENV: readonly JsonObject[] = ['HOME', 'HTTP_PROXY', 'https_proxy', 'NO_PROXY', 'SSL_CERT_FILE', 'TZ'].map(
  (name) => ({ add: [{ name, value: 'other' }] }),
);

/** Every two that write the same field, but for those that would do the same thing. Of two fill-ins a few parameters are enough. */
function pairs(): readonly (readonly [string, Candidate, Candidate])[] {
  const all = candidates();
  const counts = new Map<string, number>();
  const found: (readonly [string, Candidate, Candidate])[] = [];
  for (const [index, a] of all.entries()) {
    for (const b of all.slice(index + 1)) {
      const field = [...a.writes].find((path) => b.writes.has(path));
      const name = `${a.id} and ${b.id}`;
      const count = counts.get(name) ?? 0;
      if (field === undefined || count === MOST) continue;
      counts.set(name, count + 1);
      found.push([`${name}, number ${count + 1}`, a, b]);
    }
  }
  return found;
}

const MOST = 3;
const PAIRS = pairs();

function gateOf(policies: readonly ReturnType<typeof selectable>[]): Gate {
  const present = policies.filter((policy) => policy !== undefined);
  return {
    policies: createPolicySet(present),
    surroundings: { namespaceLabels: () => ({}) },
    enforcement: enforcementByRow,
  };
}

function podOf(template: PodTemplate): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', ...frozen(template) };
}

function filledBy(gate: Gate, object: JsonObject): JsonObject {
  return mutate(subjectOf(object), gate).object ?? object;
}

function findings(gate: Gate, object: JsonObject) {
  return validate(subjectOf(object), gate).findings;
}

test('the pairs include those of different rules that are known to meet', () => {
  const met = new Set(PAIRS.map(([, a, b]) => [a.key, b.key].toSorted().join(' ')));
  expect([...met]).toEqual(
    expect.arrayContaining([
      'harden identity',
      'env network',
      'env identity',
      'env env',
      'metadata metadata',
      'lifecycle lifecycle',
    ]),
  );
});

describe.each(PAIRS)('of %s', (_, a, b) => {
  const first = selectable('first', { priority: 2, [a.key]: a.parameters });
  const second = selectable('second', { priority: 1, [b.key]: b.parameters });
  const raised = selectable('second', { priority: 3, [b.key]: b.parameters });

  test.each([
    ['the first', first, second],
    ['the second', raised, first],
  ])('in two policies, %s goes before the other where it has the higher priority', (__, high, low) => {
    const both = gateOf([high, low]);
    for (const template of PODS) {
      const before = podOf(template);
      const filled = filledBy(both, before);
      expect(filledBy(both, filled), 'a second time').toBe(filled);
      const missed = findings(both, filled).filter(({ check }) => check === 'filledIn');
      expect(missed).toEqual([]);
      const inTheEnd = leavesOf(filled);
      const ofLow = changes(before, filledBy(gateOf([low]), before));
      for (const [path, value] of changes(before, filledBy(gateOf([high]), before))) {
        const other = ofLow.get(path);
        if (other === undefined) continue;
        const final = inTheEnd.get(path);
        if (!holds(final, value)) expect(final, `${path}, where the other has ${JSON.stringify(other)}`).toEqual(value);
      }
    }
  });

  test('in two policies, each judges the result: what either refuses is refused', () => {
    const both = gateOf([first, second]);
    for (const template of PODS) {
      const filled = filledBy(both, podOf(template));
      const said = (found: ReturnType<typeof findings>) =>
        found
          .filter(({ check }) => check !== 'filledIn')
          .map(({ policy, check, action }) => `${policy} ${check} ${action}`);
      const alone = [first, second].flatMap((policy) => said(findings(gateOf([policy]), filled)));
      expect(said(findings(both, filled))).toEqual(expect.arrayContaining(alone));
    }
  });
});

test.each(PAIRS.filter(([, a, b]) => a.key !== b.key))(
  'in one policy %s are refused as a contradiction, or nothing that they fill in is refused or missed',
  (_, a, b) => {
    const policy = selectable('p', { [a.key]: a.parameters, [b.key]: b.parameters });
    if (policy === undefined) {
      expect(PODS.some((pod) => contradicts(pod, a, b))).toBe(true);
      return;
    }
    const gate = gateOf([policy]);
    for (const template of PODS) {
      const before = podOf(template);
      const filled = filledBy(gate, before);
      expect(filledBy(gate, filled), 'a second time').toBe(filled);
      for (const { check, action, fields } of findings(gate, filled)) {
        if (action !== 'Deny') continue;
        const own = fields.filter(({ path }) => valueAt(before, path) === undefined && isScalar(valueAt(filled, path)));
        expect(own, check).toEqual([]);
      }
    }
  },
);

/** True where all of a value is in another one: members of lists in any order, beside others. */
function holds(all: unknown, value: unknown): boolean {
  if (Array.isArray(all) && Array.isArray(value)) {
    const members: readonly unknown[] = all;
    return value.every((one) => members.some((member) => holds(member, one)));
  }
  if (isJsonObject(all) && isJsonObject(value)) return Object.keys(value).every((key) => holds(all[key], value[key]));
  return all === value;
}

function isScalar(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'object';
}

/** True where the two write different values into one field of the pod. */
function contradicts(template: PodTemplate, a: Candidate, b: Candidate): boolean {
  const before = podOf(template);
  const [ofA, ofB] = [a, b].map(({ key, parameters }) =>
    changes(before, filledBy(gateOf([selectable('p', { [key]: parameters })]), before)),
  );
  return [...(ofA ?? [])].some(([path, value]) => ofB?.has(path) && !sameJson(ofB.get(path), value));
}
