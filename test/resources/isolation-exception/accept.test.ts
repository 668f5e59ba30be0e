// What is refused of an IsolationException, by file and by key, and what its author is asked to look at again.
import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../../src/manifests/source.ts';
import { acceptException } from '../../../src/resources/isolation-exception/accept.ts';
import { loadPolicies } from '../../../src/resources/load.ts';
import { exceptionYaml } from '../../support/exceptions.ts';
import { policyYaml } from '../../support/gate.ts';

const ALLOWING = policyYaml('p', 'podSecurity: { level: baseline }\nexceptions: { allow: true }');

/** What is said of an exception of this spec beside a policy: errors, then warnings. */
function said(exception: string, policy = ALLOWING): readonly string[] {
  const loaded = loadPolicies([
    { file: 'e.yaml', text: exception },
    { file: 'p.yaml', text: policy },
  ]);
  const warnings = loaded.warnings.map((problem) => `warning: ${formatProblem(problem)}`);
  return [...(loaded.ok ? [] : loaded.problems.map(formatProblem)), ...warnings];
}

function saidOf(spec: string): readonly string[] {
  return said(exceptionYaml('e', spec));
}

test('an exception that makes sense is taken in without a word', () => {
  expect(saidOf('checks: [privileged], images: ["ghcr.io/acme/vpn"]')).toEqual([]);
});

test.each([
  [
    'checks: [validations/No_Node], images: [a]',
    '/spec/checks/0: "validations/No_Node" is not valid (expected validations/ and the name of a validation of the policy)',
  ],
  ['checks: [], images: [a]', '/spec/checks: empty (expected at least one entry)'],
  ['images: [a]', '/spec/checks: required'],
  ['checks: null, images: [a]', '/spec/checks: expected a list, found nothing'],
  ['checks: [privilege], images: [a]', '/spec/checks/0: "privilege" is not known (did you mean "privileged"?)'],
  [
    'checks: [capabilityGrants], images: [a]',
    '/spec/checks/0: not for capabilityGrants: an exception cannot stand for the right to use a class',
  ],
  [
    'checks: [filledIn], images: [a]',
    '/spec/checks/0: not for filledIn: what a policy fills in is not for an exception to leave out',
  ],
  ['checks: [privileged], values: []', '/spec/values: empty (expected at least one entry)'],
  ['checks: [privileged], images: []', '/spec/images: empty (expected at least one entry)'],
  ['checks: [privileged], containers: []', '/spec/containers: empty (expected at least one entry)'],
  [
    'checks: [privileged]',
    '/spec: covers every finding of the check (expected selector, images, containers or values)',
  ],
  [
    'checks: [privileged], selector: {}',
    '/spec/selector: selects every pod (expected matchLabels or matchExpressions, or no selector)',
  ],
  [
    'checks: [privileged], selector: { matchLabels: {} }, images: [a]',
    '/spec/selector: selects every pod (expected matchLabels or matchExpressions, or no selector)',
  ],
  [
    'checks: [privileged], images: [a], selector: { matchLabels: { a: b }, matchExpressions: [{ key: a, operator: DoesNotExist }] }',
    '/spec/selector: can match nothing: its requirements on a contradict each other',
  ],
  ['checks: [privileged], images: [A]', '/spec/images/0: "A" matches no image: repositories are in lower case'],
  ['checks: [privileged], images: [a], reason: ""', '/spec/reason: "" is not valid (expected some words that say why)'],
  [
    'checks: [privileged], images: [a], expires: ""',
    '/spec/expires: "" is not valid (expected a date such as 2027-06-30, or a time such as 2027-06-30T12:00:00Z)',
  ],
  ['checks: [privileged], images: [a], expires: 2027-02-30', '/spec/expires: "2027-02-30" is not a valid date'],
  ['checks: [privileged], images: [a], requestedBy: " "', '/spec/requestedBy: " " is not valid (expected a name)'],
  ['checks: [privileged], images: [a], image: b', '/spec/image: unknown key (did you mean "images"?)'],
])('an exception is refused with %s', (spec, problem) => {
  const [first, ...more] = saidOf(spec);
  expect(first).toContain(problem);
  expect(more).toEqual([]);
});

test.each(['*', 'agents-*', 'agent?', 'Agents', 'аgents', ''])(
  'the name of a policy is a name and no pattern: %j',
  (name) => {
    const exception = exceptionYaml('e', 'checks: [privileged], images: [a]').replace(
      'policy: p,',
      `policy: "${name}",`,
    );
    expect(said(exception)[0]).toContain('/spec/policy: ');
  },
);

test('a reason and an end are required', () => {
  const bare = exceptionYaml('e', 'checks: [privileged], images: [a]').replace(/, reason.*/, ' }');
  expect(said(bare)).toEqual([
    expect.stringContaining('/spec/reason: required'),
    expect.stringContaining('/spec/expires: required'),
  ]);
});

