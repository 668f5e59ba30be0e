// A tenant who wants out of the sandbox, and a policy that puts pods into it.
import { describe, expect, test } from 'vitest';
import { nodeOf } from '../../src/kubernetes/node.ts';
import { runtimeClassOf } from '../../src/kubernetes/runtime-class.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { type ClusterFacts, RuntimeFacts } from '../../src/rules/cluster-facts.ts';
import { clusterWith } from '../../src/rules/example-facts.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { objectOf, recordedReview } from '../support/reviews.ts';
import { inEveryKind, judged, podOf, problemsOf, sandboxOf, through } from './through.ts';

const CONTAINERS = [{ name: 'a', image: 'a' }];
const gate = gateOf(policyYaml('p', 'runtime: { default: gvisor, allowed: [gvisor, "kata-*"] }'));
const overriding = gateOf(policyYaml('p', 'runtime: { default: gvisor, override: true }'));

function knowing(spec: string, cluster: ClusterFacts) {
  const { surroundings, ...rest } = gateOf(policyYaml('p', spec));
  return { ...rest, surroundings: { ...surroundings, cluster } };
}

const KATA = clusterWith({
  name: 'kata-qemu',
  nodeSelector: { 'katacontainers.io/kata-runtime': 'true' },
  tolerations: [{ key: 'kata', operator: 'Exists', effect: 'NoSchedule' }],
});
/** As it reaches the webhook: RuntimeClass admission has merged the class into it. */
const KATA_POD = {
  containers: CONTAINERS,
  runtimeClassName: 'kata-qemu',
  overhead: { cpu: '250m', memory: '160Mi' },
  nodeSelector: { 'katacontainers.io/kata-runtime': 'true', disk: 'ssd' },
  tolerations: [
    { key: 'mine', operator: 'Exists' },
    { key: 'kata', operator: 'Exists', effect: 'NoSchedule' },
  ],
};

const attempts: readonly (readonly [string, unknown])[] = [
  ['runc', 'runc'],
  ['a name that differs in one letter', 'gvizor'],
  ['upper case', 'GVISOR'],
  ['a name with a blank', 'gvisor '],
  ['a letter that looks alike', 'gvіsor'],
  ['a name behind the pattern', 'x-kata-qemu'],
  ['the word for no class', 'none'],
];

describe('a tenant names', () => {
  test.each(attempts)('%s in a pod and is refused', (_, runtimeClassName) => {
    const { denied } = through(podOf({ containers: CONTAINERS, runtimeClassName }), gate);
    expect(denied).toEqual(['allowedRuntimes: spec.runtimeClassName']);
  });

  test.each(attempts)('%s in a Sandbox and is refused, also in an update', (_, runtimeClassName) => {
    const sandbox = sandboxOf({ spec: { containers: CONTAINERS, runtimeClassName } });
    const oldObject = through(sandboxOf({ spec: { containers: CONTAINERS } }), gate).object;
    const path = ['allowedRuntimes: spec.podTemplate.spec.runtimeClassName'];
    expect(through(sandbox, gate).denied).toEqual(path);
    expect(through(sandbox, gate, { operation: 'UPDATE', oldObject }).denied).toEqual(path);
  });

  test.each([
    ['nothing', {}],
    ['null', { runtimeClassName: null }],
    ['the empty text', { runtimeClassName: '' }],
  ])('%s and is given the default', (_, fields) => {
    const { verdict, object } = through(podOf({ containers: CONTAINERS, ...fields }), gate);
    expect(verdict).toBe('allowed');
    expect(object).toHaveProperty('spec.runtimeClassName', 'gvisor');
  });

  test('nothing where nothing is filled in, and is refused', () => {
    const judging = gateOf(policyYaml('p', 'runtime: { allowed: [gvisor] }'));
    for (const fields of [{}, { runtimeClassName: null }, { runtimeClassName: '' }]) {
      expect(through(podOf({ containers: CONTAINERS, ...fields }), judging).verdict).toBe('denied');
    }
  });
});

describe('every kind is held to it', () => {
  const enforced = { ...gate, enforcement: () => 'Enforce' as const };

  test.each(inEveryKind({ spec: { containers: CONTAINERS, runtimeClassName: 'runc' } }))(
    'a %s with a runtime of its own',
    (_, object, prefix) => {
      expect(through(object, enforced).denied).toEqual([`allowedRuntimes: ${prefix}spec.runtimeClassName`]);
    },
  );
});

