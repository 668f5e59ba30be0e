// Updates, deletions and subresources: what is judged anew, what goes through with a warning, what is not looked at.
import { describe, expect, test } from 'vitest';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const gate = gateOf(
  policyYaml('strict', 'podSecurity: { level: restricted }\nharden: restricted\nidentity: { runAsUser: 1000 }'),
);

const safe = {
  runAsNonRoot: true,
  runAsUser: 1000,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

function pod(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'agents', ...metadata }, spec };
}
const container = (image: string, securityContext: JsonObject = safe): JsonObject => ({
  name: 'app',
  image,
  securityContext,
});
const violating = { containers: [container('a:1', { privileged: true })], hostNetwork: true };
const debug = (securityContext: JsonObject): JsonObject => ({ name: 'debug', image: 'busybox', securityContext });
const sandbox = (podSpec: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'agents.x-k8s.io/v1beta1',
  kind: 'Sandbox',
  metadata: { name: 'box', namespace: 'agents', ...metadata },
  spec: { podTemplate: { spec: podSpec } },
});

const deployment = (labels: JsonObject): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'agents', labels },
  spec: { selector: {}, template: { metadata: {}, spec: violating } },
});

interface Case {
  readonly name: string;
  readonly old: JsonObject;
  readonly new: JsonObject;
  readonly request?: Partial<Subject>;
  readonly verdict: string;
  readonly skip?: string;
  readonly warns?: boolean;
}

