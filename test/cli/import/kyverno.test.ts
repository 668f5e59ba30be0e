// Policies of Kyverno, imported: rules of the Pod Security Standards, and which pods they are about.
import { describe, expect, test } from 'vitest';
import { imported, notes, pod } from './imports.ts';

const PRIVILEGED = { securityContext: { privileged: true } };
const ANY_POD = 'any: [{ resources: { kinds: [Pod] } }]';
const BASELINE = 'validate: { podSecurity: { level: baseline, version: latest } }';

function policy(rule: string, spec = 'validationFailureAction: Enforce', metadata = ''): string {
  return `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: { name: pods${metadata} }
spec:
  ${spec}
  rules:
    - name: rule
${rule.replaceAll(/^/gm, '      ')}
---
`;
}

function about(match: string, exclude = ''): string {
  return policy(`match: { ${match} }\n${exclude === '' ? '' : `exclude: { ${exclude} }\n`}${BASELINE}`);
}

async function verdicts(text: string, pods: readonly object[], options = ''): Promise<readonly string[]> {
  const found = await imported('kyverno', text);
  expect(notes(found)).toEqual([]);
  const results: string[] = [];
  for (const one of pods) results.push((await found.judge(one, options)).verdict);
  return results;
}

const inNamespace = (namespace: string, name = 'p'): object => pod({}, PRIVILEGED, { namespace, name });

const enforcementOf = (text: string) => imported('kyverno', text).then(({ specs }) => specs[0]?.enforcement);

const labelled = (labels: object, annotations: object) =>
  pod({}, PRIVILEGED, { namespace: 'other', labels, annotations });

const excluding = (entries: string, level = 'restricted') =>
  policy(
    `match: { ${ANY_POD} }\nvalidate: { podSecurity: { level: ${level}, version: v1.30, exclude: [${entries}] } }`,
  );

const withSysctl = (name: string) => pod({ securityContext: { sysctls: [{ name, value: '1' }] } });

const exception = (spec: string) =>
  `apiVersion: kyverno.io/v2\nkind: PolicyException\nmetadata: { name: tunnel, namespace: team-a }\nspec:\n  exceptions: [{ policyName: pods, ruleNames: [rule, autogen-rule] }]\n  match: { any: [{ resources: { kinds: [Pod, Deployment], namespaces: [team-a], names: ["vpn*"] } }] }\n${spec}`;

const actionsOf = async (spec: string, rule = `match: { ${ANY_POD} }\n${BASELINE}`) =>
  (await imported('kyverno', policy(rule, spec))).specs.map((own) => own.validationActions);

test('a rule of a level denies what the level denies, and judges nothing else', async () => {
  expect(await verdicts(about(ANY_POD), [pod(), pod({}, PRIVILEGED)])).toEqual(['allowed', 'denied']);
});

test('an enforced rule about pods refuses the Deployment too, unless its policy says that it is for pods alone', async () => {
  expect(await enforcementOf(about(ANY_POD))).toMatchObject({
    'Deployment.apps': 'Enforce',
    'CronJob.batch': 'Enforce',
  });
  const alone = policy(
    `match: { ${ANY_POD} }\n${BASELINE}`,
    'validationFailureAction: Enforce',
    ', annotations: { pod-policies.kyverno.io/autogen-controllers: none }',
  );
  expect(await enforcementOf(alone)).toBeUndefined();
});

