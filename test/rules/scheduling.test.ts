// A tenant who wants onto other nodes, or before other pods.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { isJsonObject } from '../../src/model/json.ts';
import { clusterWith } from '../../src/rules/example-facts.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { objectOf, recordedReview } from '../support/reviews.ts';
import { inEveryKind, judged, listOf, podOf, problemsOf, sandboxOf, through } from './through.ts';

const CONTAINERS = [{ name: 'a', image: 'a' }];
const SPEC = `scheduling:
  addNodeSelector: { pool: agents }
  requiredNodeSelector: { pool: agents }
  addTolerations: [{ key: dedicated, operator: Equal, value: agents, effect: NoSchedule }]
  allowedTolerations: []
  nodeName: Deny
  allowedSchedulers: [default-scheduler]
  defaultPriorityClass: batch
  allowedPriorityClasses: [batch]`;
const gate = gateOf(policyYaml('p', SPEC));

function recordedPod(): JsonObject {
  const pod = objectOf(recordedReview('pod-create-mutate'));
  if (!isJsonObject(pod)) throw new Error('expected a pod');
  return pod;
}

describe('a pod as the API server sends it', () => {
  test('is completed and let in; what was computed without the class is taken out', () => {
    const { verdict, object, warnings } = through(recordedPod(), gate);
    expect(verdict).toBe('allowed');
    expect(warnings).toEqual([]);
    expect(object.spec).toMatchObject({ nodeSelector: { pool: 'agents' }, priorityClassName: 'batch' });
    expect(object.spec).not.toHaveProperty('priority');
    expect(object.spec).not.toHaveProperty('preemptionPolicy');
  });

  test('is let in with the priority of its class, which the API server computes afterwards', () => {
    const { object } = through(recordedPod(), gate);
    const spec = isJsonObject(object.spec) ? object.spec : {};
    const stored = { ...object, spec: { ...spec, priority: -100, preemptionPolicy: 'Never' } };
    expect(judged(stored, gate).verdict).toBe('allowed');
  });

  test('is one finding where the mutating webhook missed it', () => {
    const { denied, says } = judged(recordedPod(), gate);
    expect(new Set(denied.map((one) => one.split(':')[0]))).toEqual(new Set(['filledIn']));
    expect(says[0]).not.toContain('not removed');
  });
});

const attempts: readonly (readonly [string, object, string])[] = [
  ['another pool', { nodeSelector: { pool: 'system' } }, 'requiredNodeSelector: spec.nodeSelector.pool'],
  ['a pool that differs in case', { nodeSelector: { pool: 'AGENTS' } }, 'requiredNodeSelector: spec.nodeSelector.pool'],
  ['every taint', { tolerations: [{ operator: 'Exists' }] }, 'allowedTolerations: spec.tolerations[0]'],
  [
    'every taint by an empty key',
    { tolerations: [{ key: '', operator: 'Exists' }] },
    'allowedTolerations: spec.tolerations[0]',
  ],
  [
    'every taint by a null key',
    { tolerations: [{ key: null, operator: 'Exists' }] },
    'allowedTolerations: spec.tolerations[0]',
  ],
  [
    'every value of the added taint',
    { tolerations: [{ key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }] },
    'allowedTolerations: spec.tolerations[0]',
  ],
  [
    'every effect of the added taint',
    { tolerations: [{ key: 'dedicated', value: 'agents' }] },
    'allowedTolerations: spec.tolerations[0]',
  ],
  [
    'a control plane node',
    { tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }] },
    'allowedTolerations: spec.tolerations[0]',
  ],
  [
    'a taint like a device that the pod does not ask for',
    { tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }] },
    'allowedTolerations: spec.tolerations[0]',
  ],
  [
    'what a DaemonSet would have',
    { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }] },
    'allowedTolerations: spec.tolerations[0]',
  ],
  ['a node by its name', { nodeName: 'control-plane-1' }, 'nodeName: spec.nodeName'],
  ['another scheduler', { schedulerName: 'mine' }, 'allowedSchedulers: spec.schedulerName'],
  [
    'a higher priority',
    { priorityClassName: 'system-node-critical' },
    'allowedPriorityClasses: spec.priorityClassName',
  ],
  [
    'a class that contains the allowed one',
    { priorityClassName: 'batch-x' },
    'allowedPriorityClasses: spec.priorityClassName',
  ],
];

