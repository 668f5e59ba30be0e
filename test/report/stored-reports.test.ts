// The reports that an audit stores in a cluster: of a size that etcd takes, whatever is found.
import { expect, test } from 'vitest';
import { REPORT_APIS, storedReports } from '../../src/report/open-reports/stored.ts';
import type { Result } from '../../src/report/shapes/result.ts';

const [OPEN, OLDER] = REPORT_APIS;

function resultOf(namespace: string, name: string, detail: string): Result {
  const finding = {
    policy: 'p',
    rule: 'r',
    check: 'c',
    action: 'Deny',
    audited: false,
    reason: 'wrong',
    detail,
    fix: '',
    fields: [{ path: 'spec' }],
  } as const;
  return {
    source: { file: 'cluster', document: 1, line: 0 },
    object: { apiVersion: 'v1', kind: 'Pod', namespace, name },
    verdict: 'denied',
    policies: ['p'],
    findings: [finding],
    warnings: [],
    patch: [],
    placeOf: () => ({ file: 'cluster', line: 0, column: 0 }),
  };
}

test('a namespace with many results has several reports of at most 500', () => {
  const results = Array.from({ length: 1200 }, (_, index) => resultOf('a', `pod-${index}`, 'x'));
  const reports = OPEN ? storedReports(results, OPEN) : [];
  expect(reports.map(({ name }) => name)).toEqual(['sandgate-audit', 'sandgate-audit-2', 'sandgate-audit-3']);
  expect(reports.map(({ object }) => object)).toMatchObject([
    { summary: { fail: 500 } },
    { summary: { fail: 500 } },
    { summary: { fail: 200 } },
  ]);
});

test('long messages make further reports, so that none is larger than etcd takes', () => {
  const results = Array.from({ length: 20 }, (_, index) => resultOf('a', `pod-${index}`, 'x'.repeat(100_000)));
  const reports = OPEN ? storedReports(results, OPEN) : [];
  expect(reports.length).toBeGreaterThan(1);
  for (const { object } of reports) expect(JSON.stringify(object).length).toBeLessThan(1_000_000);
});

test('each namespace has a report of its own, and objects of no namespace one of the cluster', () => {
  const results = [resultOf('a', 'one', ''), resultOf('', 'two', ''), resultOf('b', 'three', '')];
  const reports = OLDER ? storedReports(results, OLDER) : [];
  expect(reports.map(({ object }) => object)).toMatchObject([
    { kind: 'PolicyReport', metadata: { namespace: 'a' }, results: [{ source: 'sandgate' }] },
    { kind: 'ClusterPolicyReport', metadata: { name: 'sandgate-audit' } },
    { kind: 'PolicyReport', metadata: { namespace: 'b' } },
  ]);
});
