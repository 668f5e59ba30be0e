// Conditions: what they can ask, what they must not, and that nothing a tenant writes makes them throw, lie or last.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Condition, ConditionInput, ConditionResult } from '../../src/cel/condition.ts';
import { compileCondition } from '../../src/cel/condition.ts';
import { kubernetesTypes } from '../../src/cel/kubernetes-types.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { randomCases } from '../support/random-cases.ts';

const POD = {
  metadata: {
    labels: { app: 'tools', constructor: 'yes', priority: '5' },
    annotations: { note: 'text' },
  },
  spec: {
    runtimeClassName: 'kata-qemu',
    hostUsers: null,
    priority: 1000,
    nodeSelector: { 'eks.amazonaws.com/compute-type': 'fargate' },
    tolerations: [{ operator: 'Exists' }, { key: 'sandbox.gke.io/runtime', value: 'gvisor' }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'karpenter.sh/nodepool', operator: 'In', values: ['a', 'b'] }] },
          ],
        },
      },
    },
    securityContext: { runAsUser: 1000 },
    initContainers: [{ name: 'init', image: 'busybox:1' }],
    containers: [
      { name: 'app', image: 'ghcr.io/a/b:1', args: ['--x'], env: [{ name: 'A', value: '1' }] },
      { name: 'side', image: 'ghcr.io/a/c:1', securityContext: { privileged: true } },
    ],
    volumes: [{ name: 'host', hostPath: { path: '/dev/net/tun' } }],
  },
};

const NAMESPACE = { name: 'agents-1', labels: { tier: 'agents', constructor: 'yes' } };

function compiled(expression: string): Condition {
  const result = compileCondition(expression);
  if (!result.ok) throw new Error(`${result.line}:${result.column}: ${result.message}`);
  return result.condition;
}

function ask(expression: string, pod: JsonObject = POD): ConditionResult {
  return compiled(expression).evaluate({ pod, namespace: NAMESPACE });
}

function errorOf(answer: ConditionResult): string {
  return typeof answer === 'boolean' ? `no error, but ${answer}` : answer.error;
}

/** `LINE:COLUMN: MESSAGE` of an expression that is not accepted. */
function refusal(expression: string): string {
  const result = compileCondition(expression);
  return result.ok ? 'accepted' : `${result.line}:${result.column}: ${result.message}`;
}

const TRUE = [
  'true',
  "pod.spec.?nodeSelector[?'eks.amazonaws.com/compute-type'].orValue('') == 'fargate'",
  "pod.spec.?nodeSelector[?'kubernetes.io/os'].orValue('') == ''",
  "'eks.amazonaws.com/compute-type' in pod.spec.nodeSelector",
  "has(pod.spec.runtimeClassName) && pod.spec.runtimeClassName.startsWith('kata')",
  "pod.spec.?runtimeClassName.orValue('') in ['kata-qemu', 'kata-fc']",
  "pod.spec.?tolerations.orValue([]).exists(t, t.?key.orValue('') == 'sandbox.gke.io/runtime')",
  'pod.spec.?tolerations.orValue([]).exists(t, !has(t.key))',
  "pod.spec.?affinity.?nodeAffinity.?requiredDuringSchedulingIgnoredDuringExecution.?nodeSelectorTerms.orValue([]).exists(t, t.?matchExpressions.orValue([]).exists(e, e.key == 'karpenter.sh/nodepool'))",
  "pod.metadata.labels.app == 'tools'",
  "pod.metadata.labels['app'] == 'tools'",
  "pod.metadata.labels.exists(key, key == 'app')",
  "int(pod.metadata.labels['priority']) > 4",
  "pod.metadata.?annotations[?'note'].hasValue()",
  "namespaceObject.metadata.labels[?'tier'].orValue('') == 'agents'",
  "namespaceObject.metadata.name.startsWith('agents-')",
  'pod.spec.containers.size() == 2',
  'size(pod.spec.containers) == 2',
  "pod.spec.containers.all(c, c.image.startsWith('ghcr.io/'))",
  'pod.spec.containers.exists_one(c, c.?securityContext.?privileged.orValue(false))',
  "pod.spec.containers.filter(c, c.name == 'app').size() == 1",
  "pod.spec.containers.filter(c, c.name == 'app').all(c, '--x' in c.args)",
  "pod.spec.containers.exists(c, c.?env.orValue([]).exists(e, e.name == 'A'))",
  "['ghcr.io/a/', 'quay.io/'].exists(prefix, pod.spec.containers.all(c, c.image.startsWith(prefix)))",
  "pod.spec.containers.all(c, ['ghcr.io/', 'quay.io/'].exists(prefix, c.image.startsWith(prefix)))",
  "(pod.spec.?initContainers.orValue([]) + pod.spec.containers).exists(c, c.name == 'init')",
  "pod.spec.?volumes.orValue([]).exists(v, v.?hostPath.?path.orValue('') == '/dev/net/tun')",
  'pod.spec.priority == 1000.0',
  'pod.spec.priority == 1000',
  'pod.spec.priority > 999',
  'pod.spec.priority + 1 == 1001',
  'pod.spec.?securityContext.?runAsUser.orValue(0) == 1000',
  // A null field is an absent one.
  '!has(pod.spec.hostUsers)',
  'pod.spec.?hostUsers.orValue(true)',
  // A key that every object of JavaScript seems to have.
  "pod.metadata.labels.constructor == 'yes'",
  "namespaceObject.metadata.labels['constructor'] == 'yes'",
  '!has(pod.metadata.labels.toString)',
  "!('__proto__' in pod.metadata.labels)",
  "pod.metadata.labels[?'hasOwnProperty'].orValue('absent') == 'absent'",
];