test('a namespace is required, unless the command is told one', () => {
  const text = exceptionYaml('e', 'checks: [privileged], images: [a]').replace(', namespace: agents', '');
  expect(said(text)).toEqual([expect.stringContaining('/metadata/namespace: required')]);
  const sources = [
    { file: 'e.yaml', text },
    { file: 'p.yaml', text: ALLOWING },
  ];
  const loaded = loadPolicies(sources, { namespace: 'team-a' });
  expect(loaded.ok && loaded.policies.exceptions.all.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual([
    'team-a/e',
  ]);
});

test('one that is larger than it has to be is refused', () => {
  const values = Array.from({ length: 100 }, (_, index) => `"${'x'.repeat(1000)}${index}"`).join(', ');
  expect(saidOf(`checks: [privileged], values: [${values}]`)[0]).toContain(
    '/spec: too large (expected at most 65536 characters of JSON)',
  );
});

test('two of one name are told apart by their namespace', () => {
  const spec = 'checks: [privileged], images: [a]';
  expect(said(`${exceptionYaml('e', spec)}---\n${exceptionYaml('e', spec, 'other')}`)).toEqual([]);
  expect(said(`${exceptionYaml('e', spec)}---\n${exceptionYaml('e', spec)}`)[0]).toContain(
    '"e" is taken by the exception at e.yaml:3',
  );
});

describe('its author is asked to look again', () => {
  test.each([
    ['containers: [tunnel]', 'containers: every author of a pod can give a container this name: add images'],
    ['selector: { matchLabels: { a: b } }', 'selector: every author of a pod can give it these labels: add images'],
  ])('where only tenants decide what it covers: %s', (spec, says) => {
    expect(saidOf(`checks: [privileged], ${spec}`)).toEqual([expect.stringContaining(`/spec/${says}`)]);
  });

  test('where the policy is not given, with the name that was probably meant', () => {
    const other = ALLOWING.replace('name: p', 'name: pp');
    expect(said(exceptionYaml('e', 'checks: [privileged], images: [a]'), other)).toEqual([
      expect.stringContaining('/spec/policy: without effect: no policy "p" is given; did you mean "pp"?'),
    ]);
  });

  test('where the policy has no such validation', () => {
    expect(saidOf('checks: [validations/no-node], images: [a]')).toEqual([
      expect.stringContaining(
        '/spec/checks/0: policy "p" finds nothing by validations/no-node: the policy has no validation of this name',
      ),
    ]);
  });

  test('where the policy finds nothing by the check', () => {
    expect(saidOf('checks: [runAsNonRoot], images: [a]')).toEqual([
      expect.stringContaining(
        '/spec/checks/0: policy "p" finds nothing by runAsNonRoot: podSecurity baseline:latest does not include the check',
      ),
    ]);
  });
});

describe('an exception that its policy does not allow is refused', () => {
  test.each([
    [
      'podSecurity: { level: baseline }',
      '/spec/policy: policy "p" allows no exceptions (its spec.exceptions does not say allow: true)',
    ],
    [
      'podSecurity: { level: baseline }\nexceptions: { allow: false }',
      '/spec/policy: policy "p" allows no exceptions (its spec.exceptions does not say allow: true)',
    ],
    [
      'podSecurity: { level: baseline }\nexceptions: { allow: true, forbiddenChecks: [privileged] }',
      '/spec/checks/0: policy "p" allows no exceptions from privileged',
    ],
  ])('one from the policy %j', (spec, says) => {
    const [first, ...more] = said(exceptionYaml('e', 'checks: [privileged], images: [a]'), policyYaml('p', spec));
    expect(first).toContain(says);
    expect(more).toEqual([]);
  });
});

/** What is said of a policy with these `exceptions`. */
function problems(exceptions: string): readonly string[] {
  return said('', policyYaml('p', `podSecurity: { level: baseline }\nexceptions: ${exceptions}`));
}

test('what a policy says of exceptions has to make sense', () => {
  expect(problems('{}')).toEqual([expect.stringContaining('/spec/exceptions/allow: required')]);
  expect(problems('{ maxDays: 3 }')).toEqual([expect.stringContaining('/spec/exceptions/allow: required')]);
  expect(problems('{ allow: true, maxDays: 0 }')).toEqual([
    expect.stringContaining('out of range (expected 1 to 3650)'),
  ]);
  expect(problems('{ allow: false, maxDays: 3, forbiddenChecks: [privileged] }')).toEqual([
    expect.stringContaining('/spec/exceptions/maxDays: has no effect: allow is false'),
    expect.stringContaining('/spec/exceptions/forbiddenChecks: has no effect: allow is false'),
  ]);
  expect(problems('{ allow: true, forbiddenChecks: [capabilityGrants] }')[0]).toContain(
    '/spec/exceptions/forbiddenChecks/0',
  );
  expect(problems('{ allow: true, forbiddenChecks: [stdin] }')).toEqual([
    expect.stringContaining(
      'warning: p.yaml:7:48: /spec/exceptions/forbiddenChecks/0: has no effect: the policy asks for nothing that it checks',
    ),
  ]);
});

test.each([
  null,
  1,
  'x',
  [],
  {},
  { spec: 1 },
  { spec: { checks: 1, selector: 2, images: 3 } },
  { metadata: null, spec: null },
])('any JSON gets an answer: %j', (document) => {
  const { errors, value } = acceptException(document, 'x');
  expect(errors.length).toBeGreaterThan(0);
  expect(value).toBeUndefined();
});
