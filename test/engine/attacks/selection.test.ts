// Ways to answer to fewer policies, or to milder ones: by labels, by kinds, by what stands in the namespace.
import { describe, expect, test } from 'vitest';
import { mutate } from '../../../src/engine/mutate.ts';
import { validate } from '../../../src/engine/validate.ts';
import type { StringMap } from '../../../src/kubernetes/pod.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Subject } from '../../../src/model/subject.ts';
import { gateOf, policyYaml, subjectOf } from '../../support/gate.ts';

const privileged = { containers: [{ name: 'a', image: 'i', securityContext: { privileged: true } }] };
const NAMESPACES: Readonly<Record<string, StringMap>> = {
  agents: { tier: 'agents', 'kubernetes.io/metadata.name': 'agents' },
  free: { tier: 'free', 'kubernetes.io/metadata.name': 'free' },
  bare: {},
};

function pod(metadata: JsonObject, spec: JsonObject = privileged): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'w', namespace: 'agents', ...metadata }, spec };
}

/** The verdict at the end of both webhooks. */
function verdict(policies: readonly string[], object: JsonObject, request: Partial<Subject> = {}): string {
  const gate = gateOf(policies, NAMESPACES);
  const filled = mutate(subjectOf(object, request), gate).object ?? object;
  return validate(subjectOf(filled, request), gate).verdict;
}

function crowd(): JsonObject {
  return Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`l${index}`, 'x']));
}

function lax(name: string, priority: number): string {
  return policyYaml(name, `priority: ${priority}\nvalidationActions: [Audit]\npodSecurity: { level: privileged }`);
}

const BASELINE = 'podSecurity: { level: baseline }';
const byPod = (selector: string): string[] => [policyYaml('p', `match: { objectSelector: ${selector} }\n${BASELINE}`)];
const byNamespace = (selector: string): string[] => [
  policyYaml('p', `match: { namespaceSelector: ${selector} }\n${BASELINE}`),
];

describe('labels', () => {
  const unless = '{ matchExpressions: [{ key: trusted, operator: NotIn, values: ["yes"] }] }';
  const unlabelled = '{ matchExpressions: [{ key: trusted, operator: DoesNotExist }] }';
  const some = '{ matchExpressions: [{ key: tier, operator: Exists }] }';
  test.each<[string, string[], JsonObject, string]>([
    ['an absent label is not in a list', byPod(unless), {}, 'denied'],
    ['labels that are null', byPod(unless), { labels: null }, 'denied'],
    ['an empty value', byPod(unless), { labels: { trusted: '' } }, 'denied'],
    ['a value in other case', byPod(unless), { labels: { trusted: 'YES' } }, 'denied'],
    ['a key in other case', byPod(unless), { labels: { Trusted: 'yes' } }, 'denied'],
    ['a look-alike key', byPod(unless), { labels: { 'trusted\u200b': 'yes' } }, 'denied'],
    ['the exempting label itself, which the policy allows', byPod(unless), { labels: { trusted: 'yes' } }, 'skipped'],
    ['a label only in annotations', byPod(unless), { annotations: { trusted: 'yes' } }, 'denied'],
    ['an empty value is still a label', byPod(some), { labels: { tier: '' } }, 'denied'],
    [
      'labels whose prototype is hostile',
      byPod(unlabelled),
      JSON.parse('{"labels":{"__proto__":{"trusted":"yes"}}}'),
      'denied',
    ],
    [
      'labels called like methods',
      byPod(unlabelled),
      { labels: { constructor: 'yes', hasOwnProperty: 'no' } },
      'denied',
    ],
    [
      'a hundred labels around the one',
      byPod('{ matchLabels: { tier: agents } }'),
      { labels: { ...crowd(), tier: 'agents' } },
      'denied',
    ],
  ])('selection by labels: %s', (_, policies, metadata, expected) => {
    expect(verdict(policies, pod(metadata))).toBe(expected);
  });
});

