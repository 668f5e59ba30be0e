// A tenant who wants more than a share.
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { objectOf, recordedReview } from '../support/reviews.ts';
import { inEveryKind, judged, podOf, problemsOf, sandboxOf, through } from './through.ts';

const SPEC = `resources:
  required: [limits.cpu, limits.memory, requests.cpu]
  max: { limits.cpu: 4, limits.memory: 8Gi, requests.cpu: 2 }
  allowedExtended: []
  claims: Deny`;
const gate = gateOf(policyYaml('p', SPEC));
const FINE = { limits: { cpu: '1', memory: '1Gi' } };

function withResources(resources: unknown): readonly object[] {
  return [{ name: 'a', image: 'a', resources }];
}

const attempts: readonly (readonly [string, unknown, readonly string[]])[] = [
  ['more memory', { limits: { cpu: 1, memory: '16Gi' } }, ['maxResources: limits.memory']],
  ['more memory in other words', { limits: { cpu: 1, memory: '9e9' } }, ['maxResources: limits.memory']],
  ['more memory by a number', { limits: { cpu: 1, memory: 8589934593 } }, ['maxResources: limits.memory']],
  ['no limit of memory', { limits: { cpu: 1 } }, ['requiredResources: limits.memory', 'maxResources: limits.memory']],
  [
    'a limit of zero, which is none',
    { limits: { cpu: 1, memory: '0' } },
    ['requiredResources: limits.memory', 'maxResources: limits.memory'],
  ],
  [
    'a limit of null, which is zero',
    { limits: { cpu: 1, memory: null } },
    ['requiredResources: limits.memory', 'maxResources: limits.memory'],
  ],
  [
    'a limit below zero',
    { limits: { cpu: 1, memory: '-1Gi' } },
    ['requiredResources: limits.memory', 'maxResources: limits.memory'],
  ],
  [
    'a limit under another name of the resource',
    { limits: { cpu: 1, Memory: '1Gi' } },
    ['requiredResources: limits.memory', 'maxResources: limits.memory', 'allowedExtended: limits.Memory'],
  ],
  [
    'a request above the maximum, by way of the limit',
    { limits: { cpu: 4, memory: '1Gi' } },
    ['maxResources: limits.cpu'],
  ],
  ['a device', { limits: { cpu: 1, memory: '1Gi', 'nvidia.com/gpu': 1 } }, ['allowedExtended: limits[nvidia.com/gpu]']],
  ['a claim', { ...FINE, claims: [{ name: 'gpu' }] }, ['resourceClaims: claims[0]']],
];

describe('a tenant asks for', () => {
  const lists = ['initContainers', 'containers'] as const;
  const cases = attempts.flatMap(([name, resources, denied]) =>
    lists.map((list) => [name, list, resources, denied] as const),
  );

  test.each(cases)('%s in %s of a pod and is refused', (_, list, resources, denied) => {
    const spec = { containers: withResources(FINE), [list]: withResources(resources) };
    const found = through(podOf(spec), gate).denied;
    expect(found).toEqual(denied.map((one) => one.replace(': ', `: spec.${list}[0].resources.`)));
  });

  test.each(cases)('%s in %s of a Sandbox and is refused', (_, list, resources, denied) => {
    const spec = { containers: withResources(FINE), [list]: withResources(resources) };
    const found = through(sandboxOf({ spec }), gate).denied;
    expect(found).toEqual(denied.map((one) => one.replace(': ', `: spec.podTemplate.spec.${list}[0].resources.`)));
  });

  test('more for an ephemeral container of a template and is refused', () => {
    const ephemeralContainers = withResources({ limits: { memory: '64Gi', 'nvidia.com/gpu': 1 } });
    expect(through(sandboxOf({ spec: { containers: withResources(FINE), ephemeralContainers } }), gate).denied).toEqual(
      [
        'maxResources: spec.podTemplate.spec.ephemeralContainers[0].resources.limits.memory',
        'allowedExtended: spec.podTemplate.spec.ephemeralContainers[0].resources.limits[nvidia.com/gpu]',
      ],
    );
  });

  test('more for the pod as a whole and is refused, whatever its containers have', () => {
    const spec = { resources: { limits: { memory: '64Gi' }, requests: { cpu: '3' } }, containers: withResources(FINE) };
    expect(through(podOf(spec), gate).denied).toEqual([
      'maxResources: spec.resources.limits.memory',
      'maxResources: spec.resources.requests.cpu',
    ]);
  });
});

test('an ephemeral container is let into a pod, without resources, which it cannot have', () => {
  const oldObject = podOf({ containers: withResources(FINE) });
  const object = podOf({ containers: withResources(FINE), ephemeralContainers: [{ name: 'e', image: 'e' }] });
  const update = { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject };
  expect(through(object, gate, update).denied).toEqual([]);
});

