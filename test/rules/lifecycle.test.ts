// Lifecycles through the whole engine: every kind, updates, Jobs and CronJobs, classes, several policies.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { type Decided, decide, decideUpdate, gateOfSpec, inEveryKind, offline } from '../support/decide.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { accepted, boundRule } from './bound.ts';

const GATE = gateOfSpec(`
lifecycle:
  allowedRestartPolicies: [Never]
  activeDeadlineSeconds: { default: 3600, max: 86400 }
  terminationGracePeriodSeconds: { max: 60 }
`);
const JOBS = gateOfSpec('lifecycle: { ttlSecondsAfterFinished: { default: 600, max: 3600 } }');
const MOST = gateOfSpec('lifecycle: { ttlSecondsAfterFinished: { max: 3600 } }');

function pod(spec: JsonObject = {}): JsonObject {
  const containers = [{ name: 'a', image: 'app' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { restartPolicy: 'Never', containers, ...spec },
  };
}

function job(fields: JsonObject = {}, labels: JsonObject = {}): JsonObject {
  const template = { spec: pod().spec };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', labels }, spec: { template, ...fields } };
}

function cronJob(fields: JsonObject = {}): JsonObject {
  const jobTemplate = { spec: { template: { spec: pod().spec }, ...fields } };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'c' },
    spec: { schedule: '@daily', jobTemplate },
  };
}

function sandbox(spec: JsonObject, labels: JsonObject = {}): JsonObject {
  const podTemplate = { spec: pod(spec).spec };
  return {
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 's', labels },
    spec: { podTemplate },
  };
}

/** What comes of a long period of grace under two policies that lower it. */
function two(low: number, high: number): Decided {
  const gate = gateOf([
    policyYaml('high', `priority: 9\nlifecycle: { terminationGracePeriodSeconds: { max: ${high}, override: true } }`),
    policyYaml('low', `lifecycle: { terminationGracePeriodSeconds: { max: ${low}, override: true } }`),
  ]);
  return decide(gate, pod({ terminationGracePeriodSeconds: 600 }));
}

const ATTEMPTS: readonly (readonly [string, JsonObject])[] = [
  ['no restart policy, which is Always', { restartPolicy: null }],
  ['an empty restart policy, which is Always', { restartPolicy: '' }],
  ['a container that restarts', { containers: [{ name: 'a', restartPolicy: 'Always' }] }],
  ['a native sidecar', { initContainers: [{ name: 's', restartPolicy: 'Always' }] }],
  ['a rule that restarts', { containers: [{ name: 'a', restartPolicyRules: [{ action: 'Restart' }] }] }],
  ['a deadline that is too late', { activeDeadlineSeconds: 86401 }],
  ['a long period of grace', { terminationGracePeriodSeconds: 61 }],
  [
    'a long period of grace of a probe',
    { containers: [{ name: 'a', livenessProbe: { terminationGracePeriodSeconds: 61 } }] },
  ],
];

describe.each(ATTEMPTS)('the attempt with %s', (_, spec) => {
  test('is refused in every kind', () => {
    for (const [kind, object] of inEveryKind(pod(spec)))
      expect(decide(offline(GATE), object).verdict, kind).toBe('denied');
  });

  test('is refused as an update, but not where it was so before', () => {
    const stored = decide(GATE, sandbox({})).filled;
    expect(decideUpdate(GATE, stored, sandbox(spec)).verdict).toBe('denied');
    expect(decideUpdate(GATE, sandbox(spec), sandbox(spec, { a: 'b' })).verdict).toBe('allowed');
  });
});

test('a pod that says nothing gets a deadline, and is allowed in every kind', () => {
  expect(decide(GATE, pod()).filled).toMatchObject({ spec: { activeDeadlineSeconds: 3600 } });
  for (const [kind, object] of inEveryKind(pod())) expect(decide(offline(GATE), object).said, kind).toEqual([]);
});