describe('a class that is replaced', () => {
  test('takes with it what the API server has merged for it, and nothing else', () => {
    const { verdict, object, warnings } = through(
      podOf(KATA_POD),
      knowing('runtime: { default: gvisor, override: true }', KATA),
    );
    expect(verdict).toBe('allowed');
    expect(object.spec).toEqual({
      containers: CONTAINERS,
      runtimeClassName: 'gvisor',
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'mine', operator: 'Exists' }],
    });
    expect(warnings).toEqual(['policy "p": runtimeClassName is "gvisor" instead of "kata-qemu"']);
  });

  test('takes its overhead with it where it is not known, and the warning says what stays', () => {
    const { object, warnings } = through(podOf(KATA_POD), overriding);
    expect(object.spec).not.toHaveProperty('overhead');
    expect(object).toHaveProperty('spec.nodeSelector', KATA_POD.nodeSelector);
    expect(warnings[0]).toContain('stays, since the class is not known here');
  });

  test('is replaced in a recorded pod', () => {
    const pod = objectOf(recordedReview('pod-runtimeclass-overhead-mutate'));
    if (!isJsonObject(pod)) throw new Error('expected a pod');
    const { object } = through(pod, overriding);
    expect(object).toHaveProperty('spec.runtimeClassName', 'gvisor');
    expect(object.spec).not.toHaveProperty('overhead');
  });

  test('is replaced by the policy of higher priority where two replace it', () => {
    const both = gateOf([
      policyYaml('first', 'priority: 10\nruntime: { default: kata-qemu, override: true }'),
      policyYaml('second', 'runtime: { default: gvisor, override: true }'),
    ]);
    const { verdict, object, warnings } = through(podOf({ containers: CONTAINERS, runtimeClassName: 'runc' }), both);
    expect(object).toHaveProperty('spec.runtimeClassName', 'kata-qemu');
    expect(warnings).toHaveLength(1);
    expect(verdict).toBe('allowed');
  });

  test('is not replaced in a pod that runs', () => {
    const oldObject = podOf(KATA_POD);
    const labelled = { ...oldObject, metadata: { name: 'web', labels: { a: 'b' } } };
    const { object, verdict } = through(labelled, overriding, { operation: 'UPDATE', oldObject });
    expect(object).toBe(labelled);
    expect(verdict).toBe('allowed');
  });

  test('is refused as missed where the mutating webhook did not replace it', () => {
    expect(judged(podOf(KATA_POD), overriding).denied).toEqual(['filledIn: spec.runtimeClassName']);
  });
});

describe('a class that a grant brings', () => {
  const SPEC = `runtime: { default: gvisor, override: true, allowed: [gvisor], minimum: { order: [none, gvisor], atLeast: gvisor } }`;
  const granting = gateOf([
    DOCKER_CLASS,
    policyYaml('p', `${SPEC}\ncapabilities: [{ name: docker, implementation: kata-qemu }]`),
  ]);
  const asks = { name: 'web', annotations: { 'sandgate.dev/capabilities': 'docker' } };

  test('goes before the default, and is neither replaced nor judged', () => {
    const { object, verdict, warnings } = through(podOf({ containers: CONTAINERS }, asks), granting);
    expect(object).toHaveProperty('spec.runtimeClassName', 'kata-qemu');
    expect(warnings).toEqual([]);
    expect(verdict).toBe('allowed');
  });

  test('is judged where the pod has it without the grant', () => {
    const { object, denied } = through(podOf({ containers: CONTAINERS, runtimeClassName: 'kata-qemu' }), granting);
    expect(object).toHaveProperty('spec.runtimeClassName', 'gvisor');
    expect(denied).toEqual([]);
    const judging = gateOf(policyYaml('p', 'runtime: { allowed: [gvisor] }'));
    expect(judged(object, judging).verdict).toBe('allowed');
  });

  test('is judged by a policy that does not list the class', () => {
    const beside = gateOf([
      DOCKER_CLASS,
      policyYaml('p', 'capabilities: [{ name: docker, implementation: kata-qemu }]'),
      policyYaml('floor', 'runtime: { allowed: [gvisor] }'),
    ]);
    expect(through(podOf({ containers: CONTAINERS }, asks), beside).verdict).toBe('denied');
  });

  test('does not let its user choose a class by asking for the grant', () => {
    const free = gateOf([DOCKER_CLASS, policyYaml('p', `${SPEC}\ncapabilities: [{ name: docker }]`)]);
    const { object } = through(podOf({ containers: CONTAINERS, runtimeClassName: 'runc' }, asks), free);
    expect(object).toHaveProperty('spec.runtimeClassName', 'gvisor');
  });
});

function objectNamed(name: string, fields: JsonObject): JsonObject {
  return { metadata: { name, ...(isJsonObject(fields.metadata) ? fields.metadata : {}) }, ...fields };
}