describe('resizing a pod that runs', () => {
  const oldObject = podOf({ containers: withResources(FINE) });
  const resize = { operation: 'UPDATE', subresource: 'resize', oldObject };

  test('is refused where the container gets more than is allowed', () => {
    const larger = podOf({ containers: withResources({ limits: { cpu: '1', memory: '64Gi' } }) });
    expect(judged(larger, gate, resize).denied).toEqual(['maxResources: spec.containers[0].resources.limits.memory']);
  });

  test('is refused where the pod as a whole gets more', () => {
    const larger = podOf({ resources: { limits: { cpu: '64' } }, containers: withResources(FINE) });
    expect(judged(larger, gate, resize).denied).toEqual(['maxResources: spec.resources.limits.cpu']);
  });

  test('is let in within the maximum, and leaves what was too much before as a warning', () => {
    const more = podOf({ containers: withResources({ limits: { cpu: '2', memory: '8Gi' } }) });
    expect(judged(more, gate, resize).denied).toEqual([]);
    const before = podOf({ containers: withResources({ limits: { cpu: '1', memory: '64Gi' } }) });
    const after = podOf({ containers: withResources({ limits: { cpu: '2', memory: '64Gi' } }) });
    const { denied, warned } = judged(after, gate, { ...resize, oldObject: before });
    expect(denied).toEqual([]);
    expect(warned).toEqual(['maxResources: spec.containers[0].resources.limits.memory']);
  });
});

describe('every kind is held to it', () => {
  const enforced = { ...gate, enforcement: () => 'Enforce' as const };
  const kinds = inEveryKind({
    spec: { containers: withResources({ limits: { cpu: 64, memory: '1Gi' }, requests: { cpu: 1 } }) },
  });

  test.each(kinds)('a %s with too large a container', (_, object, prefix) => {
    expect(through(object, enforced).denied).toEqual([
      `maxResources: ${prefix}spec.containers[0].resources.limits.cpu`,
    ]);
  });
});

describe('what is filled in', () => {
  const filling = gateOf(
    policyYaml(
      'p',
      `${SPEC}\n  defaults: { requests: { cpu: 100m, memory: 128Mi }, limits: { cpu: 1, memory: 1Gi, ephemeral-storage: 2Gi } }`,
    ),
  );

  test('makes a pod that says nothing one that is let in, and a recorded one', () => {
    expect(through(podOf({ containers: [{ name: 'a' }] }), filling).verdict).toBe('allowed');
    const pod = objectOf(recordedReview('pod-create-mutate'));
    if (!isJsonObject(pod)) throw new Error('expected a pod');
    const { verdict, object } = through(pod, filling);
    expect(verdict).toBe('allowed');
    // What the API server has filled in from the limits stays.
    expect(object).toHaveProperty('spec.containers.0.resources.requests', { cpu: '1', memory: '512Mi' });
  });

  test('leaves a request above the default limit, which is then refused for its missing limit', () => {
    const { denied } = through(podOf({ containers: withResources({ requests: { memory: '4Gi' } }) }), filling);
    expect(denied).toEqual([
      'requiredResources: spec.containers[0].resources.limits.memory',
      'maxResources: spec.containers[0].resources.limits.memory',
    ]);
  });

  test('leaves the containers of a class as the class has them, and judges the others', () => {
    const granting = gateOf([
      DOCKER_CLASS,
      policyYaml(
        'p',
        `resources: { required: [limits.cpu], max: { limits.memory: 1Gi }, defaults: { limits: { cpu: 1, memory: 512Mi } } }\ncapabilities: [{ name: docker, implementation: rootless }]`,
      ),
    ]);
    const asks = { name: 'web', annotations: { 'sandgate.dev/capabilities': 'docker' } };
    const { verdict, object } = through(podOf({ containers: [{ name: 'app' }] }, asks), granting);
    expect(verdict).toBe('allowed');
    expect(object).toHaveProperty('spec.initContainers.1.resources.limits', { memory: '2Gi' });
    const spec: JsonObject = isJsonObject(object.spec) ? object.spec : {};
    const plain = judged({ ...object, metadata: { name: 'web' }, spec }, granting);
    expect(plain.denied).toContain('maxResources: spec.initContainers[1].resources.limits.memory');
  });
});

describe('parameters that make no sense', () => {
  test('are refused when the policy is loaded', () => {
    const refused: readonly object[] = [
      { defaults: { limits: { memory: '16Gi' } }, max: { 'limits.memory': '8Gi' } },
      { defaults: { requests: { cpu: 2 }, limits: { cpu: '1500m' } } },
      { defaults: { limits: { cpu: 0 } } },
      { defaults: { limits: { 'nvidia.com/gpu': 1 } } },
      { max: { memory: '8Gi' } },
      { max: { 'limits.memory': '8 GiB' } },
      { required: ['cpu'] },
    ];
    expect(refused.map((parameters) => problemsOf('resources', parameters).errors)).toEqual(refused.map(() => 1));
  });
});

test('quantities and names of any length are judged in linear time', () => {
  const limits = Object.fromEntries(
    Array.from({ length: 2000 }, (_, index) => [`${'a'.repeat(50)}${index}/x`, '9'.repeat(60)]),
  );
  const spec = { containers: withResources({ limits: { ...limits, memory: `${'9'.repeat(10_000)}Gi`, cpu: 1 } }) };
  const { denied } = through(sandboxOf({ spec }), gate);
  expect(denied).toHaveLength(2002);
});