test.each(TRUE)('the condition %s is true', (expression) => {
  expect(ask(expression)).toBe(true);
  expect(ask(`!(${expression})`)).toBe(false);
  expect(compiled(expression).expression).toBe(expression);
});

const REFUSED: readonly (readonly [string, string])[] = [
  ['', '1:1: the expression ends too early'],
  ['1 +', '1:4: the expression ends too early'],
  ["pod.spec.runtimeClassName == 'a", '1:30: the text that begins here does not end'],
  ['pod.spec.hostUsers\n  && pod.spec.nope', '2:15: PodSpec has no field nope'],
  ['pod', '1:1: expected true or false as the result, found Pod'],
  ["'true'", '1:1: expected true or false as the result, found string'],
  ['foo', '1:1: unknown variable foo'],
  ['object.spec', '1:1: unknown variable object'],
  [
    "namespace.labels['a'] == 'b'",
    '1:1: namespace is a reserved word of CEL (use namespaceObject.metadata.labels or .name)',
  ],
  ['pod.spec.runtimeClasName == ""', '1:10: PodSpec has no field runtimeClasName'],
  // Without the type of every field these two would be false for ever.
  ['has(pod.spec.runtimeClasName)', '1:14: PodSpec has no field runtimeClasName'],
  ["pod.spec.?runtimeClasName.orValue('') == ''", '1:11: PodSpec has no field runtimeClasName'],
  ['pod.spec.tolerations.exists(t, has(t.kye))', '1:38: Toleration has no field kye'],
  ['pod.status.phase == "Running"', '1:5: Pod has no field status'],
  ['pod.__proto__ == pod', '1:5: Pod has no field __proto__'],
  ['pod.constructor == pod', '1:5: Pod has no field constructor'],
  ["pod['spec'].hostUsers", '1:4: no such overload: Pod[string]'],
  ["pod[?'spec'].?hostUsers.orValue(true)", '1:4: no such overload: Pod[string]'],
  ['pod.spec.priority + 1.0 == 2.0', '1:19: no such overload: int + double (convert one of them, as in double(1))'],
  ["pod.spec.hostUsers == 'true'", '1:20: no such overload: bool == string'],
  ["'a' && true", '1:1: what stands beside && is true or false, found string'],
  ['pod.spec.hostUsers.orValue(true)', '1:20: no such overload: bool.orValue(bool) (expected optional<A>.orValue(A))'],
  [
    "pod.spec.?runtimeClassName.orValue(1) == 'a'",
    '1:28: no such overload: optional<string>.orValue(int) (expected optional<A>.orValue(A))',
  ],
  ["pod.spec.runtimeClassName.matches('^(a')", '1:35: not a regular expression of RE2: missing closing ): `^(a`'],
  ["cel.bind(x, 'a', x == 'a')", '1:1: cel.bind is not available (give the value a name under variables)'],
  ["pod.spec.nodeName.reversed() == 'a'", '1:19: reversed() is not available'],
  ['pod.spec.containers.exists(1, true)', '1:28: the variable of exists is a name, as in exists(c, …)'],
  ['pod.spec.hostUsers.exists(x, true)', '1:20: exists goes through a list or map, found bool'],
  ['pod.spec.containers.exists(c, c.name)', '1:33: the condition of exists is true or false, found string'],
  [`${'('.repeat(70)}true${')'.repeat(70)}`, '1:61: nested too deeply (expected at most 60 levels)'],
  [`[${'1,'.repeat(2000)}] == []`, '1:4001: too long (expected at most 4000 names, values and operators)'],
  [`'${'a'.repeat(10_000)}' == ''`, '1:1: too long (expected at most 10000 characters)'],
];