describe('what is said about pods, is about the same pods', () => {
  test('namespaces and names with stars, selectors, annotations', async () => {
    const match =
      'any: [{ resources: { kinds: [v1/Pod], namespaces: [team-?, "ci-*"], names: ["p*"] } }, { resources: { kinds: [Pod], selector: { matchLabels: { tier: web } }, annotations: { a/b: "x*" } } }]';
    expect(
      await verdicts(about(match), [
        inNamespace('team-a'),
        inNamespace('ci-1'),
        inNamespace('team-ab'),
        inNamespace('ci-1', 'q'),
        labelled({ tier: 'web' }, { 'a/b': 'xy' }),
        labelled({ tier: 'web' }, {}),
        labelled({}, { 'a/b': 'xy' }),
      ]),
    ).toEqual(['denied', 'denied', 'skipped', 'skipped', 'denied', 'skipped', 'skipped']);
  });

  test('all filters at once, and labels of the namespace', async () => {
    const match =
      'all: [{ resources: { kinds: [Pod] } }, { resources: { kinds: ["*"], namespaceSelector: { matchExpressions: [{ key: tier, operator: NotIn, values: [system] }] } } }]';
    expect(await verdicts(about(match), [inNamespace('a')], '--namespace-labels tier=system')).toEqual(['skipped']);
    expect(await verdicts(about(match), [inNamespace('a')], '--namespace-labels tier=web')).toEqual(['denied']);
  });

  test('exclusions by namespace, user, group and service account', async () => {
    const exclude =
      'any: [{ resources: { namespaces: [kube-system] } }, { subjects: [{ kind: User, name: ana }, { kind: Group, name: "sre-*" }, { kind: ServiceAccount, namespace: ci, name: runner }] }]';
    const as = async (options: string) => (await verdicts(about(ANY_POD, exclude), [inNamespace('a')], options))[0];
    expect(await verdicts(about(ANY_POD, exclude), [inNamespace('kube-system'), inNamespace('a')])).toEqual([
      'skipped',
      'denied',
    ]);
    expect(await as('--as ana')).toBe('skipped');
    expect(await as('--as anab')).toBe('denied');
    expect(await as('--as bob --as-group sre-1')).toBe('skipped');
    expect(await as('--as system:serviceaccount:ci:runner')).toBe('skipped');
    expect(await as('--as system:serviceaccount:ci:runner2')).toBe('denied');
  });

  test('an exclusion by roles is not carried over, and neither is one of several demands', async () => {
    const exclude =
      'any: [{ clusterRoles: [cluster-admin] }, { resources: { namespaces: [a] }, roles: ["x:y"] }, { resources: { namespaces: [b] } }]';
    const found = await imported('kyverno', about(ANY_POD, exclude));
    expect(notes(found)).toEqual([
      'spec.rules[0].exclude.any[0].clusterRoles: not excluded: a policy cannot say for whom or what it is [stricter]',
      'spec.rules[0].exclude.any[1].roles: not excluded: a policy cannot say for whom or what it is [stricter]',
    ]);
    expect((await found.judge(inNamespace('a'))).verdict).toBe('denied');
    expect((await found.judge(inNamespace('b'))).verdict).toBe('skipped');
  });

  test('a rule for roles is left out as a whole, and so is one about other kinds', async () => {
    expect(
      notes(await imported('kyverno', about('any: [{ resources: { kinds: [Pod] }, clusterRoles: [x] }]'))),
    ).toEqual([
      'spec.rules[0].match.any[0].clusterRoles: the rule is left out: a policy cannot say for whom or what it is [laxer]',
    ]);
    expect(notes(await imported('kyverno', about('any: [{ resources: { kinds: [Node, Pod/exec] } }]')))).toEqual([
      'spec.rules[0].match.any[0].resources.kinds: Node, Pod/exec: kinds that hold no pods, or that Sandgate does not know [laxer]',
    ]);
  });

  test('a Policy is about its own namespace, and an exclusion of every pod leaves nothing', async () => {
    const own = about(ANY_POD)
      .replace('ClusterPolicy', 'Policy')
      .replace('{ name: pods', '{ namespace: team-a, name: pods');
    expect(await verdicts(own, [inNamespace('team-a'), inNamespace('team-b')])).toEqual(['denied', 'skipped']);
    expect((await imported('kyverno', about(ANY_POD, ANY_POD))).specs).toEqual([]);
  });

  test('the older form of match is one filter', async () => {
    const older = about('resources: { kinds: [Pod], name: "p?" }');
    expect(await verdicts(older, [inNamespace('a', 'p1'), inNamespace('a', 'p')])).toEqual(['denied', 'skipped']);
  });
});

describe('actions', () => {
  test('Audit is the default, and a rule goes before its policy', async () => {
    expect(await actionsOf('background: true')).toEqual([['Audit']]);
    expect(await actionsOf('validationFailureAction: audit\n  emitWarning: true')).toEqual([['Audit', 'Warn']]);
    const own = `match: { ${ANY_POD} }\nvalidate: { failureAction: Enforce, podSecurity: { level: baseline } }`;
    expect(await actionsOf('validationFailureAction: Audit', own)).toEqual([['Deny']]);
  });

  test('an override for some namespaces is a policy of its own, and the other one leaves them out', async () => {
    const found = await imported(
      'kyverno',
      policy(
        `match: { ${ANY_POD} }\n${BASELINE}`,
        'validationFailureAction: Enforce\n  validationFailureActionOverrides: [{ action: Audit, namespaces: ["dev-*"] }, { action: Enforce, namespaces: [x] }]',
      ),
    );
    expect(found.specs.map((spec, index) => [found.names[index], spec.validationActions])).toEqual([
      ['pods-rule', ['Deny']],
      ['pods-rule-audit', ['Audit']],
    ]);
    expect((await found.judge(inNamespace('dev-1'))).verdict).toBe('allowed');
    expect((await found.judge(inNamespace('prod'))).verdict).toBe('denied');
  });
});

