// What must hold of every rule and every two of them, whatever the pod is. The policies are made of the parameters of the rules'
// own examples, and the pods are those of the examples or random ones, so that a new rule is tried as well.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { enforcementByRow, type Gate } from '../../src/engine/gate.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { CONTAINER_LISTS, type ContainerList } from '../../src/kubernetes/containers.ts';
import type { Container, PodTemplate } from '../../src/kubernetes/pod.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { createPolicySet } from '../../src/policy/select.ts';
import { acceptPolicy } from '../../src/resources/isolation-policy/accept.ts';
import { RULES } from '../../src/rules/index.ts';
import { subjectOf } from '../support/gate.ts';
import { podTemplate } from '../support/pods.ts';
import { randomCases } from '../support/random-cases.ts';

/** One that asks for nothing, and which every policy of the examples lets in as far as it can. */
const UNRELATED: Container = {
  name: 'unrelated',
  image: 'docker.io/library/nginx:1.29',
  securityContext: {
    runAsUser: 65534,
    runAsGroup: 65534,
    runAsNonRoot: true,
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
};

const EXAMPLES = RULES.map(({ key, examples, checks, fillIns }) => ({
  key,
  parameters: [
    ...examples.map((example) => example.parameters),
    ...checks.flatMap((check) => [...check.examples.pass, ...check.examples.fail].map((example) => example.parameters)),
    ...fillIns.flatMap((fillIn) => fillIn.examples.map((example) => example.parameters)),
  ],
}));

const REFUSED = RULES.flatMap(({ key, checks }) =>
  checks.flatMap(({ examples }) => examples.fail.map(({ parameters, pod }) => ({ key, parameters, pod }))),
);
const EXAMPLE_PODS: readonly PodTemplate[] = RULES.flatMap(({ checks, fillIns }) => [
  ...checks.flatMap(({ examples: { pass, fail } }) => [...pass, ...fail].map(({ pod }) => pod)),
  ...fillIns.flatMap(({ examples }) => examples.map(({ before }) => before)),
]);

/** One rule with the parameters of one of its examples. */
const anyRule: fc.Arbitrary<readonly [string, unknown]> = fc
  .constantFrom(...EXAMPLES.filter(({ parameters }) => parameters.length > 0))
  .chain(({ key, parameters }) => fc.constantFrom(...parameters).map((one) => [key, one] as const));
const others = fc.uniqueArray(anyRule, { selector: ([key]) => key, maxLength: 3 });

type Rules = readonly (readonly [string, unknown])[];

/** A rule and a pod that it refuses, other rules beside it, and at times another pod. */
const anyCase: fc.Arbitrary<{ readonly rules: Rules; readonly pod: PodTemplate }> = fc
  .record({
    refused: fc.constantFrom(...REFUSED),
    others,
    another: fc.option(fc.oneof(fc.constantFrom(...EXAMPLE_PODS), podTemplate), { freq: 1 }),
  })
  .map(({ refused: { key, parameters, pod }, others: beside, another }) => ({
    rules: [...beside.filter(([other]) => other !== key), [key, parameters]],
    pod: another ?? pod,
  }));

const known = new Map<string, Gate | undefined>();

/** The gate of a policy of these rules; undefined where it is not accepted. */
function gateOf(rules: Rules): Gate | undefined {
  const spec: JsonObject = Object.fromEntries(rules);
  const text = JSON.stringify(spec);
  if (!known.has(text)) {
    const document = { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy', metadata: { name: 'p' }, spec };
    const policy = acceptPolicy(document, 'p').value;
    known.set(
      text,
      policy && {
        policies: createPolicySet([policy]),
        surroundings: { namespaceLabels: () => ({}) },
        enforcement: enforcementByRow,
      },
    );
  }
  return known.get(text);
}

function podOf(template: PodTemplate): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', ...template };
}

/** What the API server is told of a pod that both webhooks see. */
function verdictOf(gate: Gate, template: PodTemplate): string {
  const subject = subjectOf(podOf(template));
  return validate({ ...subject, object: mutate(subject, gate).object }, gate).verdict;
}

function withUnrelated(pod: PodTemplate, list: ContainerList, first: boolean): PodTemplate {
  const members = pod.spec?.[list] ?? [];
  const containers = first ? [UNRELATED, ...members] : [...members, UNRELATED];
  return { ...pod, spec: { ...pod.spec, [list]: containers } };
}

/** Most cases must get as far as the expectation. */
function expectMost(reached: number, runs: number): void {
  expect(reached).toBeGreaterThan(runs / 3);
}

test('adding an unrelated container to a pod that is refused never lets it in', () => {
  const anyList = fc.constantFrom(...CONTAINER_LISTS);
  const numRuns = randomCases(10_000);
  let reached = 0;
  fc.assert(
    fc.property(anyCase, anyList, fc.boolean(), ({ rules, pod }, list, first) => {
      const gate = gateOf(rules);
      if (!gate || verdictOf(gate, pod) !== 'denied') return;
      reached++;
      expect(verdictOf(gate, withUnrelated(pod, list, first))).toBe('denied');
    }),
    { numRuns },
  );
  expectMost(reached, numRuns);
});

test('adding a rule to a policy that refuses a pod never lets the same pod in', () => {
  const numRuns = randomCases(10_000);
  let reached = 0;
  fc.assert(
    fc.property(anyCase, anyRule, ({ rules, pod }, added) => {
      const fewer = gateOf(rules);
      const more = rules.some(([key]) => key === added[0]) ? fewer : gateOf([...rules, added]);
      const subject = subjectOf(podOf(pod));
      if (!fewer || !more || validate(subject, fewer).verdict !== 'denied') return;
      reached++;
      expect(validate(subject, more).verdict).toBe('denied');
    }),
    { numRuns },
  );
  expectMost(reached, numRuns);
});

test('adding a policy never lets in what another one refuses', () => {
  const numRuns = randomCases(10_000);
  let reached = 0;
  fc.assert(
    fc.property(anyCase, anyCase, ({ rules, pod }, { rules: added }) => {
      const [gate, other] = [gateOf(rules), gateOf(added)];
      const subject = subjectOf(podOf(pod));
      if (!gate || !other || validate(subject, gate).verdict !== 'denied') return;
      const [first, second] = [gate.policies.policies[0], other.policies.policies[0]];
      if (!first || !second) return;
      reached++;
      const both = createPolicySet([
        { policy: first, match: {} },
        { policy: { ...second, name: 'q' }, match: {} },
      ]);
      expect(validate(subject, { ...gate, policies: both }).verdict).toBe('denied');
    }),
    { numRuns },
  );
  expectMost(reached, numRuns);
});
