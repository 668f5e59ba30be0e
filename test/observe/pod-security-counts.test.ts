// Upstream's counters: its names, labels and values, after k8s.io/pod-security-admission v0.37.2, metrics/metrics_test.go.
// test/conformance compares them with what upstream's own recorder counts.
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { PodSecurityEvaluation, PodSecurityRecord } from '../../src/model/decision.ts';
import type { Subject } from '../../src/model/subject.ts';
import { PodSecurityCounts } from '../../src/observe/metrics/pod-security-counts.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { knownPolicies } from '../../src/server/telemetry/known-policies.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';
import { countedIn, seriesOf } from '../support/scrape.ts';

const POD = subjectOf({ apiVersion: 'v1', kind: 'Pod' });
const RESOURCES = [
  { subject: POD, resource: 'pod' },
  { subject: subjectOf({ apiVersion: 'apps/v1', kind: 'Deployment' }), resource: 'controller' },
  { subject: subjectOf({ apiVersion: 'batch/v1', kind: 'CronJob' }), resource: 'controller' },
  { subject: subjectOf({ apiVersion: 'agents.x-k8s.io/v1beta1', kind: 'Sandbox' }), resource: 'controller' },
  { subject: subjectOf({ apiVersion: 'example.com/v1', kind: 'Pod' }), resource: 'controller' },
];
const NAMES = ['pod_security_evaluations_total', 'pod_security_exemptions_total', 'pod_security_errors_total'] as const;

function recordOf(parts: Partial<PodSecurityRecord>): PodSecurityRecord {
  return { evaluations: [], error: undefined, exempt: false, ...parts };
}

async function counted(subject: Subject, record: PodSecurityRecord): Promise<Readonly<Record<string, number>>> {
  const registry = new Registry();
  const counts = new PodSecurityCounts(registry);
  counts.expect();
  counts.count(subject, record);
  return countedIn(await registry.metrics(), ...NAMES);
}

test('an evaluation is one of its labels', async () => {
  for (const decision of ['allow', 'deny'] as const) {
    for (const mode of ['enforce', 'audit', 'warn'] as const) {
      for (const operation of ['CREATE', 'UPDATE']) {
        for (const level of ['privileged', 'baseline', 'restricted'] as const) {
          for (const version of ['latest', 'v1.22', 'future']) {
            for (const { subject, resource } of RESOURCES) {
              const evaluation: PodSecurityEvaluation = { decision, mode, level, version };
              const record = recordOf({ evaluations: [evaluation] });
              const labels = `decision="${decision}",policy_level="${level}",policy_version="${version}",mode="${mode}"`;
              const request = `request_operation="${operation.toLowerCase()}",resource="${resource}",subresource=""`;
              expect(await counted({ ...subject, operation }, record)).toEqual({
                [`pod_security_evaluations_total{${labels},${request}}`]: 1,
              });
            }
          }
        }
      }
    }
  }
});

test('an exemption and an error are one of theirs', async () => {
  for (const operation of ['CREATE', 'UPDATE']) {
    for (const subresource of ['', 'ephemeralcontainers', 'resize']) {
      for (const { subject, resource } of RESOURCES) {
        const asked = { ...subject, operation, subresource };
        const request = `request_operation="${operation.toLowerCase()}",resource="${resource}",subresource="${subresource}"`;
        expect(await counted(asked, recordOf({ exempt: true }))).toEqual({
          [`pod_security_exemptions_total{${request}}`]: 1,
        });
        expect(await counted(asked, recordOf({ error: 'fatal' }))).toEqual({
          [`pod_security_errors_total{fatal="true",${request}}`]: 1,
        });
        expect(await counted(asked, recordOf({ error: 'nonfatal' }))).toEqual({
          [`pod_security_errors_total{fatal="false",${request}}`]: 1,
        });
      }
    }
  }
});

test('words that upstream would not count are counted as other', async () => {
  const registry = new Registry();
  const counts = new PodSecurityCounts(registry);
  for (const word of ['__proto__', 'a"} 1\nb{c="', 'create', ...Array.from({ length: 500 }, (_, n) => `word${n}`)]) {
    counts.count({ ...POD, operation: word, subresource: word }, recordOf({ error: 'fatal' }));
  }
  expect(countedIn(await registry.metrics(), ...NAMES)).toEqual({
    'pod_security_errors_total{fatal="true",request_operation="other",resource="pod",subresource="other"}': 503,
  });
});

test('the series that upstream has from the start are there once a policy follows namespaces, and not before', async () => {
  const metrics = createMetrics(new Registry(), { version: '1.2.3', kinds: [] });
  const series = async (): Promise<readonly string[]> =>
    [...seriesOf(await metrics.registry.metrics()).keys()].filter((name) => name.startsWith('pod_security_'));
  metrics.policiesLoaded(knownPolicies(gateOf(policyYaml('p', 'podSecurity: { level: restricted }')).policies));
  expect(await series()).toEqual([]);
  const following = gateOf(policyYaml('p', 'podSecurity: { fromNamespaceLabels: true }'));
  metrics.policiesLoaded(knownPolicies(following.policies));
  const privileged = 'decision="allow",policy_level="privileged",policy_version="latest",mode="enforce"';
  expect(await series()).toEqual([
    `pod_security_evaluations_total{${privileged},request_operation="create",resource="pod",subresource=""}`,
    `pod_security_evaluations_total{${privileged},request_operation="update",resource="pod",subresource=""}`,
    'pod_security_exemptions_total{request_operation="create",resource="pod",subresource=""}',
    'pod_security_exemptions_total{request_operation="create",resource="controller",subresource=""}',
    'pod_security_exemptions_total{request_operation="update",resource="pod",subresource=""}',
    'pod_security_exemptions_total{request_operation="update",resource="controller",subresource=""}',
  ]);
});