describe('what a rule excludes from a level', () => {
  const HARDENED = { allowPrivilegeEscalation: false, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
  const adding = (image: string) =>
    pod({}, { image, securityContext: { ...HARDENED, capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] } } });

  test('a control for images is an exception from its checks, for these repositories alone', async () => {
    const found = await imported(
      'kyverno',
      excluding("{ controlName: Capabilities, images: ['ghcr.io/acme/*', 'nginx:1.27', 'a*b?c'] }"),
    );
    expect(notes(found)).toEqual([
      'spec.rules[0].validate.podSecurity.exclude[0].images[2]: not excluded: no pattern for repositories matches the same [stricter]',
    ]);
    const judge = async (image: string) => (await found.judge(adding(image))).verdict;
    expect(await judge('ghcr.io/acme/team/vpn:1')).toBe('allowed');
    expect(await judge('nginx:1.27')).toBe('allowed');
    expect(await judge('nginx:1.28')).toBe('denied');
    expect(await judge('ghcr.io/acmes/vpn')).toBe('denied');
  });

  test('a control of the pod is excluded as a whole', async () => {
    const found = await imported('kyverno', excluding('{ controlName: Host Namespaces }', 'baseline'));
    expect((await found.judge(pod({ hostNetwork: true }))).verdict).toBe('allowed');
    expect((await found.judge(pod({}, PRIVILEGED))).verdict).toBe('denied');
  });

  test('an exclusion for one field of a control is not carried over, since an exception is for all of them', async () => {
    const found = await imported(
      'kyverno',
      excluding(
        "{ controlName: Capabilities, images: ['*'], restrictedField: 'spec.containers[*].securityContext.capabilities.add', values: [NET_ADMIN] }, { controlName: Seccomp }, { controlName: Nothing }",
      ),
    );
    expect(notes(found)).toEqual([
      'spec.rules[0].validate.podSecurity.exclude[0].restrictedField: not excluded: an exception from a check is for every field that it looks at (see checks.capabilities_restricted.except, with images and values) [stricter]',
      'spec.rules[0].validate.podSecurity.exclude[2].controlName: "Nothing" is not a control of the Standards [none]',
      'spec.rules[0].validate.podSecurity.exclude[1]: not excluded: an exception for what stands in the pod as a whole needs the images of its containers [stricter]',
    ]);
    expect((await found.judge(adding('x'))).verdict).toBe('denied');
  });

  test('sysctls by their values', async () => {
    const found = await imported(
      'kyverno',
      excluding(
        "{ controlName: Sysctls, restrictedField: 'spec.securityContext.sysctls[*].name', values: [kernel.msgmax] }",
        'baseline',
      ),
    );
    expect((await found.judge(withSysctl('kernel.msgmax'))).verdict).toBe('allowed');
    expect((await found.judge(withSysctl('kernel.msgmnb'))).verdict).toBe('denied');
  });
});

describe('PolicyExceptions', () => {
  test('one from a rule takes its pods out of the policy, and no others', async () => {
    expect(
      await verdicts(about(ANY_POD) + exception(''), [
        inNamespace('team-a', 'vpn-1'),
        inNamespace('team-a'),
        inNamespace('team-b', 'vpn-1'),
      ]),
    ).toEqual(['skipped', 'denied', 'denied']);
  });

  test('one from a control is a policy of its own for its pods, in which the rest of the level holds', async () => {
    const found = await imported(
      'kyverno',
      about(ANY_POD) + exception("  podSecurity: [{ controlName: Privileged Containers, images: ['ghcr.io/acme/*'] }]"),
    );
    expect(notes(found)).toEqual([]);
    expect((await found.judge(inNamespace('team-a', 'vpn-1'))).verdict).toBe('allowed');
    expect((await found.judge(inNamespace('team-b', 'vpn-1'))).verdict).toBe('denied');
    expect((await found.judge(pod({ hostPID: true }, PRIVILEGED, { name: 'vpn' }))).verdict).toBe('denied');
    expect((await found.judge(pod({}, { ...PRIVILEGED, image: 'x' }, { name: 'vpn' }))).verdict).toBe('denied');
  });

  test('one with conditions, or from a policy that is not there, is left out', async () => {
    expect(notes(await imported('kyverno', about(ANY_POD) + exception('  conditions: { any: [] }')))).toEqual([
      "spec.conditions: the exception is left out: it has conditions in Kyverno's own language [stricter]",
    ]);
    expect(notes(await imported('kyverno', exception('')))).toEqual([
      'spec.exceptions[0]: the policy "pods" is not among the files [stricter]',
    ]);
  });
});