describe('namespaces', () => {
  test.each<[string, string[], JsonObject, string]>([
    [
      'the labels of the pod are not those of its namespace',
      byNamespace('{ matchLabels: { tier: agents } }'),
      { labels: { tier: 'free' } },
      'denied',
    ],
    ['nor the other way round', byPod('{ matchLabels: { tier: agents } }'), { labels: {} }, 'skipped'],
    [
      'a namespace without the label',
      byNamespace('{ matchExpressions: [{ key: tier, operator: DoesNotExist }] }'),
      { namespace: 'bare' },
      'denied',
    ],
    ['a namespace by its name', byNamespace('{ matchLabels: { kubernetes.io/metadata.name: agents } }'), {}, 'denied'],
    ['an unknown namespace', byNamespace('{ matchLabels: { tier: agents } }'), { namespace: 'elsewhere' }, 'denied'],
    [
      'a namespace called like a method',
      byNamespace('{ matchLabels: { tier: agents } }'),
      { namespace: 'constructor' },
      'denied',
    ],
  ])('selection by namespace: %s', (_, policies, metadata, expected) => {
    expect(verdict(policies, pod(metadata))).toBe(expected);
  });

  test('the namespace of the request counts, not the one the object names', () => {
    const policies = byNamespace('{ matchLabels: { tier: agents } }');
    expect(verdict(policies, pod({ namespace: 'free' }), { namespace: 'agents' })).toBe('denied');
  });
});

describe('where the labels of a template stand', () => {
  const policies = byPod('{ matchExpressions: [{ key: trusted, operator: DoesNotExist }] }');
  test.each<[string, JsonObject, string]>([
    [
      'on the sandbox, where they do not count',
      { metadata: { labels: { trusted: 'yes' } }, spec: { podTemplate: { spec: privileged } } },
      'denied',
    ],
    ['beside the template', { spec: { labels: { trusted: 'yes' }, podTemplate: { spec: privileged } } }, 'denied'],
    [
      'in the template, as labels of a pod',
      { spec: { podTemplate: { labels: { trusted: 'yes' }, spec: privileged } } },
      'denied',
    ],
    [
      "in the template's metadata, where they count",
      { spec: { podTemplate: { metadata: { labels: { trusted: 'yes' } }, spec: privileged } } },
      'skipped',
    ],
    [
      'in a metadata that is a list',
      { spec: { podTemplate: { metadata: [{ labels: { trusted: 'yes' } }], spec: privileged } } },
      'denied',
    ],
    [
      'as a list of labels',
      { spec: { podTemplate: { metadata: { labels: ['trusted'] }, spec: privileged } } },
      'denied',
    ],
    [
      'as a label that is not text',
      { spec: { podTemplate: { metadata: { labels: { trusted: true } }, spec: privileged } } },
      'denied',
    ],
  ])('labels that stand %s', (_, rest, expected) => {
    const object = { apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox', metadata: { name: 'b' }, ...rest };
    expect(verdict(policies, object)).toBe(expected);
  });
});

describe('two policies', () => {
  const floor = policyYaml('m-floor', BASELINE);
  test.each([
    ['a laxer one of higher priority', [lax('a', 100), floor]],
    ['a laxer one of lower priority', [floor, lax('z', -100)]],
    [
      'the same check, audited by one',
      [policyYaml('a', `priority: 9\nvalidationActions: [Audit]\n${BASELINE}`), floor],
    ],
    [
      'the same check, switched down by one',
      [policyYaml('a', `checks: { privileged: { validationActions: [Warn] } }\n${BASELINE}`), floor],
    ],
    [
      'one that takes its level from a namespace without labels',
      [policyYaml('a', 'podSecurity: { fromNamespaceLabels: true }'), floor],
    ],
  ])('%s does not lower the floor', (_, policies) => {
    expect(verdict(policies, pod({}))).toBe('denied');
  });

  test.each(['Warn', 'Audit'])('an old version of the standard beside the newest is no way out (%s)', (action) => {
    const old = policyYaml('old', `podSecurity: { level: restricted, version: v1.0 }\nvalidationActions: [${action}]`);
    expect(verdict([old, floor], pod({}, { hostPID: true, containers: [] }))).toBe('denied');
  });
});

test.each<[string, Partial<Subject>, string]>([
  ['another version of the group', { kind: { group: '', version: 'v9', kind: 'Pod' } }, 'denied'],
  ['another resource for the kind', { resource: 'podz' }, 'denied'],
  ['an operation in other case', { operation: 'delete' }, 'denied'],
  ['an operation with a space', { operation: 'DELETE ' }, 'denied'],
  ['a subresource in other case', { subresource: 'Status' }, 'denied'],
  ['a subresource of a subresource', { subresource: 'status/x' }, 'denied'],
  ['no name, as from generateName', { name: undefined, generateName: 'w-' }, 'denied'],
  ['a dry run', { dryRun: true }, 'denied'],
  ['a user of the system', { user: { username: 'system:admin', groups: ['system:masters'] } }, 'denied'],
])('a policy is not escaped by %s', (_, request, expected) => {
  expect(verdict([policyYaml('p', BASELINE)], pod({}), request)).toBe(expected);
});
