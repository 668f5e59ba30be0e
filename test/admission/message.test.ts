import { describe, expect, test } from 'vitest';
import { refusalMessage } from '../../src/admission/message.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Subject } from '../../src/model/subject.ts';
import { atBaseline, HOST_NETWORK, NO_RUNTIME, POD, PRIVILEGED } from './findings.ts';

/** The sentence up to the fixes. */
function violations(findings: readonly Finding[], subject: Subject = POD): string {
  return refusalMessage(subject, findings).split('. To fix: ')[0] ?? '';
}

test('a refusal says what is wrong, how to fix it, who says so, and which command explains it', () => {
  expect(refusalMessage(POD, [PRIVILEGED, HOST_NETWORK])).toBe(
    'pods "web" is forbidden: violates PodSecurity "restricted:latest": ' +
      'privileged (container "app" must not set securityContext.privileged=true), host namespaces (hostNetwork=true). ' +
      'To fix: privileged: remove securityContext.privileged, or set it to false; ' +
      'hostNamespaces: remove hostNetwork, hostPID and hostIPC (policy "restricted"). See: sandgate explain privileged',
  );
});

test('every rule has its clause, and every policy is named', () => {
  expect(refusalMessage(POD, [HOST_NETWORK, NO_RUNTIME])).toBe(
    'pods "web" is forbidden: violates PodSecurity "restricted:latest": host namespaces (hostNetwork=true); ' +
      'violates IsolationPolicy "agents": runtime (runtimeClassName must be set). ' +
      'To fix: hostNamespaces: remove hostNetwork, hostPID and hostIPC; runtime: set runtimeClassName: gvisor ' +
      '(policies "restricted", "agents"). See: sandgate explain hostNamespaces',
  );
});

describe('two levels of the standard', () => {
  const baseline = [PRIVILEGED, HOST_NETWORK].map(atBaseline);
  test('the laxer is left out where the stricter repeats it, whichever comes first', () => {
    const restricted = [PRIVILEGED, HOST_NETWORK];
    const once = violations(restricted);
    expect(violations([...baseline, ...restricted])).toBe(once);
    expect(violations([...restricted, ...baseline])).toBe(once);
    expect(refusalMessage(POD, [...restricted, ...baseline])).toMatch(
      / \(policies "restricted", "floor"\)\. See: sandgate explain privileged$/,
    );
  });
  test('both are said where the stricter lacks something', () => {
    expect(violations([...baseline, PRIVILEGED])).toContain('violates PodSecurity "baseline:latest": privileged');
  });
  test('one rule of two policies is said once', () => {
    expect(violations([PRIVILEGED, { ...PRIVILEGED, policy: 'other' }])).toBe(violations([PRIVILEGED]));
  });
});

describe('the object is named as the API server names it', () => {
  test.each<[string, Partial<Subject>]>([
    [
      'deployments.apps "d"',
      { kind: { group: 'apps', version: 'v1', kind: 'Deployment' }, resource: 'deployments', name: 'd' },
    ],
    ['pods "web-*"', { name: undefined, generateName: 'web-' }],
    ['pods ""', { name: undefined }],
    ['pods "a\\u000ab"', { name: 'a\nb' }],
  ])('the refusal begins with %s', (named, parts) => {
    expect(refusalMessage({ ...POD, ...parts }, [PRIVILEGED]).startsWith(`${named} is forbidden: `)).toBe(true);
  });
});

describe('a refusal stays one line of at most 8,192 characters', () => {
  test('control characters, line breaks and bidirectional marks are shown as escapes', () => {
    const text = violations([{ ...PRIVILEGED, detail: 'container "a\r\n\u001b[31m\u2028\u202eb" is odd' }]);
    expect(text).toContain('container "a\\u000d\\u000a\\u001b[31m\\u2028\\u202eb" is odd');
  });

  test('many findings are counted', () => {
    const many = Array.from({ length: 500 }, (_, i) => ({ ...HOST_NETWORK, detail: `volume "${i}" of the host` }));
    const message = refusalMessage(POD, many);
    expect(message.length).toBeLessThanOrEqual(8192);
    expect(message).toMatch(
      / … and \d+ more\. To fix: hostNamespaces: remove .*\(policy "restricted"\)\. See: sandgate explain hostNamespaces$/,
    );
    const shown = message.match(/of the host\)/g)?.length ?? 0;
    expect(message).toContain(` … and ${500 - shown} more`);
  });

  test('one enormous finding is cut, never in the middle of a character', () => {
    const message = refusalMessage(POD, [{ ...PRIVILEGED, detail: '😀'.repeat(9000) }, HOST_NETWORK]);
    expect(message.length).toBeLessThanOrEqual(8192);
    expect(message.isWellFormed()).toBe(true);
    expect(message).toMatch(/😀… … and 1 more\. To fix: /);
  });

  test('many policies and fixes leave room for what is wrong', () => {
    const many = Array.from({ length: 900 }, (_, i) => ({ ...PRIVILEGED, policy: `policy-${i}`, fix: `fix ${i}` }));
    const message = refusalMessage(POD, many);
    expect(message.length).toBeLessThanOrEqual(8192);
    expect(message).toContain('violates PodSecurity "restricted:latest": privileged (container "app" must not');
    expect(message).toMatch(/\(policies "policy-0", .* … and \d+ more\)\. See: sandgate explain privileged$/);
  });
});

test('a finding of no policy and without a fix is only itself', () => {
  expect(refusalMessage(POD, [{ ...HOST_NETWORK, policy: '', fix: '' }])).toBe(
    'pods "web" is forbidden: violates PodSecurity "restricted:latest": host namespaces (hostNetwork=true). See: sandgate explain hostNamespaces',
  );
});