test('the sidecar of a class is not judged, and its probes stay as they are', () => {
  const gate = gateOfSpec(
    `
lifecycle: { allowedRestartPolicies: [Never], terminationGracePeriodSeconds: { max: 5, override: true } }
capabilities: [{ name: docker, assign: Always }]`,
    DOCKER_CLASS,
  );
  const { said, filled, warnings } = decide(gate, pod({ terminationGracePeriodSeconds: 600 }));
  expect(said).toEqual([]);
  expect(filled).toMatchObject({ spec: { terminationGracePeriodSeconds: 5 } });
  expect(warnings).toEqual(['policy "p": terminationGracePeriodSeconds is 5 instead of 600']);
});

test('of two policies that lower the period the one of higher priority does, and both judge the result', () => {
  expect(two(60, 20)).toMatchObject({ verdict: 'allowed', filled: { spec: { terminationGracePeriodSeconds: 20 } } });
  expect(two(40, 50)).toMatchObject({ verdict: 'denied', filled: { spec: { terminationGracePeriodSeconds: 50 } } });
});

describe('a Job', () => {
  test('is given a time to live where it is created, as a CronJob is, and nothing else', () => {
    expect(decide(JOBS, job())).toMatchObject({ verdict: 'allowed', filled: job({ ttlSecondsAfterFinished: 600 }) });
    expect(decide(JOBS, cronJob())).toMatchObject({
      verdict: 'allowed',
      filled: cronJob({ ttlSecondsAfterFinished: 600 }),
    });
    expect(decide(JOBS, job({ ttlSecondsAfterFinished: 0 })).filled).toEqual(job({ ttlSecondsAfterFinished: 0 }));
  });

  test.each([3601, -1, null])(
    'that says %s is refused itself, although Jobs are otherwise only warned about',
    (ttl) => {
      for (const object of [job({ ttlSecondsAfterFinished: ttl }), cronJob({ ttlSecondsAfterFinished: ttl })]) {
        expect(decide(MOST, object).verdict).toBe('denied');
      }
    },
  );

  test('is refused with the path in the object', () => {
    expect(decide(MOST, job()).paths).toEqual(['ttlAfterFinished spec.ttlSecondsAfterFinished']);
    expect(decide(MOST, cronJob()).paths).toEqual(['ttlAfterFinished spec.jobTemplate.spec.ttlSecondsAfterFinished']);
    expect(decide(MOST, pod()).paths).toEqual([]);
  });

  test('that exists is not given a time to live, and can still be edited', () => {
    const { verdict, filled } = decideUpdate(JOBS, job(), job({}, { a: 'b' }));
    expect(verdict).toBe('allowed');
    expect(filled).toEqual(job({}, { a: 'b' }));
  });

  test('cannot lose its time to live, nor get a longer one, in an update of nothing else', () => {
    const stored = job({ ttlSecondsAfterFinished: 600 });
    expect(decideUpdate(JOBS, stored, job()).verdict).toBe('denied');
    expect(decideUpdate(JOBS, stored, job({ ttlSecondsAfterFinished: 3601 })).verdict).toBe('denied');
    expect(decideUpdate(JOBS, stored, job({ ttlSecondsAfterFinished: 3600 })).verdict).toBe('allowed');
    const long = job({ ttlSecondsAfterFinished: 9999 });
    expect(decideUpdate(JOBS, long, job({ ttlSecondsAfterFinished: 9999 }, { a: 'b' })).verdict).toBe('allowed');
  });

  test('is not looked at by a policy without the rule', () => {
    expect(decide(gateOfSpec('lifecycle: { allowedRestartPolicies: [Never] }'), job()).filled).toEqual(job());
  });
});

test('a policy without a part of the rule has neither checks nor fill-ins for it', () => {
  const policy = boundRule('lifecycle', { terminationGracePeriodSeconds: { max: 30 } });
  expect(policy.checks.map(({ id }) => id)).toEqual(['gracePeriod']);
  expect([...policy.fillIns, ...policy.objectFillIns]).toEqual([]);
});

test.each([
  [{ activeDeadlineSeconds: { default: 61, max: 60 } }],
  [{ activeDeadlineSeconds: { max: 0 } }],
  [{ ttlSecondsAfterFinished: { default: 61, max: 60 } }],
  [{ terminationGracePeriodSeconds: { override: true } }],
  [{ allowedRestartPolicies: ['never'] }],
])('the parameters %j are refused', (parameters) => {
  expect(accepted('lifecycle', parameters)).toBeUndefined();
});