describe('what is not carried over is said', () => {
  test.each([
    [
      'validate: { pattern: { spec: { hostNetwork: false } } }',
      'spec.rules[0].validate.pattern',
      "a pattern is in Kyverno's own",
    ],
    ['validate: { deny: {} }', 'spec.rules[0].validate.deny', 'conditions are in'],
    ['verifyImages: []', 'spec.rules[0]', 'it checks signatures'],
    ['generate: { kind: NetworkPolicy }', 'spec.rules[0]', 'it makes objects'],
    [`context: []\n${BASELINE}`, 'spec.rules[0].context', 'the rule is left out'],
    [
      `preconditions: { all: [{ key: "{{ x }}", operator: Equals, value: y }] }\n${BASELINE}`,
      'spec.rules[0].preconditions',
      'the rule is left out',
    ],
    ['mutate: { patchesJson6902: "" }', 'spec.rules[0].mutate.patchesJson6902', 'a JSON patch depends'],
    [
      'validate: { podSecurity: { level: privileged } }',
      'spec.rules[0].validate.podSecurity.level',
      'the level privileged asks for nothing',
    ],
    ['{}', 'spec.rules[0]', 'it does nothing'],
  ])('a rule with %s is left out, with the reason', async (rule, path, why) => {
    const found = await imported('kyverno', policy(`match: { ${ANY_POD} }\n${rule === '{}' ? '' : rule}`));
    expect(found.specs).toEqual([]);
    const [note, ...others] = found.notCarriedOver;
    expect(others).toEqual([]);
    expect(note).toMatchObject({ object: 'ClusterPolicy pods', path });
    expect(note?.why).toContain(why);
  });

  test('a condition that the request is not a deletion asks for nothing more', async () => {
    const rule = `match: { ${ANY_POD} }\npreconditions: { all: [{ key: "{{ request.operation || 'BACKGROUND' }}", operator: NotEquals, value: DELETE }] }\n${BASELINE}`;
    expect(await verdicts(policy(rule), [pod({}, PRIVILEGED)])).toEqual(['denied']);
  });

  test('keys of a policy and a rule that have no counterpart, and objects of other kinds', async () => {
    const text =
      policy(`match: { ${ANY_POD} }\nimageExtractors: {}\n${BASELINE}`, 'applyRules: One\n  failurePolicy: Ignore') +
      'apiVersion: kyverno.io/v2\nkind: CleanupPolicy\nmetadata: { name: c }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: p }\n';
    expect(notes(await imported('kyverno', text))).toEqual([
      ': no object of the kind CleanupPolicy says what pods may have [laxer]',
      ': not an object of Kyverno [none]',
      'spec.applyRules: there is nothing like it in a policy [stricter]',
      'spec.failurePolicy: whether requests pass while the webhook is away is a setting of the installation [stricter]',
      'spec.rules[0].imageExtractors: there is nothing like it in a policy [stricter]',
    ]);
  });
});

test('a rule in CEL and a ValidatingPolicy judge as they did', async () => {
  const cel = policy(
    `match: { ${ANY_POD} }\ncelPreconditions: [{ name: not-q, expression: "object.metadata.name != 'q'" }]\nvalidate: { cel: { expressions: [{ expression: "!has(object.spec.nodeName)", message: no node }] } }`,
  );
  expect(await verdicts(cel, [pod(), pod({ nodeName: 'n' }), pod({ nodeName: 'n' }, {}, { name: 'q' })])).toEqual([
    'allowed',
    'denied',
    'skipped',
  ]);
  const validating = `apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata: { name: v }
spec:
  validationActions: [Deny]
  matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods] }] }
  validations: [{ expression: "!has(object.spec.nodeName)" }]
`;
  expect(await verdicts(validating, [pod(), pod({ nodeName: 'n' })])).toEqual(['allowed', 'denied']);
});
