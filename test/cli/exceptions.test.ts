// Exceptions that end, as the command line is asked about them: today, or on another day.
import { expect, test } from 'vitest';
import { folderWith, sandgate } from './console.ts';

const POLICY = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: p }
spec:
  podSecurity: { level: baseline }
  checks:
    privileged:
      except: [{ images: ["quay.io/cni/**"], reason: node networking, expires: EXPIRES }]
`;
const POD = `apiVersion: v1
kind: Pod
metadata: { name: cni }
spec:
  containers: [{ name: cni, image: quay.io/cni/calico, securityContext: { privileged: true } }]
`;

function folder(expires: string): string {
  const suite = `apiVersion: sandgate.dev/v1alpha1
kind: PolicyTest
metadata: { name: s }
spec:
  policies: [p.yaml]
  cases:
    - { name: before, input: pod.yaml, now: 2027-06-30, expect: { verdict: allowed } }
    - { name: after, input: pod.yaml, now: 2027-07-01, expect: { verdict: denied } }
`;
  return folderWith({ 'p.yaml': POLICY.replace('EXPIRES', expires), 'pod.yaml': POD, 'suite.yaml': suite });
}

test('check goes by the day of --now', async () => {
  const cwd = folder('2027-06-30');
  expect((await sandgate(cwd, 'check -p p.yaml -f pod.yaml --now 2027-07-01')).code).toBe(1);
  const before = await sandgate(cwd, 'check -p p.yaml -f pod.yaml --now 2027-06-30 -o json');
  expect(before.code).toBe(0);
  expect(before.json()).toMatchObject({
    results: [
      {
        verdict: 'allowed',
        findings: [
          {
            policy: 'p',
            check: 'privileged',
            action: 'Audit',
            detail:
              'container "cni" must not set securityContext.privileged=true; excepted until 2027-06-30: node networking',
          },
        ],
      },
    ],
  });
});

test('check goes by today without --now', async () => {
  expect((await sandgate(folder('2020-01-01'), 'check -p p.yaml -f pod.yaml')).code).toBe(1);
  expect((await sandgate(folder('9999-12-31'), 'check -p p.yaml -f pod.yaml')).code).toBe(0);
});

test.each(['tomorrow', '2027-02-30', '2027-6-1', ''])('--now %j is refused', async (text) => {
  const printed = await sandgate(folder('2027-06-30'), ['check', '-p', 'p.yaml', '-f', 'pod.yaml', '--now', text]);
  expect(printed.code).toBe(2);
  expect(printed.stderr).toContain('expected a date such as 2027-06-30');
});

test('the cases of a suite say which day it is', async () => {
  expect(await sandgate(folder('2027-06-30'), 'test suite.yaml')).toMatchObject({ code: 0 });
  expect(await sandgate(folder('2027-07-31'), 'test suite.yaml')).toMatchObject({ code: 1 });
});