describe('a tenant asks for', () => {
  test.each(attempts)('%s in a pod and is refused', (_, fields, denied) => {
    expect(through(podOf({ ...fields, containers: CONTAINERS }), gate).denied).toEqual([denied]);
  });

  test.each(attempts)('%s in a Sandbox and is refused', (_, fields, denied) => {
    const { denied: found } = through(sandboxOf({ spec: { ...fields, containers: CONTAINERS } }), gate);
    expect(found).toEqual([denied.replace(': spec.', ': spec.podTemplate.spec.')]);
  });

  test.each(attempts)('%s in an update of a Sandbox and is refused', (_, fields, denied) => {
    const oldObject = through(sandboxOf({ spec: { containers: CONTAINERS } }), gate).object;
    const after = sandboxOf({ spec: { ...fields, containers: CONTAINERS } });
    const { denied: found } = through(after, gate, { operation: 'UPDATE', oldObject });
    expect(found).toEqual([denied.replace(': spec.', ': spec.podTemplate.spec.')]);
  });
});

describe('every kind is held to it', () => {
  const enforced = { ...gate, enforcement: () => 'Enforce' as const };
  const kinds = inEveryKind({
    spec: { containers: CONTAINERS, nodeName: 'n', tolerations: [{ operator: 'Exists' }], schedulerName: 'x' },
  });

  test.each(kinds)('a %s with node, taints and scheduler of its own', (_, object, prefix) => {
    expect(through(object, enforced).denied).toEqual([
      `allowedTolerations: ${prefix}spec.tolerations[0]`,
      `nodeName: ${prefix}spec.nodeName`,
      `allowedSchedulers: ${prefix}spec.schedulerName`,
    ]);
  });
});

describe('a pod that runs', () => {
  const running = (() => {
    const { object } = through(podOf({ containers: CONTAINERS }), gate);
    const spec: JsonObject = isJsonObject(object.spec) ? object.spec : {};
    return { ...object, spec: { ...spec, nodeName: 'node-1', tolerations: listOf(spec.tolerations) } };
  })();

  test('is bound to a node, and its labels can be written', () => {
    const labelled = { ...running, metadata: { name: 'web', labels: { a: 'b' } } };
    const { verdict, warned } = through(labelled, gate, { operation: 'UPDATE', oldObject: running });
    expect(verdict).toBe('allowed');
    expect(warned).toEqual([]);
  });

  test('is not given a toleration of every taint afterwards', () => {
    const tolerations = [...listOf(running.spec.tolerations), { operator: 'Exists' }];
    const after = { ...running, spec: { ...running.spec, tolerations } };
    const { denied } = through(after, gate, { operation: 'UPDATE', oldObject: running });
    expect(denied).toEqual(['allowedTolerations: spec.tolerations[1]']);
  });

  test('that named its node at its creation is judged then', () => {
    expect(through(running, gate).denied).toEqual(['nodeName: spec.nodeName']);
  });
});

describe('what comes from Kubernetes itself', () => {
  test('is let in for the controller of DaemonSets, and for nobody who looks like it', () => {
    const daemonPod = podOf({
      containers: CONTAINERS,
      tolerations: ['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map((key) => ({
        key: `node.kubernetes.io/${key}`,
        operator: 'Exists',
        effect: 'NoSchedule',
      })),
    });
    const controller = 'system:serviceaccount:kube-system:daemon-set-controller';
    expect(through(daemonPod, gate, { user: { username: controller, groups: [] } }).verdict).toBe('allowed');
    const alike = 'system:serviceaccount:tenant:daemon-set-controller';
    expect(through(daemonPod, gate, { user: { username: alike, groups: [] } }).denied).toHaveLength(3);
  });

  test('is let in where a device is asked for', () => {
    const tolerations = [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }];
    const containers = [{ name: 'a', resources: { limits: { 'nvidia.com/gpu': 1 } } }];
    expect(through(podOf({ containers, tolerations }), gate).verdict).toBe('allowed');
    const none = [{ name: 'a', resources: { limits: { 'nvidia.com/gpu': '0' } } }];
    expect(through(podOf({ containers: none, tolerations }), gate).verdict).toBe('denied');
  });

  test('is let in for a RuntimeClass that is known, and judged for one that is not', () => {
    const tolerations = [{ key: 'sandbox', operator: 'Exists', effect: 'NoSchedule' }];
    const pod = podOf({ containers: CONTAINERS, runtimeClassName: 'gvisor', tolerations });
    const knowing = {
      ...gate,
      surroundings: { ...gate.surroundings, cluster: clusterWith({ name: 'gvisor', tolerations }) },
    };
    expect(through(pod, knowing).verdict).toBe('allowed');
    expect(through(pod, gate).denied).toEqual(['allowedTolerations: spec.tolerations[0]']);
  });
});