test.each(REFUSED)('the condition %s is refused: %s', (expression, says) => {
  expect(refusal(expression)).toBe(says);
});

test('a word that is not known comes with those that are', () => {
  const fields = compileCondition('has(pod.spec.runtimeClasName)');
  expect(fields.ok ? undefined : fields.unknown).toEqual({
    word: 'runtimeClasName',
    known: Object.keys(kubernetesTypes().PodSpec ?? {}),
  });
  const variables = compileCondition('pods.spec.hostUsers');
  expect(variables.ok ? undefined : variables.unknown).toEqual({ word: 'pods', known: ['pod', 'namespaceObject'] });
  const methods = compileCondition("pod.spec.nodeName.startWith('a')");
  expect(methods.ok ? [] : methods.unknown?.known).toContain('startsWith');
});

describe('no answer is an error, never an exception', () => {
  test.each([
    ["pod.spec.nodeSelector['nope'] == 'a'", 'no such key: nope (ask has(…) before, or .?field.orValue(…))'],
    ["pod.spec.schedulerName == 'a'", 'no such key: schedulerName (ask has(…) before, or .?field.orValue(…))'],
    ["pod.spec.tolerations.exists(t, t.key == 'nope')", 'no such key: key (ask has(…) before, or .?field.orValue(…))'],
    ["int(pod.metadata.labels['app']) > 4", 'the text is not of the form of int'],
  ])('the answer of %s is the error "%s"', (expression, error) => {
    expect(ask(expression)).toEqual({ error });
  });

  test.each([
    { runtimeClassName: 7 },
    { runtimeClassName: ['gvisor'] },
    { runtimeClassName: { startsWith: 'gvisor' } },
    { runtimeClassName: true },
  ])('a field of another type than Kubernetes gives it: %j', (spec) => {
    const answer = ask("pod.spec.runtimeClassName == 'gvisor'", { spec });
    expect(errorOf(answer)).toMatch(/^expected string, found /);
  });

  test('what an error says is short and on one line', () => {
    const labels = { a: `x\n\u202e${'y'.repeat(5000)}` };
    const answer = ask("double(pod.metadata.labels['a']) > 1.0", { metadata: { labels } });
    expect(errorOf(answer)).toMatch(/^[ -~…]{1,160}$/);
  });

  test('any pod at all', () => {
    const conditions = TRUE.map(compiled);
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (metadata, spec) => {
        const input: ConditionInput = { pod: { metadata, spec }, namespace: NAMESPACE };
        for (const condition of conditions) {
          const answer = condition.evaluate(input);
          expect(typeof answer === 'boolean' || typeof answer.error === 'string').toBe(true);
        }
      }),
      { numRuns: randomCases(300) },
    );
  });

  test('any text at all as an expression', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const result = compileCondition(text);
        expect(result.ok || (result.message !== '' && result.line > 0 && result.column > 0)).toBe(true);
      }),
    );
    const words = fc.constantFrom(
      'pod',
      '.spec',
      '.?spec',
      "['a']",
      "[?'a']",
      '.exists(',
      'c',
      ',',
      ')',
      '(',
      '!',
      '&&',
      "'a'",
      '1',
      '{',
      '}',
      'has(',
      '?',
      ':',
      '[',
      ']',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 20 }), (parts) => {
        const result = compileCondition(parts.join(''));
        if (result.ok) result.condition.evaluate({ pod: POD, namespace: NAMESPACE });
      }),
      { numRuns: randomCases(1000) },
    );
  });
});

