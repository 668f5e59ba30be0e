// What the playground says of two texts, before it is put on the page.
import { expect, test } from 'vitest';
import { type Outcome, outcomeOf } from '../../playground/outcome.ts';

const RESTRICTED = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: mine }
spec: { podSecurity: { level: restricted }, harden: restricted }
`;
const POD = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  hostNetwork: true
  containers: [{ name: app, image: "nginx:1.29" }] # the web
`;

function outcome(policies: string, manifests: string): Outcome {
  return outcomeOf({ policies, manifests }, Date.UTC(2026, 0, 1));
}

test('a finding is marked where its field stands, with its check, its policy and how to fix it', () => {
  const { summary, manifestMarks, policyMarks } = outcome(RESTRICTED, POD);
  expect(summary).toBe('1 object: 0 allowed, 1 denied.');
  expect(policyMarks).toEqual([]);
  expect(manifestMarks).toEqual([
    {
      line: 5,
      column: 16,
      severity: 'error',
      message:
        'hostNamespaces: hostNetwork=true. To fix: remove hostNetwork, hostPID, and hostIPC, or set them to false (policy "mine")',
    },
  ]);
});

test('a finding of a policy that only warns is a warning', () => {
  const warning = RESTRICTED.replace('spec: {', 'spec: { validationActions: [Warn],');
  const { summary, manifestMarks } = outcome(warning, POD);
  expect(summary).toBe('1 object: 1 allowed, 0 denied.');
  expect(manifestMarks.map(({ severity }) => severity)).toEqual(['warning']);
});

test('mistakes in the policies are marked at their place, and nothing is judged', () => {
  const { summary, policyMarks, results, replies } = outcome(RESTRICTED.replace('harden', 'hardn'), POD);
  expect(summary).toBe('Nothing was judged: the policies have 1 mistake.');
  expect(policyMarks).toMatchObject([{ line: 4, severity: 'error' }]);
  expect([results, replies]).toEqual([[], []]);
});

test('a mistake in the manifests is marked, and the summary says that there is one', () => {
  const { summary, manifestMarks } = outcome(RESTRICTED, `${POD}---\nkind: Pod\nmetadata: [\n`);
  expect(summary).toBe('There is no object to judge. The manifests have 1 mistake.');
  expect(manifestMarks).toMatchObject([{ severity: 'error' }]);
  expect(manifestMarks[0]?.line).toBeGreaterThan(6);
});

test('a page without manifests says that there is nothing to judge', () => {
  const { summary, results } = outcome(RESTRICTED, '');
  expect(summary).toContain('There is no object to judge.');
  expect(results).toEqual([]);
});

test('a page without policies says what it expects', () => {
  expect(
    outcome('', POD)
      .policyProblems.map(({ message }) => message)
      .join(),
  ).toContain('expected');
});

test('what is filled in is a unified difference that keeps comments', () => {
  const lines = outcome(RESTRICTED, POD.replace('  hostNetwork: true\n', '')).difference;
  expect(lines[0]?.kind).toBe('range');
  expect(lines[0]?.text).toMatch(/^@@ -\d+,\d+ \+\d+,\d+ @@$/);
  expect(lines.filter(({ kind }) => kind === 'added').map(({ text }) => text)).toContain('+    runAsNonRoot: true');
  expect(lines.some(({ text }) => text.includes('# the web'))).toBe(true);
});

test('the replies are those of the two webhooks, the second of which sees what the first filled in', () => {
  const [reply] = outcome(RESTRICTED, POD.replace('  hostNetwork: true\n', '')).replies;
  expect(reply?.mutate).toMatchObject({ kind: 'AdmissionReview', response: { allowed: true, patchType: 'JSONPatch' } });
  expect(reply?.validate).toMatchObject({ kind: 'AdmissionReview', response: { allowed: true } });
  expect(reply?.request).toMatchObject({
    request: { operation: 'CREATE', object: { metadata: { namespace: 'default' } } },
  });
  expect(outcome(RESTRICTED, POD).replies[0]?.validate).toMatchObject({ response: { allowed: false } });
});