test('a toleration that a RuntimeClass makes wider is not missed afterwards', () => {
  const wider = [{ key: 'dedicated', operator: 'Exists' }];
  const adding = gateOf(
    policyYaml('p', 'scheduling: { addTolerations: [{ key: dedicated, value: agents, effect: NoSchedule }] }'),
  );
  expect(judged(podOf({ containers: CONTAINERS, tolerations: wider }), adding).verdict).toBe('allowed');
});

test('a class that is granted may bring tolerations of its own, and ask for the nodes that are required', () => {
  const granting = gateOf([
    DOCKER_CLASS.replace(
      '          hostUsers: false\n',
      '          hostUsers: false\n          nodeSelector: { pool: agents }\n          tolerations: [{ key: docker, operator: Exists }]\n',
    ),
    policyYaml(
      'p',
      'scheduling: { requiredNodeSelector: { pool: agents }, allowedTolerations: [] }\ncapabilities: [{ name: docker, implementation: rootless }]',
    ),
  ]);
  const asks = { name: 'web', annotations: { 'sandgate.dev/capabilities': 'docker' } };
  const { verdict, object, denied } = through(podOf({ containers: CONTAINERS }, asks), granting);
  expect(denied).toEqual([]);
  expect(verdict).toBe('allowed');
  // The same toleration without the class is judged.
  expect(judged({ ...object, metadata: { name: 'web' } }, granting).denied).toEqual(
    expect.arrayContaining(['allowedTolerations: spec.tolerations[0]']),
  );
});

describe('parameters that make no sense', () => {
  test('are refused when the policy is loaded', () => {
    const refused: readonly object[] = [
      { defaultPriorityClass: 'batch', allowedPriorityClasses: ['urgent'] },
      { addNodeSelector: { pool: 'a' }, requiredNodeSelector: { pool: 'b' } },
      { addTolerations: [{ effect: 'NoSchedule' }] },
      { addTolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] },
      { addTolerations: [{ key: 'a', effect: 'NoSchedule', tolerationSeconds: 3 }] },
      { allowedSchedulers: ['a/b'] },
    ];
    expect(refused.map((parameters) => problemsOf('scheduling', parameters).errors)).toEqual(refused.map(() => 1));
  });

  test('an added toleration needs no row of its own', () => {
    const parameters = { addTolerations: [{ key: 'a', operator: 'Exists' }], allowedTolerations: [] };
    expect(problemsOf('scheduling', parameters)).toEqual({ errors: 0, warnings: [] });
  });
});

describe('tolerations that pods must have', () => {
  const GVISOR = { key: 'sandbox.gke.io/runtime', operator: 'Equal', value: 'gvisor', effect: 'NoSchedule' };
  const REQUIRED = `requiredTolerations: [${JSON.stringify(GVISOR)}]`;
  const requiring = gateOf(policyYaml('p', `scheduling: { ${REQUIRED}, allowedTolerations: [] }`));

  test('are asked for in every kind, and nothing is filled in', () => {
    for (const [kind, object] of inEveryKind({ spec: { containers: CONTAINERS } })) {
      const { denied, warned, object: after } = through(object, requiring);
      expect(
        [...denied, ...warned].map((one) => one.split(':')[0]),
        kind,
      ).toEqual(['requiredTolerations']);
      expect(after).toEqual(object);
    }
  });

  test('are allowed without a row of their own', () => {
    expect(judged(podOf({ containers: CONTAINERS, tolerations: [GVISOR] }), requiring).verdict).toBe('allowed');
  });

  test('a toleration of every taint meets them, and is refused for what else it tolerates', () => {
    const { denied } = judged(podOf({ containers: CONTAINERS, tolerations: [{ operator: 'Exists' }] }), requiring);
    expect(denied).toEqual(['allowedTolerations: spec.tolerations[0]']);
  });

  test('are met by what the same policy adds', () => {
    const adding = gateOf(
      policyYaml(
        'p',
        `scheduling: { ${REQUIRED}, addTolerations: [${JSON.stringify(GVISOR)}], allowedTolerations: [] }`,
      ),
    );
    expect(through(podOf({ containers: CONTAINERS }), adding).verdict).toBe('allowed');
  });

  test('that Kubernetes would refuse are mistakes of a policy, as those that are added', () => {
    for (const key of ['requiredTolerations', 'addTolerations']) {
      const bad = { [key]: [{ operator: 'Exists', value: 'a' }, {}, { key: 'a', tolerationSeconds: 5 }] };
      expect(problemsOf('scheduling', bad).errors, key).toBe(3);
    }
  });
});