test('evaluating changes nothing, and gives the same answer the second time', () => {
  const before = JSON.stringify(POD);
  for (const expression of TRUE) {
    const condition = compiled(expression);
    expect(condition.evaluate({ pod: POD, namespace: NAMESPACE })).toBe(true);
    expect(condition.evaluate({ pod: {}, namespace: { name: '', labels: {} } })).not.toBeUndefined();
    expect(condition.evaluate({ pod: POD, namespace: NAMESPACE })).toBe(true);
  }
  expect(JSON.stringify(POD)).toBe(before);
});

/** Whoever writes into a frozen object throws. */
test('evaluating writes into nothing', () => {
  deepFreeze(POD);
  for (const expression of TRUE) expect(ask(expression)).toBe(true);
});

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
}

test('keys that JavaScript gives a meaning stand for nothing else', () => {
  const spec = parsed('{"__proto__": {"runtimeClassName": "gvisor"}, "constructor": "x"}');
  const pod = { metadata: parsed('{"labels": {"__proto__": {"app": "tools"}}}'), spec };
  expect(ask('has(pod.spec.runtimeClassName)', pod)).toBe(false);
  expect(ask("pod.spec.?runtimeClassName.orValue('none')  == 'none'", pod)).toBe(true);
  expect(ask("'app' in pod.metadata.labels", pod)).toBe(false);
  expect(ask("pod.metadata.labels[?'app'].orValue('none') == 'none'", pod)).toBe(true);
  // Deeper down they end the evaluation.
  const tolerations = [parsed('{"constructor": "x", "key": "a"}')];
  expect(errorOf(ask("pod.spec.tolerations.exists(t, t.key == 'a')", { spec: { tolerations } }))).toMatch(/./);
});

/** JSON as it arrives: `__proto__` is an ordinary key in it. */
function parsed(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return value;
}

describe('what a tenant can make it cost', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => ({ name: `c${index}`, image: `example.com/${index}` }));

  /** Twenty thousand containers twice over would be 400 million rounds: minutes. */
  test('a loop over everything a pod can hold ends', () => {
    const pod = { spec: { containers: many } };
    expect(ask("pod.spec.containers.all(c, c.image.contains('example') && c.name != 'nope')", pod)).toBe(true);
    expect(ask("['x', 'y'].exists(p, pod.spec.containers.exists(c, c.image.contains(p)))", pod)).toBe(true);
  });

  test('text of the size of a request', () => {
    const pod = { metadata: { annotations: { a: 'a'.repeat(3_000_000) } } };
    expect(ask("pod.metadata.annotations['a'].lowerAscii().contains('b')", pod)).toBe(false);
  });

  test('lists in lists in lists, deeper than the stack', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const pod = { spec: { tolerations: [{ key: deep }], containers: [{ args: deep, command: [deep] }] } };
    expect(ask("pod.spec.tolerations.exists(t, t.key == 'a')", pod)).toEqual({
      error: 'expected string, found list',
    });
    expect(ask("pod.spec.containers.exists(c, 'a' in c.args)", pod)).toBe(false);
    let other: unknown = 'x';
    for (let level = 0; level < 100_000; level++) other = [other];
    const same = { spec: { containers: [{ args: deep, command: other }] } };
    expect(ask('pod.spec.containers.exists(c, c.args == c.command)', same)).toEqual({
      error: 'lists and maps are nested too deeply to be compared',
    });
  });
});