const cases: readonly Case[] = [
  {
    name: 'a label on a pod that violates goes through with a warning',
    old: pod(violating),
    new: pod(violating, { labels: { a: 'b' } }),
    verdict: 'allowed',
    warns: true,
  },
  {
    name: 'a finalizer taken off a sandbox that violates goes through with a warning',
    old: sandbox(violating, { finalizers: ['x'] }),
    new: sandbox(violating),
    verdict: 'allowed',
    warns: true,
  },
  {
    name: 'a sandbox that violates cannot be edited in more than its containers without being fixed',
    old: sandbox(violating),
    new: sandbox({ ...violating, nodeSelector: { a: 'b' } }),
    verdict: 'denied',
  },
  {
    name: 'a new image in a pod that violates goes through with a warning',
    old: pod(violating),
    new: pod({ ...violating, containers: [container('a:2', { privileged: true })] }),
    verdict: 'allowed',
    warns: true,
  },
  {
    name: 'a new image in a safe pod is let in',
    old: pod({ containers: [container('a:1')] }),
    new: pod({ containers: [container('a:2')] }),
    verdict: 'allowed',
  },
  {
    name: 'an AppArmor annotation flipped to unconfined is refused, which upstream lets through',
    old: pod({ containers: [container('a:1')] }),
    new: pod(
      { containers: [container('a:1')] },
      { annotations: { 'container.apparmor.security.beta.kubernetes.io/app': 'unconfined' } },
    ),
    verdict: 'denied',
  },
  {
    name: 'a toleration added to a pod that violates goes through with a warning',
    old: pod(violating),
    new: pod({ ...violating, tolerations: [{ operator: 'Exists' }] }),
    verdict: 'allowed',
    warns: true,
  },
  {
    name: 'an unsafe ephemeral container is refused',
    old: pod({ containers: [container('a:1')] }),
    new: pod({ containers: [container('a:1')], ephemeralContainers: [debug({ privileged: true })] }),
    request: { subresource: 'ephemeralcontainers' },
    verdict: 'denied',
  },
  {
    name: 'a safe ephemeral container is let in',
    old: pod({ containers: [container('a:1')] }),
    new: pod({ containers: [container('a:1')], ephemeralContainers: [debug(safe)] }),
    request: { subresource: 'ephemeralcontainers' },
    verdict: 'allowed',
  },
  {
    name: 'an ephemeral container beside one that was let in before is judged, too',
    old: pod({ containers: [container('a:1')], ephemeralContainers: [debug(safe)] }),
    new: pod({
      containers: [container('a:1')],
      ephemeralContainers: [debug(safe), { ...debug({ privileged: true }), name: 'second' }],
    }),
    request: { subresource: 'ephemeralcontainers' },
    verdict: 'denied',
  },
  {
    name: 'an unknown subresource of pods is judged: that fails safe',
    old: pod({ containers: [container('a:1')] }),
    new: pod(violating),
    request: { subresource: 'invented' },
    verdict: 'denied',
  },
  {
    name: 'status',
    old: pod(violating),
    new: pod(violating),
    request: { subresource: 'status' },
    verdict: 'skipped',
    skip: 'subresource-not-handled',
  },
  {
    name: 'a finalizer taken off a dying pod',
    old: pod(violating, { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['x'] }),
    new: pod(violating, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    verdict: 'skipped',
    skip: 'being-deleted',
  },
  {
    name: 'a deletionTimestamp that only the new object carries excuses nothing',
    old: pod({ containers: [container('a:1')] }),
    new: pod(violating, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    verdict: 'denied',
  },
  {
    name: 'an ephemeral container is not let in by a deletionTimestamp',
    old: pod({ containers: [container('a:1')] }, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    new: pod(
      { containers: [container('a:1')], ephemeralContainers: [debug({ privileged: true })] },
      { deletionTimestamp: '2026-01-01T00:00:00Z' },
    ),
    request: { subresource: 'ephemeralcontainers' },
    verdict: 'denied',
  },
];

describe('updates', () => {
  test.each(cases)('an update is judged: $name', (row) => {
    const subject = subjectOf(row.new, { operation: 'UPDATE', oldObject: row.old, ...row.request });
    const decision = validate(subject, gate);
    expect(decision.verdict).toBe(row.verdict);
    expect(decision.skip).toBe(row.skip);
    if (row.warns) {
      const warned = decision.findings.filter((finding) => finding.action === 'Warn');
      expect(warned.length).toBeGreaterThan(0);
      expect(warned.filter((finding) => !finding.audited)).toEqual([]);
    }
  });

  test.each(['DELETE', 'CONNECT'])('%s always passes', (operation) => {
    const subject = subjectOf(pod(violating), { operation, object: undefined, oldObject: pod(violating) });
    expect(validate(subject, gate).verdict).toBe('skipped');
    expect(mutate(subject, gate).verdict).toBe('skipped');
  });

  test('a creation with a deletionTimestamp of its own is judged', () => {
    const forged = pod(violating, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(validate(subjectOf(forged), gate).verdict).toBe('denied');
  });

  test('an operation that is not known yet is judged', () => {
    expect(validate(subjectOf(pod(violating), { operation: 'REPLACE' }), gate).verdict).toBe('denied');
  });
});

describe('filling in on update', () => {
  test('nothing of an existing pod is touched', () => {
    const bare = pod({ containers: [{ name: 'app', image: 'a:2' }] });
    const decision = mutate(subjectOf(bare, { operation: 'UPDATE', oldObject: bare }), gate);
    expect(decision.skip).toBe('pod-immutable');
  });

  test('only the new ephemeral container is filled in', () => {
    const old = pod({
      containers: [{ name: 'app', image: 'a:1' }],
      ephemeralContainers: [{ name: 'first', image: 'b' }],
    });
    const changed = pod({
      containers: [{ name: 'app', image: 'a:1' }],
      ephemeralContainers: [
        { name: 'first', image: 'b' },
        { name: 'debug', image: 'busybox' },
      ],
    });
    const request = { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject: old };
    const decision = mutate(subjectOf(changed, request), gate);
    expect(decision.object).toEqual(
      pod({
        containers: [{ name: 'app', image: 'a:1' }],
        ephemeralContainers: [
          { name: 'first', image: 'b' },
          { name: 'debug', image: 'busybox', securityContext: safe },
        ],
      }),
    );
  });

  test('a sandbox whose template stays is left alone; one whose template changes is filled in', () => {
    const bare = sandbox({ containers: [{ name: 'app', image: 'a:1' }] });
    const labelled = sandbox({ containers: [{ name: 'app', image: 'a:1' }] }, { labels: { a: 'b' } });
    const edited = sandbox({ containers: [{ name: 'app', image: 'a:2' }] });
    expect(mutate(subjectOf(labelled, { operation: 'UPDATE', oldObject: bare }), gate).skip).toBe('template-unchanged');
    expect(mutate(subjectOf(edited, { operation: 'UPDATE', oldObject: bare }), gate).injected).not.toEqual([]);
  });
});

describe('a Sandbox that was stored before there was a policy', () => {
  const bare = { containers: [{ name: 'app', image: 'a:1' }] };

  test('is not warned of what will be filled in of its pods', () => {
    const subject = subjectOf(sandbox(bare, { labels: { a: 'b' } }), { operation: 'UPDATE', oldObject: sandbox(bare) });
    expect(validate(subject, gate).findings).toEqual([]);
  });

  test('is warned of what its pods would be refused for', () => {
    const old = sandbox(violating);
    const subject = subjectOf(sandbox(violating, { labels: { a: 'b' } }), { operation: 'UPDATE', oldObject: old });
    const { verdict, findings } = validate(subject, gate);
    expect(verdict).toBe('allowed');
    expect(findings.map((finding) => [finding.action, finding.check])).toEqual([
      ['Warn', 'hostNamespaces'],
      ['Warn', 'privileged'],
      // Not filled in beside privileged, which contradicts them.
      ['Warn', 'allowPrivilegeEscalation'],
      ['Warn', 'capabilities_restricted'],
    ]);
  });
});

test('what is only warned about is not noted as let through: nothing was refused that an update could be excused from', () => {
  const subject = subjectOf(deployment({ a: 'b' }), { operation: 'UPDATE', oldObject: deployment({}) });
  const { verdict, findings } = validate(subject, gate);
  expect(verdict).toBe('allowed');
  expect(findings.length).toBeGreaterThan(0);
  expect(findings.map(({ action, audited }) => ({ action, audited }))).toEqual(
    findings.map(() => ({ action: 'Warn', audited: false })),
  );
});