describe('what is known of a cluster', () => {
  const classes = new Map(
    [
      objectNamed('gvisor', { handler: 'runsc', scheduling: { nodeSelector: { sandbox: 'gvisor' } } }),
      objectNamed('kata', { handler: 'kata' }),
      objectNamed('lost', { handler: 'lost', scheduling: { nodeSelector: { sandbox: 'lost' } } }),
    ].flatMap((object) => {
      const found = runtimeClassOf(object);
      return found ? [[found.name, found] as const] : [];
    }),
  );
  const nodes = [
    { metadata: { name: 'a', labels: { sandbox: 'gvisor' } } },
    { metadata: { name: 'b', labels: { sandbox: 1 } }, status: { runtimeHandlers: [{ name: '' }, { name: 'runc' }] } },
    { metadata: {} },
  ].flatMap((object) => nodeOf(object) ?? []);
  const facts = new RuntimeFacts(
    (name) => classes.get(name) ?? 'missing',
    () => nodes,
  );
  const asking = knowing('runtime: { exists: Deny, nodes: Deny }', facts);

  test.each([
    ['gvisor', []],
    ['kata', []],
    ['lost', ['runtimeNodes: spec.runtimeClassName']],
    ['gvizor', ['runtimeExists: spec.runtimeClassName']],
    ['', []],
  ])('a pod with the class "%s" is judged by it', (runtimeClassName, denied) => {
    expect(judged(podOf({ containers: CONTAINERS, runtimeClassName }), asking).denied).toEqual(denied);
  });

  test('a node that says what it can run is believed', () => {
    const only = nodes.filter(({ name }) => name === 'b');
    const some = new RuntimeFacts(
      (name) => classes.get(name) ?? 'missing',
      () => only,
    );
    expect(some.hasNodeFor('kata')).toBe(false);
    expect(facts.hasNodeFor('kata')).toBe(true);
  });

  test('what has changed is asked again', () => {
    let known = nodes.slice(0, 0);
    const changing = new RuntimeFacts(
      (name) => classes.get(name),
      () => known,
    );
    expect(changing.hasNodeFor('kata')).toBe(false);
    known = nodes;
    expect(changing.hasNodeFor('kata')).toBe(false);
    changing.forget();
    expect(changing.hasNodeFor('kata')).toBe(true);
  });

  test('where nothing is known nothing is judged', () => {
    const blind = gateOf(policyYaml('p', 'runtime: { exists: Deny, nodes: Deny }'));
    expect(judged(podOf({ containers: CONTAINERS, runtimeClassName: 'gvizor' }), blind).verdict).toBe('allowed');
  });

  test('a pod that runs is not held to it', () => {
    const oldObject = podOf({ containers: CONTAINERS, runtimeClassName: 'gvizor' });
    const update = { operation: 'UPDATE', oldObject };
    const { verdict, warned } = judged({ ...oldObject, metadata: { name: 'web', labels: {} } }, asking, update);
    expect([verdict, warned]).toEqual(['allowed', []]);
  });
});

describe('what a sandbox cannot do', () => {
  const strict = gateOf(policyYaml('p', 'runtime: { incompatible: Deny }'));
  const warning = gateOf(policyYaml('p', 'runtime: { incompatible: Warn }'));

  test('is warned about where the policy warns', () => {
    const { verdict, warned } = judged(
      podOf({ containers: CONTAINERS, runtimeClassName: 'runsc', hostNetwork: true }),
      warning,
    );
    expect([verdict, warned]).toEqual(['allowed', ['incompatibleRuntime: spec.hostNetwork']]);
  });

  test.each(['/dev/kvm', '//dev//kvm', '/./dev/kvm', '/srv/../dev/kvm', '/dev'])(
    'is found in every spelling of a path: %s',
    (path) => {
      const spec = { containers: CONTAINERS, runtimeClassName: 'kata', volumes: [{ name: 'v', hostPath: { path } }] };
      expect(judged(podOf(spec), strict).denied).toEqual(['incompatibleRuntime: spec.volumes[0].hostPath.path']);
    },
  );

  test.each(['/devices', '/srv/dev', '/developer'])('is not found in a path that only looks like it: %s', (path) => {
    const spec = { containers: CONTAINERS, runtimeClassName: 'kata', volumes: [{ name: 'v', hostPath: { path } }] };
    expect(judged(podOf(spec), strict).verdict).toBe('allowed');
  });

  test('is found in every list of containers', () => {
    const devices = { volumeDevices: [{ name: 'd', devicePath: '/dev/x' }] };
    const spec = {
      runtimeClassName: 'gvisor',
      initContainers: [{ name: 'i', ...devices }],
      containers: [{ name: 'a', ...devices }],
      ephemeralContainers: [{ name: 'e', ...devices }],
    };
    expect(judged(sandboxOf({ spec }), strict).denied).toHaveLength(3);
  });

  test('is not asked of classes whose sandbox nobody knows', () => {
    for (const runtimeClassName of ['runc', 'katana', 'gvisors', 'sysbox-runc']) {
      const spec = { containers: CONTAINERS, runtimeClassName, hostNetwork: true };
      expect(judged(podOf(spec), strict).verdict).toBe('allowed');
    }
  });
});

describe('parameters that make no sense', () => {
  test('are refused when the policy is loaded', () => {
    const refused: readonly object[] = [
      { override: true },
      { default: 'runc', allowed: ['gvisor'] },
      { default: 'runc', minimum: { order: ['none', 'gvisor'], atLeast: 'gvisor' } },
      { minimum: { order: ['none'], atLeast: 'gvisor' } },
      { allowed: ['a/b'] },
    ];
    expect(refused.map((parameters) => problemsOf('runtime', parameters).errors)).toEqual(refused.map(() => 1));
  });

  test('are warned about where they only do nothing, or let nothing in', () => {
    expect(problemsOf('runtime', { allowed: [] }).warnings).toHaveLength(1);
    expect(problemsOf('runtime', { default: 'a', sandboxes: { kata: ['a'] } }).warnings).toHaveLength(1);
  });
});
