// Which pods are for Windows.
import { expect, test } from 'vitest';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { runsOnWindows, SELECTS_WINDOWS } from '../../src/rules/platform.ts';
import { folderWith, sandgate } from '../cli/console.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const WINDOWS = { 'kubernetes.io/os': 'windows' };

test.each([
  ['os windows', { os: { name: 'windows' } }, true],
  ['a node selector', { nodeSelector: WINDOWS }, true],
  ['a node selector beside an os without a name', { os: {}, nodeSelector: WINDOWS }, true],
  ['a node selector beside an os that is null', { os: null, nodeSelector: WINDOWS }, true],
  ['os linux beside a node selector for Windows', { os: { name: 'linux' }, nodeSelector: WINDOWS }, false],
  [
    'os windows beside a node selector for Linux',
    { os: { name: 'windows' }, nodeSelector: { 'kubernetes.io/os': 'linux' } },
    true,
  ],
  ['a node selector for Linux', { nodeSelector: { 'kubernetes.io/os': 'linux' } }, false],
  ['a node selector for something else', { nodeSelector: { os: 'windows' } }, false],
  ['a node selector that is null', { nodeSelector: null }, false],
  ['nothing said', {}, false],
  ['no spec', undefined, false],
])('%s is for Windows: %3$s', (_, spec, expected) => {
  expect(runsOnWindows(spec)).toBe(expected);
});

const POLICY = policyYaml(
  'mixed',
  'podSecurity: { level: baseline }\nharden: restricted\nidentity: { fsGroup: 1000, unknownImage: Deny }',
);

const windowsPod = (fields: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'win' },
  spec: { containers: [{ name: 'a', image: 'mcr.microsoft.com/windows/nanoserver' }], ...fields },
});

test('a pod that selects Windows nodes gets runAsNonRoot, no Linux field, and a word about it', () => {
  const gate = gateOf(POLICY);
  const object = windowsPod({ nodeSelector: WINDOWS });
  const filled = mutate(subjectOf(object), gate);
  expect(filled.object).toEqual(windowsPod({ nodeSelector: WINDOWS, securityContext: { runAsNonRoot: true } }));
  expect(filled.warnings).toEqual([`policy "mixed": ${SELECTS_WINDOWS}`]);
  expect(validate(subjectOf(filled.object ?? {}), gate)).toMatchObject({ verdict: 'allowed', findings: [] });
});

test('the Standards go by os.name alone, as upstream does', () => {
  const gate = gateOf(policyYaml('strict', 'podSecurity: { level: restricted }\nharden: restricted'));
  const checksOf = (fields: JsonObject): string[] => {
    const filled = mutate(subjectOf(windowsPod(fields)), gate);
    return validate(subjectOf(filled.object ?? {}), gate).findings.map(({ check }) => check);
  };
  expect(checksOf({ os: { name: 'windows' } })).toEqual([]);
  expect(checksOf({ nodeSelector: WINDOWS })).toEqual([
    'allowPrivilegeEscalation',
    'capabilities_restricted',
    'seccompProfile_restricted',
  ]);
});

test('check and inject say so on the command line', async () => {
  const folder = folderWith({
    'policy.yaml': POLICY,
    'pod.json': JSON.stringify(windowsPod({ nodeSelector: WINDOWS })),
  });
  const judged = await sandgate(folder, 'check -p policy.yaml -f pod.json');
  expect(judged.code).toBe(0);
  expect(judged.stdout).toContain(`policy "mixed": ${SELECTS_WINDOWS}`);
  const filled = await sandgate(folder, 'inject -p policy.yaml -f pod.json');
  expect(filled.stdout).not.toContain('seccomp');
  expect(filled.stderr).toContain(`Pod win: policy "mixed": ${SELECTS_WINDOWS}`);
});
