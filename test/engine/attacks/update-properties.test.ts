// What must hold for every update, whatever the policies: the two webhooks agree, nothing harmless is refused, and nothing
// gets in by an update that would not have got in as a new object.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Gate } from '../../../src/engine/gate.ts';
import { mutate } from '../../../src/engine/mutate.ts';
import { validate } from '../../../src/engine/validate.ts';
import { CONTAINER_LISTS } from '../../../src/kubernetes/containers.ts';
import type { PodTemplate } from '../../../src/kubernetes/pod.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Subject } from '../../../src/model/subject.ts';
import { gateOf, policyYaml, subjectOf } from '../../support/gate.ts';
import { podTemplate } from '../../support/pods.ts';
import { randomCases } from '../../support/random-cases.ts';

const RULES = [
  'podSecurity: { level: restricted }',
  'podSecurity: { level: restricted, version: v1.18 }',
  'podSecurity: { fromNamespaceLabels: true }',
  'harden: restricted',
  'harden: [readOnlyRootFilesystem, hostUsers]',
  'identity: { runAsUser: 1000, fsGroup: 5 }',
  'identity: { images: [{ image: nginx, runAsUser: 101, runAsGroup: 7 }, { image: ghcr.io/acme/app, runAsUser: 5 }] }',
  'identity: { fsGroupChangePolicy: Always, runAsNonRoot: false, runAsUser: 77, runAsGroup: 3 }',
  'runtime: { default: gvisor }',
];
const MATCHES = [
  '',
  'match: { objectSelector: { matchLabels: { tier: a } } }',
  'match: { objectSelector: { matchExpressions: [{ key: tier, operator: NotIn, values: [a] }] } }',
  'match: { namespaceSelector: { matchLabels: { tenants: agents } } }',
];
const NAMESPACES = { agents: { tenants: 'agents', 'pod-security.kubernetes.io/enforce': 'baseline' } };

const rule = fc.tuple(fc.constantFrom(...RULES), fc.constantFrom(...MATCHES), fc.integer({ min: -2, max: 2 }));
const gates = fc.array(rule, { minLength: 1, maxLength: 3 }).map((rules) => ({
  gate: gateOf(
    rules.map(([text, match, priority], index) => policyYaml(`p${index}`, `priority: ${priority}\n${match}\n${text}`)),
    NAMESPACES,
  ),
  // What a failing property prints.
  toString: () => JSON.stringify(rules),
}));
const labels = fc.constantFrom(null, { tier: 'a' }, { tier: 'b' });

function labelled(template: PodTemplate, wanted: JsonObject | null): JsonObject {
  return { ...template, metadata: { ...template.metadata, labels: wanted } };
}

function box(podTemplateOf: JsonObject): JsonObject {
  return {
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 'b' },
    spec: { podTemplate: podTemplateOf },
  };
}

/** A pod whose containers have names of their own, as the API server sees to it. */
function pod(template: PodTemplate, wanted: JsonObject | null): JsonObject {
  const spec: Record<string, unknown> = { ...template.spec };
  for (const list of CONTAINER_LISTS) {
    spec[list] = template.spec?.[list]?.map((container, index) => ({ ...container, name: `${list}-${index}` }));
  }
  return { apiVersion: 'v1', kind: 'Pod', ...labelled({ ...template, spec }, wanted) };
}

function filled(object: JsonObject, gate: Gate, request: Partial<Subject> = {}): JsonObject {
  return mutate(subjectOf(object, request), gate).object ?? object;
}

function verdict(object: JsonObject, gate: Gate, request: Partial<Subject> = {}): string {
  return validate(subjectOf(object, request), gate).verdict;
}

test('filling in an update leaves nothing for validation to miss, whatever the labels were and are', () => {
  fc.assert(
    fc.property(gates, podTemplate, podTemplate, labels, labels, ({ gate }, a, b, from, to) => {
      const request = { operation: 'UPDATE', oldObject: filled(box(labelled(a, from)), gate) };
      const object = filled(box(labelled(b, to)), gate, request);
      const { findings } = validate(subjectOf(object, request), gate);
      expect(findings.filter((finding) => finding.check === 'filledIn')).toEqual([]);
    }),
    { numRuns: randomCases(800) },
  );
});

test('an update of labels alone is never refused, and changes nothing else', () => {
  fc.assert(
    fc.property(gates, podTemplate, labels, labels, fc.boolean(), ({ gate }, a, from, to, isPod) => {
      const [oldObject, object] = isPod ? [pod(a, from), pod(a, to)] : [box(labelled(a, from)), box(labelled(a, to))];
      const request = { operation: 'UPDATE', oldObject };
      expect(verdict(object, gate, request)).not.toBe('denied');
      expect(filled(object, gate, request)).toBe(object);
    }),
    { numRuns: randomCases(800) },
  );
});

test('what gets in by an update would have got in as a new object', () => {
  fc.assert(
    fc.property(gates, podTemplate, podTemplate, labels, ({ gate }, a, b, both) => {
      const oldObject = filled(box(labelled(a, both)), gate);
      if (verdict(oldObject, gate) === 'denied') return;
      const request = { operation: 'UPDATE', oldObject };
      const object = filled(box(labelled(b, both)), gate, request);
      if (verdict(object, gate, request) !== 'denied') expect(verdict(object, gate)).not.toBe('denied');
    }),
    { numRuns: randomCases(800) },
  );
});
